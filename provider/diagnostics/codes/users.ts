import type { CodeTable } from "./code";

/** Users, roles and names. */
export const USERS_CODES = {
  NA1401: {
    title: "Invalid name",
    cause:
      "Names identify operators, accounts, users and roles to people. A name has 1 to 255 characters and is not white space alone. The limit keeps user JWTs, which contain the name, within the 4,096 bytes of a client's CONNECT line.",
    remedy: "Use a name of 1 to 255 characters.",
  },
  NA1402: {
    title: "Property with a role",
    cause:
      "A role is a scoped signing key. The permissions and limits of its users come from the account JWT alone, and nats-server rejects a user JWT of a scoped signing key that contains any.",
    remedy: "Move the property to the role, or remove `role` from the user.",
  },
  NA1403: {
    title: "Unknown role",
    cause: "A user has a role that its account does not declare.",
    remedy: "Add the role to the `roles` of the account, or correct the name.",
  },
  NA1404: {
    title: "Template without a valid value",
    cause:
      "nats-server expands templates in permissions when a user connects (`processUserPermissionsTemplate`). It rejects the connection if a denied subject refers to a missing tag or becomes an invalid subject, or if a list becomes too long. The user could connect in static mode only.",
    remedy: "Add the tag that the template refers to, or deny another subject.",
  },
  NA1410: {
    title: "No listener for the connection types",
    cause:
      "A user or role accepts only types of connections for which the servers of the cluster have no listener, such as WebSocket or MQTT. Nobody could ever log in as the user. Servers have a listener for NATS clients, the type `STANDARD`, and others if their ports are set.",
    remedy:
      "Set `websocketPort`, `leafNodePort` or `mqttPort` of a server (two of them for a type over WebSocket), add `STANDARD` to the connection types, or remove the property.",
  },
  NA1411: {
    title: "Users locked out by a revocation",
    cause:
      "A revocation of the account applies to the current JWTs of users of the program. The operator server rejects these JWTs, the static configuration omits the users, and their `creds` are undefined. This is a warning, because it may be intended. A revocation applies to the JWTs that were issued at its time or before, and nothing signs these users again.",
    remedy:
      "To admit the users again, rotate their keys or those of their roles (`rotation`), which signs new JWTs; or use an earlier time. To remove a user for good, remove it from the program.",
  },
  NA1412: {
    title: "JWTs of bearers visible by monitoring",
    cause:
      "A user or role has `bearer`, so that the JWT alone logs in to the operator server, and this server has a monitoring port. Its endpoint `/connz?auth=1`, which requires no authentication, shows the JWTs of connected clients. nats-server leaves out JWTs that contain `bearer_token`; these users have it by the scope of a signing key. This is a warning, because the port may be protected otherwise.",
    remedy: "Remove the `monitoringPort` of the operator server, or restrict who can reach it.",
  },
  NA1413: {
    title: "Revocation of a key that no user has",
    cause:
      "The `revocations` of an account contain a public key that is not the present key of any of its users, such as that of a user who was removed. The revocation is kept: the operator server rejects the JWTs of the key that were issued until then, also if a signing key of the account issued them elsewhere. The static server needs none, because it has no user with the key. This is a note, not a problem.",
    remedy:
      "No action is needed. If the revocation is meant for a user of the program, use the user's `publicKey`. When all JWTs of the key have expired, it can be removed.",
  },
  NA1414: {
    title: "JWTs of bearers visible in logs",
    cause:
      "A user or role has `bearer`, so that the JWT alone logs in to the operator server, and a server logs the protocol messages of clients (`trace`). nats-server removes passwords and signatures from these messages, but not JWTs. This is a warning.",
    remedy: "Restrict who can read the log, and disable the trace when it is no longer needed.",
  },
  NA1415: {
    title: "MQTT user without `bearer`",
    cause:
      "A user or role permits MQTT connections alone. MQTT clients send the JWT of the user as their password. They cannot sign the nonce of the server, so it admits only bearers.",
    remedy: "Set `bearer: true`, and protect the JWT like a password. Or add another type.",
  },
  NA1416: {
    title: "MQTT user of an account without JetStream",
    cause:
      "A user or role permits MQTT connections alone, and its account has no JetStream, in which nats-server stores the sessions of MQTT clients. It rejects every connection of the user.",
    remedy: "Set `jetstream` of the account, or add another type.",
  },
  NA1417: {
    title: "Templates without values",
    cause:
      "All subjects that a user may publish or subscribe to have templates that expand to no valid subject, such as `{{tag(site)}}` for a user without a tag `site:…`. The servers then permit no subject at all. This is a warning, because it may be intended.",
    remedy: "Add the tags that the templates refer to, or correct the keys in them.",
  },
} as const satisfies CodeTable;
