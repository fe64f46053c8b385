import assert from "node:assert/strict";
import { ServerError, ServerRefusal } from "../../provider/servers/errors";

describe("an error of a server", () => {
  it("should show its code, and the output of the server", () => {
    const error = new ServerRefusal("NA5002", "static", "did not start", ["one", "two"]);
    assert.equal(error.message, "the static server did not start [NA5002]:\n  one\n  two");
    assert.deepEqual([error.code, error.name, error.output], ["NA5002", "ServerRefusal", ["one", "two"]]);
    assert.equal(
      new ServerRefusal("NA5002", "static", "did not start").message,
      "the static server did not start [NA5002]",
    );
    const cause = new Error("cause");
    const other = new ServerError("NA5008", "the process 1 did not end", [], { cause });
    assert.deepEqual(
      [other.message, other.name, other.cause],
      ["the process 1 did not end [NA5008]", "ServerError", cause],
    );
  });

  it("should not show the password of routes when the output of the server does", () => {
    const output = ['error parsing route url ["nats://route:5d41402abc4b@[fe80::1%eth0]:6222"]'];
    const refusal = new ServerRefusal("NA5001", "static", "rejected the new configuration", output);
    for (const text of [refusal.message, ...refusal.output]) {
      assert.ok(!text.includes("5d41402abc4b"), text);
      assert.ok(text.includes("nats://route:…@[fe80::1%eth0]:6222"), text);
    }
  });
});
