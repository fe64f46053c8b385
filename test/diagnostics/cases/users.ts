import {
  listenerDiagnostics,
  monitoredBearerDiagnostics,
  tracedBearerDiagnostics,
} from "../../../provider/model/cluster/listeners";
import { emptyListDiagnostics, missingRoleDiagnostics, templateDiagnostics } from "../../../provider/model/users/roles";
import { nameDiagnostics, userDiagnostics } from "../../../provider/model/users/users";
import {
  revokedCredentialsDiagnostics,
  unmatchedRevocationDiagnostics,
} from "../../../provider/model/account/revoked-credentials";
import { keyOf } from "../../support/keys";
import { ISSUED_AT } from "../../support/world";
import type { DiagnosticCase } from "./case";

/** Inputs that produce each code of the area. */
export const USERS_CASES: readonly DiagnosticCase[] = [
  { name: "a name of white space", codes: ["NA1401"], find: () => nameDiagnostics("name", " ") },
  { name: "a name of 256 characters", codes: ["NA1401"], find: () => nameDiagnostics("name", "n".repeat(256)) },
  {
    name: "permissions and limits beside a role",
    codes: ["NA1402", "NA1402"],
    find: () => userDiagnostics({ role: "reader", permissions: {}, limits: {} }),
  },
  {
    name: "an unknown role of a user",
    codes: ["NA1403"],
    find: () => missingRoleDiagnostics({ users: { u: { role: "raeder" } }, roles: { reader: {}, writer: {} } }),
  },
  {
    name: "a role in an account without roles",
    codes: ["NA1403"],
    find: () => missingRoleDiagnostics({ users: { u: { role: "reader" } } }),
  },
  {
    name: "a denied subject with the tag of another user",
    codes: ["NA1404"],
    find: () =>
      templateDiagnostics({
        name: "A",
        users: { u: { role: "r" }, tagged: { role: "r", tags: ["tenant:blue"] } },
        roles: { r: { permissions: { publish: { deny: ["{{tag(tenant)}}.>"] } } } },
      }),
  },
  {
    name: "users without the tags of all subjects that they may publish or subscribe to",
    codes: ["NA1417", "NA1417"],
    find: () =>
      emptyListDiagnostics({
        name: "A",
        users: {
          tagged: { role: "r", tags: ["site:north"] },
          misspelt: { role: "r", tags: ["sites:north"] },
          own: { permissions: { subscribe: { allow: ["{{account-tag(region)}}.>"] } } },
          free: { permissions: { publish: { allow: ["{{tag(site)}}.>", "free"] } } },
        },
        roles: { r: { permissions: { publish: { allow: ["{{tag(site)}}.>", "{{tag(site)}}"] } } } },
      }),
  },
  {
    name: "a user and a role with connection types for which the servers have no listener",
    codes: ["NA1410", "NA1410"],
    find: () =>
      listenerDiagnostics([
        {
          name: "A",
          users: { u: { connectionTypes: ["WEBSOCKET", "LEAFNODE_WS"] }, v: { connectionTypes: ["MQTT", "STANDARD"] } },
          roles: { r: { connectionTypes: ["IN_PROCESS"] } },
        },
      ]),
  },
  {
    name: "revocations of present users, at a time in the past and in the future",
    codes: ["NA1411", "NA1411"],
    find: () =>
      revokedCredentialsDiagnostics(
        {
          old: { publicKey: keyOf("user", "old"), issuedAt: ISSUED_AT },
          newer: { publicKey: keyOf("user", "newer"), issuedAt: ISSUED_AT + 9 },
          unsigned: { publicKey: undefined, issuedAt: undefined },
        },
        { [keyOf("user", "newer")]: ISSUED_AT + 99, [keyOf("user", "gone")]: ISSUED_AT, "*": ISSUED_AT + 5 },
        ISSUED_AT + 10,
      ),
  },
  {
    name: "revocations of keys that no user has",
    codes: ["NA1413"],
    find: () =>
      unmatchedRevocationDiagnostics(new Set([keyOf("user", "u")]), {
        [keyOf("user", "u")]: ISSUED_AT,
        [keyOf("user", "gone")]: ISSUED_AT,
        "*": ISSUED_AT,
      }),
  },
  {
    name: "bearers on an operator server with a monitoring port",
    codes: ["NA1412", "NA1412"],
    find: () =>
      monitoredBearerDiagnostics("operatorServer.monitoringPort", [
        { name: "A", users: { u: { bearer: true }, v: { role: "r" }, w: {} }, roles: { r: { bearer: true } } },
      ]),
  },
  {
    name: "a bearer whose messages servers log",
    codes: ["NA1414"],
    find: () => tracedBearerDiagnostics("settings.trace", [{ name: "A", users: { u: { bearer: true }, v: {} } }]),
  },
];
