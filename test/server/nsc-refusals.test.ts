import assert from "node:assert/strict";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { readStore } from "../../provider/read/store";
import { ACTIVATIONS, EXPORTS } from "./nsc/import-cases";
import { ACCOUNTS, INVALID, OPERATORS, USERS } from "./nsc/token-cases";
import { adopt, askServer, NOW, storeOf } from "./nsc/situations";

describe("adopting what a real operator server decides", () => {
  for (const [group, cases] of [
    ["an activation", ACTIVATIONS],
    ["an imported subject", EXPORTS],
    ["an account", ACCOUNTS],
    ["a user", USERS],
    ["an operator", OPERATORS],
  ] as const) {
    for (const [what, situation, possible, leftOut] of cases) {
      it(`should grant what the server grants when ${group} ${what}`, async () => {
        const store = await storeOf(situation);
        assert.deepEqual(await askServer(store), possible, "the server");
        assert.deepEqual(adopt(store), [possible, leftOut], "adoption");
      });
    }
  }

  for (const [claims, path] of INVALID) {
    it(`should not adopt, as the server does not accept, an account with ${JSON.stringify(claims).slice(0, 80)}`, async () => {
      const store = await storeOf({ importer: { nats: claims }, token: () => undefined });
      assert.equal((await askServer(store)).login, false, "the server");
      assert.throws(
        () => readStore(store, NOW),
        (error) => error instanceof Unreadable && error.diagnostics.some((found) => found.path === path),
      );
    });
  }
});
