import type { CodeTable } from "./code";

/** Permissions, templates, networks, times and connection types. */
export const ACCESS_CODES = {
  NA1201: {
    title: "Empty restriction",
    cause:
      "A list of source networks, times or connection types is empty. nats-server treats an empty list as no restriction and accepts every client.",
    remedy: "Add an entry, or remove the property to accept every client.",
  },
  NA1202: {
    title: "Empty allow list",
    cause:
      "An empty list of allowed subjects has no common meaning: together with denied subjects it allows no subject in a JWT, and every subject in a static configuration.",
    remedy: 'Remove `allow` to allow every subject, or use `deny: [">"]` to allow none.',
  },
  NA1203: {
    title: "Unknown template",
    cause:
      "A subject contains a template that nats-server does not support (`processUserPermissionsTemplate`). The server rejects every connection of a user with such permissions.",
    remedy:
      "Use `{{name()}}`, `{{subject()}}`, `{{tag(key)}}`, `{{account-name()}}`, `{{account-subject()}}` or `{{account-tag(key)}}`.",
  },
  NA1204: {
    title: "Template in default permissions",
    cause:
      "nats-server expands templates in the permissions of a scoped signing key only. In the default permissions of an account they would remain part of the subject.",
    remedy: "Move the permissions to a user or a role, or use a subject without templates.",
  },
  NA1205: {
    title: "Queue group with templates",
    cause:
      "When a list of subjects contains a template, nats-server expands the list as a whole and drops entries that are not plain subjects. An entry with a queue group would be lost.",
    remedy: "Remove the queue group, or the templates of the list.",
  },
  NA1206: {
    title: "Invalid network",
    cause:
      "Source networks are addresses in CIDR notation: an IPv4 or IPv6 address, a slash and the prefix length. The JWT library parses them with Go's `net.ParseCIDR`.",
    remedy: "Use a network such as `10.0.0.0/8`, `192.0.2.7/32` or `2001:db8::/32`.",
  },
  NA1207: {
    title: "Invalid time of day",
    cause: "Times of day consist of hours, minutes and seconds of two digits each, from 00:00:00 to 23:59:59.",
    remedy: 'Use a time such as "08:30:00".',
  },
  NA1208: {
    title: "Empty time range",
    cause: "A time range ends when it starts, so no connection is ever accepted.",
    remedy: 'Choose a later end, such as "23:59:59".',
  },
  NA1209: {
    title: "Unknown time zone",
    cause:
      "Time zones have the names of the IANA time zone database, in their exact capitalization. nats-server loads the file of that name.",
    remedy: 'Use a name such as "Europe/Berlin" or "UTC".',
  },
  NA1210: {
    title: "Unknown connection type",
    cause: "A static nats-server does not start with a connection type that it does not support.",
    remedy: "Use one of the types that the message lists, in capitals.",
  },
} as const satisfies CodeTable;
