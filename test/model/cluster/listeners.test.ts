import assert from "node:assert/strict";
import { CONNECTION_TYPES, type ConnectionType } from "../../../provider/model/access/connection-types";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { proxyDiagnostics } from "../../../provider/model/cluster/cluster";
import { listenerDiagnostics, listenerProblem } from "../../../provider/model/cluster/listeners";
import type { Protocol } from "../../../provider/model/cluster/protocols";
import { codesAndPaths } from "../../support/diagnostics";

/** Returns whether somebody can log in with these types. */
const isPossible = (...connectionTypes: ConnectionType[]) =>
  listenerDiagnostics([{ name: "A", users: { u: { connectionTypes } } }]).length === 0;

describe("listenerDiagnostics", () => {
  it("should accept only lists with the type of a client listener", () => {
    for (const type of CONNECTION_TYPES) {
      assert.equal(isPossible(type), type === "STANDARD", type);
      assert.equal(isPossible("STANDARD", type), true, type);
    }
    assert.equal(isPossible(...CONNECTION_TYPES.filter((type) => type !== "STANDARD")), false);
  });

  it("should accept the types of every listener that a server has", () => {
    const possible = (...servers: (readonly Protocol[])[]) =>
      CONNECTION_TYPES.filter((type) => listenerProblem({ connectionTypes: [type] }, servers) === undefined);
    assert.deepEqual(possible(["websocket"]), ["STANDARD", "WEBSOCKET"]);
    assert.deepEqual(possible(["leafNodes"], ["mqtt"]), ["STANDARD", "LEAFNODE", "MQTT"]);
    // A connection over WebSocket needs both listeners on the same server.
    assert.deepEqual(possible(["leafNodes"], ["websocket"]), ["STANDARD", "WEBSOCKET", "LEAFNODE"]);
    assert.deepEqual(
      possible(["leafNodes", "websocket", "mqtt"]),
      CONNECTION_TYPES.filter((type) => type !== "IN_PROCESS"),
    );
  });

  it("should name the missing ports", () => {
    const remedyFor = (type: ConnectionType) =>
      listenerDiagnostics([{ name: "A", users: { u: { connectionTypes: [type] } } }])[0]?.remedy ?? "";
    assert.match(remedyFor("LEAFNODE_WS"), /`leafNodePort` and `websocketPort`/);
    assert.doesNotMatch(remedyFor("IN_PROCESS"), /Port/);
  });

  it("should report users over MQTT alone, without a bearer or JetStream", () => {
    const roles = { bearer: { bearer: true, connectionTypes: ["MQTT"] as const } };
    const users = {
      both: { connectionTypes: ["MQTT", "STANDARD"] as const },
      alone: { connectionTypes: ["MQTT"] as const },
    };
    const found = (account: object) =>
      codesAndPaths(listenerDiagnostics([{ name: "A", users, roles, ...account }], [["mqtt"]]));
    assert.deepEqual(found({ jetstream: {} }), ['NA1415 accounts[0]("A").users.alone.connectionTypes']);
    assert.deepEqual(found({ users: {} }), ['NA1416 accounts[0]("A").roles.bearer.connectionTypes']);
  });

  it("should report roles, not their users, and accounts by their position", () => {
    const role = { connectionTypes: ["MQTT"] as const };
    const found = listenerDiagnostics([
      { name: "A", users: { u: {} } },
      { name: "B c", roles: { "a role": role }, users: { u: { role: "a role" }, v: role } },
    ]);
    assert.deepEqual(codesAndPaths(found), [
      'NA1410 accounts[1]("B c").users.v.connectionTypes',
      'NA1410 accounts[1]("B c").roles["a role"].connectionTypes',
    ]);
  });

  it("should report accounts by their position when an earlier one is malformed", () => {
    const malformed = { name: "A", users: 5 } as unknown as AccountDeclaration;
    const role = { connectionTypes: ["MQTT"], proxyRequired: true } as const;
    const found = [malformed, { name: "B", users: { u: role } }];
    assert.deepEqual(codesAndPaths([...listenerDiagnostics(found), ...proxyDiagnostics(found)]), [
      'NA1410 accounts[1]("B").users.u.connectionTypes',
      'NA1708 accounts[1]("B").users.u.proxyRequired',
    ]);
  });

  it("should leave problems of the list itself to the account", () => {
    assert.equal(isPossible(), true);
    assert.equal(isPossible("websocket" as ConnectionType), true);
    assert.deepEqual(
      listenerDiagnostics([{ name: "A", users: { u: { connectionTypes: "MQTT" as unknown as ["MQTT"] } } }]),
      [],
    );
  });
});
