import type { CodeTable } from "./code";

/** JWTs, credentials files and configurations that are read, and what adoption does not keep. */
export const READ_CODES = {
  NA3001: {
    title: "Malformed JWT",
    cause:
      "A NATS JWT has three base64url parts separated by dots, with JSON objects as header and claims. Its header names the type JWT and the algorithm `ed25519-nkey` (`ed25519` in version 1). Go's JWT library reads at most 1 MiB.",
    remedy: "Check that the file or argument contains one complete JWT of version 1 or 2.",
  },
  NA3002: {
    title: "Unexpected JWT type",
    cause:
      "JWTs of operators, accounts, users and activations have different claims. The JWT is of another type than expected.",
    remedy: "Use a JWT of the expected type.",
  },
  NA3003: {
    title: "Invalid JWT signature",
    cause:
      "The issuer of a JWT signs its header and claims (in version 1 its claims only). Servers reject a JWT that was changed afterwards. An operator signs its own JWT, with its identity key or one of its signing keys.",
    remedy: "Use an unmodified copy of the JWT, or sign it again with the correct key.",
  },
  NA3004: {
    title: "Wrong key in a JWT",
    cause:
      "The subject (`sub`) and the issuer (`iss`) of a JWT are public keys of fixed kinds: an operator signs accounts, an account signs users and activations.",
    remedy: "Use a JWT that was signed by a key of the correct kind.",
  },
  NA3005: {
    title: "Unreadable file",
    cause:
      "A configuration is a text file in UTF-8 without NUL characters. The file does not exist, or is not a text file in UTF-8. A file or folder of an nsc store or keystore exists, but cannot be read, for example because another user owns it: it is not treated as missing, because the state would lose its seeds.",
    remedy: "Correct the path, save the file in UTF-8, or let the user who runs the program read it.",
  },
  NA3006: {
    title: "Missing JWT in an nsc store",
    cause:
      "nsc stores the JWT of an operator as `<operator>.jwt` in the operator's folder, and the JWT of an account as `accounts/<account>/<account>.jwt`. The file does not exist.",
    remedy: "Set `store` to the folder of one operator, as shown by `nsc env`.",
  },
  NA3007: {
    title: "Malformed credentials file",
    cause:
      "A credentials file contains a user's JWT and seed, each between two lines of dashes. One of them is missing.",
    remedy: "Replace the file with the creds of a user, or delete it.",
  },
  NA3008: {
    title: "Missing seed",
    cause: "A key file of an nsc keystore contains one seed, which begins with S.",
    remedy: "Restore the key file from a backup, or delete it.",
  },
  NA3009: {
    title: "Seed of a different key",
    cause:
      "nsc names a key file after its public key, and stores the seeds of users in credentials files. The seed in the file belongs to a key of another name or kind.",
    remedy: "Restore the file from a backup, or delete it.",
  },
  NA3010: {
    title: "Configuration syntax error",
    cause:
      "The file is not a valid configuration of nats-server. Some errors that nats-server accepts, and for which it silently drops values, are reported as well.",
    remedy: "Correct the syntax in the reported line.",
  },
  NA3011: {
    title: "Too much nesting",
    cause:
      "Blocks, lists and included files are nested in more than 200 levels, typically because files include each other.",
    remedy: "Flatten the configuration, or remove the circular include.",
  },
  NA3012: {
    title: "Undefined variable",
    cause:
      "A variable such as `$NAME` refers to a key of an enclosing block, or to an environment variable of the server. Environment variables are read from `environment` only.",
    remedy:
      "Define the variable in the configuration, or pass it in `environment`. Passwords are not adopted, so any value will do for them.",
  },
  NA3013: {
    title: "Wrong type in a JWT or configuration",
    cause: "A claim or setting has a type that nats-server does not accept, such as a number instead of a string.",
    remedy: "Correct the value where the JWT or configuration is created.",
  },
  NA3014: {
    title: "Invalid value in a JWT or configuration",
    cause: "A claim or setting has the correct type, but a value that nats-server does not support.",
    remedy: "Correct the value where the JWT or configuration is created.",
  },
  NA3015: {
    title: "Repeated setting",
    cause:
      "nats-server has several names for many settings, and ignores their case. When a setting occurs under two names, the server applies either of them, not always the same one.",
    remedy: "Remove one of the two settings.",
  },
  NA3016: {
    title: "Duplicate name in `names`",
    cause: "`names` gives two accounts, or two users of one account, the same name. One of them would be lost.",
    remedy: "Give each of them its own name.",
  },
  NA3017: {
    title: "Unused entry of `names`",
    cause: "An entry of `names` matches no account and no user of the configuration, so it would have no effect.",
    remedy: "Correct the key of the entry, or remove it.",
  },
  NA3020: {
    title: "Unsupported claim or setting",
    cause: "The JWT or configuration contains something that this package does not support. It is not adopted.",
    remedy: "Check what it does, and whether you need it, before you deploy.",
  },
  NA3021: {
    title: "Unknown operator claim",
    cause:
      "The operator's JWT has a claim that this package does not support. The JWT is deployed unchanged, so a server that supports the claim applies it.",
    remedy: "Check what the claim does. It cannot be changed in the program.",
  },
  NA3022: {
    title: "Claim or setting without effect",
    cause:
      "The JWT or configuration has a claim or setting that servers ignore, such as `aud`, an `authorization` without `auth_users`, JetStream of the system account, or JetStream of an account of a server without JetStream.",
    remedy: "No action is needed.",
  },
  NA3023: {
    title: "Server setting",
    cause:
      "Only accounts and users are adopted from a configuration. Ports, TLS and other settings of the server are not.",
    remedy: "Set it in the arguments of `MixedAuthCluster` if there is an equivalent, or in its `settings`.",
  },
  NA3024: {
    title: "Login without an nkey",
    cause:
      "JWTs identify users by nkeys. Passwords, tokens, certificates and access without credentials have no equivalent in operator mode, so these users are not adopted, and the new servers reject these clients.",
    remedy: "Give each of these clients an nkey, and list the nkeys as `users`.",
  },
  NA3025: {
    title: "Name replaced by a public key",
    cause:
      "In a program, the users of an account have unique names, and so do its roles. In JWTs, names can be missing or used twice. The user or role is adopted under its public key.",
    remedy: "Rename it if necessary; no access is lost.",
  },
  NA3026: {
    title: "User that the operator server rejects",
    cause:
      "nats-server rejects a user JWT that has expired or is revoked; that is signed by a key missing from the account's JWT, or by the account's own key although the operator requires signing keys; that has permissions of its own although a scoped signing key signed it; or whose templates cannot be expanded. It also rejects a bearer JWT that the account disallows. Such a user is not adopted, since that would restore its access.",
    remedy: "Add the user to the program if it needs access.",
  },
  NA3027: {
    title: "Account that is not adopted",
    cause:
      "An import or an authorization refers to an account whose JWT is not in the nsc store, or is one that the operator server rejects.",
    remedy:
      "Add that account to the program, and the import or reference with it. Have a rejected account signed again.",
  },
  NA3028: {
    title: "Unusable activation",
    cause:
      "An import of a private export needs an activation signed by the exporting account. The operator server ignores the import because its activation is missing, revoked, expired, not valid yet, or signed by a key that the exporting account does not list. Such an import is not adopted, since the program would sign a new activation. The program does not deploy activations of version 1 either: such an import is left out if nothing can sign another activation.",
    remedy: "Have the exporting account sign a new activation, and store it in the import.",
  },
  NA3029: {
    title: "Validity of an account JWT",
    cause:
      "The adopted account JWT expires at a fixed time. The package signs a new one without a time limit, so the account's users keep access until the first update after that time, which leaves the account out.",
    remedy: "Sign the account again before that time to keep it, for example with nsc.",
  },
  NA3030: {
    title: "Validity of an activation",
    cause:
      "The adopted activation expires at a fixed time. It is kept, because an activation that the package signs has no time limit. The operator server ignores the import from that time on; the static server permits it until the first update afterwards.",
    remedy: "Replace the activation in the store before it expires.",
  },
  NA3031: {
    title: "Time outside of the supported range",
    cause: "A user JWT expires at a time after 2999, which a program cannot express.",
    remedy: "Set `expires` of the user in the program.",
  },
  NA3032: {
    title: "Unknown key of an auth callout",
    cause:
      "An auth callout service signs with one of the account's signing keys. With none or several of them, the account's JWT does not determine which one.",
    remedy: "Set the key as `authorization.issuer` in the program, and remove it from `signingKeys`.",
  },
  NA3033: {
    title: "Auth callout signed by the account key",
    cause:
      "The operator of this package requires signing keys, so the operator server rejects users that the account's identity key signed. A static server accepts them.",
    remedy: "Let the service sign with a different key, and set it as `authorization.issuer`.",
  },
  NA3034: {
    title: "Auth callout of a missing account",
    cause:
      "The auth callout belongs to an account that the configuration does not have, so no service can answer. The existing server rejects every client that would need an answer; the new servers admit users with nkeys.",
    remedy: "Correct the account, remove the auth callout, or accept the security gap in `accept`, with a reason.",
  },
  NA3035: {
    title: "Auth callout for other accounts",
    cause:
      "A static server asks the service about users of every account listed in `allowed_accounts`, or of all accounts without the list. The new servers ask only about users of the service's own account, and admit the users of other accounts by their nkeys.",
    remedy:
      "Move these users to the account of the service, remove them, or accept the security gap in `accept`, with a reason.",
  },
  NA3040: {
    title: "Account that the operator server rejects",
    cause:
      "nats-server rejects an account JWT that has expired, is not valid yet, is signed by a key that the operator's JWT does not list, or by the operator's own key although its JWT requires signing keys. It also rejects an account with an invalid claim: for example, two exports overlap, or an activation is for another account. Nobody can log in to such an account. It is not adopted, since the program would sign it again and admit its users.",
    remedy:
      "Correct the account and sign it again where it is managed, for example with `nsc edit account`. The next update adopts it.",
  },
  NA3041: {
    title: "Import that the operator server ignores",
    cause:
      "nats-server ignores an import that the other account does not export with the same type, or whose subject does not contain the importing account's public key at the position that the export requires. An import with the deprecated claim `to` can also have a local subject that servers ignore, and that is not valid in a JWT without this claim: it overlaps with that of another service of the same account, or has other wildcards than the exported subject.",
    remedy: "Remove the import, have the other account export the subject, or set another `local_subject`.",
  },
  NA3042: {
    title: "Unexpected file in an nsc store",
    cause:
      "nsc stores the JWT of an account as `accounts/<account>/<account>.jwt` and the JWTs of its users in `accounts/<account>/users`. The file or folder is something else and is ignored.",
    remedy: "Remove it from the store, or restore the JWT that belongs there.",
  },
  NA3043: {
    title: "Copy of a JWT",
    cause:
      "Two JWTs of the store have the same public key. An operator server accepts a key with each of them, also in two accounts; a static server lists each key once. The JWT that was issued last is adopted, and determines what the seed may do on the static server.",
    remedy: "Remove the JWT that is not needed, or give one of the two users a key of its own.",
  },
  NA3044: {
    title: "Role whose users the operator server rejects",
    cause:
      "nats-server rejects every connection with the role: it permits bearer JWTs, which the account's limits disallow, or only connection types that the server does not support.",
    remedy: "Correct the role in the store.",
  },
  NA3045: {
    title: "Permissions that depend on a missing name",
    cause:
      "The templates `{{name()}}` and `{{account-name()}}` stand for the names in the JWTs. The JWT has no name, or the same name as another one, so the user or account would be adopted under its public key, which changes these permissions.",
    remedy: "Give the user or account a name of its own in the store.",
  },
  NA3046: {
    title: "Template that the operator server does not expand",
    cause:
      "nats-server expands templates in the scope of a signing key only. In the JWT of a user without a role, it takes them literally. In a program they would be expanded and permit other subjects.",
    remedy: "Let a role have the permissions, or use subjects without templates.",
  },
  NA3047: {
    title: "Missing keystore",
    cause:
      "`keystore` is not the folder of a keystore: it contains neither `keys` nor `creds`, or does not exist. Without it, every key would be adopted without its seed, and the state would lose the seeds that it contains.",
    remedy:
      "Set `keystore` to the folder that contains `keys` and `creds`, as shown by `nsc env`. To adopt only public keys, remove `keystore`.",
  },
  NA3048: {
    title: "Tag that templates do not find",
    cause:
      "nats-server looks for tags by a key in lower case. A tag with capital letters in its key, or with white space around it, has no effect, and programs reject it as a likely mistake.",
    remedy: "To keep the tag, write its key in lower case and remove the white space around it.",
  },
  NA3049: {
    title: "User or role without a listener",
    cause:
      "The connection types of a user or role are all of listeners that the new servers do not have, such as WebSocket. Nobody could log in, so the user or role is not adopted.",
    remedy: "To adopt it, add `STANDARD` to its connection types, or remove them, in the source.",
  },
  NA3050: {
    title: "Key without a seed",
    cause:
      "The keystore has no seed of an account, of a role, or of a key with which the operator signs accounts. An account or role is then adopted by its public key. If an earlier update has stored the seed in the state, the update deletes it with the `Nkey`: only users have `keepSeed`, and the seed may not be stored elsewhere. An account's seed signs activations, and a role's seed signs the JWTs of its users: without it, they get permissions of their own and new credentials, and their old ones are revoked. Without a seed of the operator, nothing can sign accounts, and `Operator` reports NA4010.",
    remedy:
      "Write the seed to the file that the diagnostic names, before the next update. `pulumi stack export --show-secrets` shows a seed that an earlier update has stored. For an operator, `signer` accepts the seed as well.",
  },
} as const satisfies CodeTable;
