import type { CodeTable } from "./code";

/** Shapes, sizes, durations, names, tags and descriptions. */
export const FORM_CODES = {
  NA1001: {
    title: "Unknown property",
    cause:
      "An object has a property that this package does not support. TypeScript reports most of these; plain JavaScript, a cast or an object from stack configuration can contain anything. A misspelled restriction must not pass as no restriction.",
    remedy: "Correct the name, or remove the property.",
  },
  NA1002: {
    title: "Missing property",
    cause: "A required property is undefined, or a list has an empty position.",
    remedy: "Add the value that the message describes.",
  },
  NA1003: {
    title: "Wrong type or value",
    cause:
      "A value has a different type than the property, or is not one of the values that the property accepts. TypeScript reports most of these; plain JavaScript, a cast or an object from stack configuration can contain anything.",
    remedy: "Use a value of the type that the message describes.",
  },
  NA1004: {
    title: "Invalid Unicode",
    cause:
      "A string contains half of a surrogate pair. Such a string cannot be encoded as UTF-8, which JWTs, configuration files and the NATS protocol use.",
    remedy: "Use the complete character, or remove the half.",
  },
  NA1005: {
    title: "Invalid size",
    cause:
      "A size is a whole number of bytes, or a string of numbers with the units B, KiB, MiB, GiB, TiB or PiB, and less than 8 PiB. Units such as KB are rejected because they are ambiguous: 1,000 bytes by definition, 1,024 bytes to nats-server.",
    remedy: 'Use a string such as "512KiB" or a whole number of bytes.',
  },
  NA1006: {
    title: "Invalid duration",
    cause:
      "A duration is a number of seconds, or a string of numbers with the units ns, us, ms, s, m, h or d. It is a whole number of nanoseconds, and at most 104 days: JavaScript has no exact numbers above that.",
    remedy: 'Use a string such as "30s" or "1h30m", or a number of seconds.',
  },
  NA1007: {
    title: "Zero duration",
    cause: "nats-server treats a duration of zero as unset, and applies its default.",
    remedy: "Use a longer duration, or remove the property to apply the default.",
  },
  NA1008: {
    title: "Number out of range",
    cause:
      "A number is not whole, or is outside the range of its property. nats-server stores most limits as signed 32-bit integers, and weights and sampling rates as percentages.",
    remedy: "Use a whole number in the range that the message shows, or remove the property to apply its default.",
  },
  NA1009: {
    title: "Description or URL too long",
    cause: "The JWT library (`Info.Validate`) rejects descriptions and information URLs of more than 8 KiB.",
    remedy: "Shorten the text.",
  },
  NA1010: {
    title: "Invalid URL",
    cause: "The JWT library (`Info.Validate`) accepts only absolute URLs with a host, percent-encoded as in RFC 3986.",
    remedy: "Use a URL such as `https://example.org/orders`.",
  },
  NA1011: {
    title: "Invalid tag",
    cause:
      "Templates such as `{{tag(key)}}` find only tags whose key, the part before the colon, is in lower case without white space. The value can contain capital letters.",
    remedy: 'Use a tag such as "tenant:blue".',
  },
  NA1012: {
    title: "Tags too long",
    cause:
      "The tags of a user are part of its JWT, which must fit into the 4,096 bytes of a client's CONNECT line together with the longest name. The JSON list of tags is limited to 512 bytes.",
    remedy: "Shorten the tags, or move them to the account, where templates find them with `{{account-tag(key)}}`.",
  },
  NA1013: {
    title: "Reserved name",
    cause:
      "A map has the key `__proto__` or `toString`. JavaScript replaces the prototype of an object when `__proto__` is assigned, and Pulumi cannot register resources whose arguments have a `toString` of their own.",
    remedy: "Use a different name.",
  },
  NA1030: {
    title: "JWT too large",
    cause:
      "Servers and tools do not decode a JWT of more than 1 MiB (`MaxTokenSize` of the JWT library). An account's JWT contains the permissions of each role, and of each user without a role; and the users of roles that it revokes, of which it has room for about 11,000.",
    remedy:
      "Give users with the same permissions a role, shorten texts and lists, or divide the account into several accounts. If most of the JWT is revoked users, remove or change fewer of them in one update, or replace the key of their role (docs/users.md).",
  },
} as const satisfies CodeTable;
