import assert from "node:assert/strict";
import { ServerRefusal } from "../../provider/servers/server";

describe("the refusal of a server", () => {
  it("should not show the password of routes when the server's own words do", () => {
    const words = ['error parsing route url ["nats://route:5d41402abc4b@[fe80::1%eth0]:6222"]'];
    const refusal = new ServerRefusal("static", "refuses the new configuration", words);
    for (const text of [refusal.message, ...refusal.words]) {
      assert.ok(!text.includes("5d41402abc4b"), text);
      assert.ok(text.includes("nats://route:…@[fe80::1%eth0]:6222"), text);
    }
  });
});
