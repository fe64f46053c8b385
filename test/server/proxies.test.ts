import assert from "node:assert/strict";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { keyOf, pairOf } from "../support/keys";
import { withPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { Wire, type Proof } from "../support/wire";
import { loginOf, worldOf, type World } from "../support/world";

const ACCOUNT: AccountDeclaration = { name: "A", users: { behind: { proxyRequired: true }, free: {} } };
const PROXY = pairOf("server", "proxy");
const STRANGER = pairOf("server", "stranger");

/** Whether a server lets a user in who comes through a proxy, or through none. */
async function isLetIn(pair: Pair, world: World, side: Side, user: string, proxy?: Proof["proxy"]): Promise<boolean> {
  const { seed, jwt } = loginOf(world, `A/${user}`);
  const proof = { seed, ...(side === "static" ? {} : { jwt, nkey: false as const }), ...(proxy && { proxy }) };
  try {
    await (await Wire.open(pair.listeners[side].clientPort, proof)).close();
    return true;
  } catch {
    return false;
  }
}

describe("users that require a proxy", () => {
  it("should be accepted by both servers only through a trusted proxy", async () => {
    const world = await worldOf([ACCOUNT]);
    await withPair(
      world,
      async (pair) => {
        for (const side of SIDES) {
          const tries = [PROXY, STRANGER, undefined].map((proxy) => isLetIn(pair, world, side, "behind", proxy));
          assert.deepEqual(await Promise.all(tries), [true, false, false], side);
          const free = [PROXY, undefined].map((proxy) => isLetIn(pair, world, side, "free", proxy));
          assert.deepEqual(await Promise.all(free), [true, true], side);
        }
      },
      { trustedProxies: [keyOf("server", "proxy")] },
    );
  });
});
