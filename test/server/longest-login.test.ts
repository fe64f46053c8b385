import assert from "node:assert/strict";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import { logIn } from "../support/decisions";
import { withPair } from "../support/pair";
import { SIDES } from "../support/sides";
import { worldOf } from "../support/world";

describe("the longest login", () => {
  it("should fit the server's limit when a user has the longest name and the longest tags", async () => {
    const name = "\0".repeat(254) + "x";
    const account = { name: "A", users: { [name]: { tags: ["y".repeat(508)] } } };
    assert.deepEqual(accountDiagnostics(account), []);
    const world = await worldOf([account]);
    await withPair(world, async (pair) => {
      for (const side of SIDES) {
        await (await logIn(pair, side, world, `A/${name}`)).close();
      }
    });
  });
});
