import type { CodeTable } from "./code";

/** Seeds and public keys, lifetimes, rotation and revocations. */
export const KEYS_CODES = {
  NA1301: {
    title: "Invalid seed",
    cause:
      "A seed has 58 characters: S, the letter of its kind, the Ed25519 seed in base32, and a checksum. The checksum detects typing errors and incomplete copies. The message never contains the value.",
    remedy: "Copy the complete seed, without spaces.",
  },
  NA1302: {
    title: "Invalid public key",
    cause:
      "A public key has 56 characters: the letter of its kind, the key in base32, and a checksum. The checksum detects typing errors and incomplete copies.",
    remedy: "Copy the complete public key, without spaces.",
  },
  NA1303: {
    title: "Key of the wrong kind",
    cause:
      "A valid seed or public key belongs to an entity of another kind. The JWT library accepts operators as issuers of accounts, and accounts as issuers of users; nats-server accepts only user keys as user nkeys.",
    remedy: "Use a key that begins with the letter that the message shows.",
  },
  NA1304: {
    title: "Seed in place of a public key",
    cause:
      "A property for a public key contains a seed. Such properties are stored and displayed in plaintext, so the seed would be disclosed. The message never contains the value.",
    remedy: "Use the public key. Replace the key if the seed was committed to version control or stored in a state.",
  },
  NA1305: {
    title: "Public key in place of a seed",
    cause: "A property for a seed contains a public key, which cannot sign.",
    remedy: "Use the seed of this public key, as a secret.",
  },
  NA1306: {
    title: "Several sources of a key",
    cause: "A key has more than one source, such as a seed and a public key. A seed determines its own public key.",
    remedy: "Keep one of the sources.",
  },
  NA1311: {
    title: "Lifetime out of range",
    cause:
      "Expiry times in JWTs are whole seconds (`exp`). A lifetime and the time to renew before its end are therefore whole seconds, from one second to 100 years.",
    remedy: 'Use a duration such as "90d" or "12h".',
  },
  NA1312: {
    title: "Invalid timestamp",
    cause:
      "A timestamp with a time of day needs a time zone, because the program can run on machines in different time zones. The expiry of credentials accepts a date alone, which means midnight UTC. A revocation also accepts Unix seconds, but no date alone: it would be ambiguous whether tokens of that day are revoked.",
    remedy: 'Use RFC 3339 such as "2027-01-31T18:00:00Z".',
  },
  NA1313: {
    title: "Lifetime with a fixed expiry",
    cause: "`lifetime` and `expires` both determine when credentials expire.",
    remedy: "Remove one of the two.",
  },
  NA1314: {
    title: "Renewal without a lifetime",
    cause: "`renewBefore` is relative to the end of a `lifetime`. Credentials without a lifetime are never renewed.",
    remedy: "Set `lifetime`, or remove `renewBefore`.",
  },
  NA1315: {
    title: "Renewal period too long",
    cause: "With a `renewBefore` that is not shorter than `lifetime`, every update would sign new credentials.",
    remedy: "Choose a `renewBefore` that is shorter than `lifetime`.",
  },
  NA1316: {
    title: "Credentials that are never valid",
    cause:
      "nats-server rejects a user JWT before `nbf` and after `exp`. With `notBefore` at or after `expires`, it is always rejected.",
    remedy: "Choose a `notBefore` before `expires`.",
  },
  NA1321: {
    title: "Invalid rotation version",
    cause: "A rotation version is a number or a non-empty string. A different version generates a different key.",
    remedy: "Use a counter or a date.",
  },
  NA1322: {
    title: "Invalid rotation overlap",
    cause:
      "An overlap is the time for which a replaced key remains valid: a duration in whole seconds, or one of two keywords.",
    remedy: 'Use a duration such as "24h", "until-changed" or "none".',
  },
  NA1323: {
    title: "Rotation version of a supplied key",
    cause: "A rotation version generates a new key. The program supplies this key, so none is generated.",
    remedy: "Remove `version`. To rotate the key, supply another one.",
  },
  NA1331: {
    title: "Invalid revocation key",
    cause:
      "Revocations are indexed by the public key of the revoked user or, in an export, of the importing account. nats-server treats `*` as every key.",
    remedy: "Use the public key that the revoked tokens were issued to, or `*` for all keys.",
  },
} as const satisfies CodeTable;
