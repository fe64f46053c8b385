import assert from "node:assert/strict";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Revoked } from "../../provider/model/account/account";
import { logIn } from "../support/decisions";
import { keyOf } from "../support/keys";
import { withPair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { Wire } from "../support/wire";
import { ISSUED_AT, worldOf } from "../support/world";

const U = keyOf("user", "A/u");
const ACCOUNT: AccountDeclaration = { name: "A", roles: { reader: {} }, users: { u: { role: "reader" }, v: {} } };

describe("revocations", () => {
  /** Which of two users each side lets in. */
  async function letIn(
    account: AccountDeclaration,
    revoked?: Record<string, Revoked>,
  ): Promise<Record<Side, string[]>> {
    const world = await worldOf([account], revoked === undefined ? {} : { A: { revoked } });
    return withPair(world, async (pair) => {
      const entries = SIDES.map(async (side): Promise<[Side, string[]]> => {
        const found: string[] = [];
        for (const user of Object.keys(account.users ?? {})) {
          // Of two first logins at once, nats-server may check one against an account that it is still building, without its
          // revocations. So the account is built by the first of these.
          const wire = await logIn(pair, side, world, `A/${user}`).catch(() => undefined);
          await wire?.close();
          found.push(...(wire === undefined ? [] : [user]));
        }
        return [side, found];
      });
      return Object.fromEntries(await Promise.all(entries)) as Record<Side, string[]>;
    });
  }

  for (const [what, revocations, users] of [
    ["nobody", {}, ["u", "v"]],
    ["a user, at the second of the JWT", { [U]: ISSUED_AT }, ["v"]],
    ["a user, in a moment after the JWT", { [U]: "2999-01-01T00:00:00Z" }, ["v"]],
    ["a user, before the JWT was issued", { [U]: ISSUED_AT - 1 }, ["u", "v"]],
    ["everyone, at the second of the JWTs", { "*": ISSUED_AT }, []],
    ["everyone, before the JWTs were issued", { "*": ISSUED_AT - 1 }, ["u", "v"]],
    ["everyone before and a user after", { "*": ISSUED_AT - 1, [U]: ISSUED_AT }, ["v"]],
  ] as [string, Record<string, string | number>, string[]][]) {
    it(`should refuse the same users on both servers when the account revokes ${what}`, async () => {
      const allowed = users.map((user) => user);
      assert.deepEqual(await letIn({ ...ACCOUNT, revocations }), { static: allowed, operator: allowed });
    });
  }

  it("should accept no client when every user is revoked, not even without credentials", async () => {
    const nobody = { "*": ISSUED_AT };
    const world = await worldOf([{ name: "SYS", users: { sys: {} }, revocations: nobody }]);
    await withPair(world, async ({ listeners }) => {
      for (const side of SIDES) {
        await assert.rejects(Wire.open(listeners[side].clientPort), /Authorization Violation/);
      }
    });
  });

  it("should refuse a user that left a role, and accept one with a newer JWT", async () => {
    const by = [{ signingKey: keyOf("account", "A role reader") }];
    const newer = await letIn(ACCOUNT, { [U]: { at: ISSUED_AT - 1, by } });
    assert.deepEqual(newer, { static: ["u", "v"], operator: ["u", "v"] });
    const older = await letIn(ACCOUNT, { [U]: { at: ISSUED_AT, by } });
    assert.deepEqual(older.operator, ["v"]);
  });
});
