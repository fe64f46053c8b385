import assert from "node:assert/strict";
import type { AccountLimits } from "../../provider/model/account/limits";
import { logIn } from "../support/decisions";
import { startPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { publish, subscribe, type Wire } from "../support/wire";
import { worldOf, type World } from "../support/world";

/** Limits of the accounts, all on one pair of servers. */
const LIMITS = {
  unlimited: {},
  "no connections": { connections: 0 },
  "one connection": { connections: 1 },
  "two connections": { connections: 2 },
  "no subscriptions": { subscriptions: 0 },
  "two subscriptions": { subscriptions: 2 },
  "no payload": { payload: 0 },
  "ten bytes": { payload: 10 },
  everything: { connections: 3, subscriptions: 3, payload: 3, leafNodes: 0 },
  largest: { connections: 2 ** 31 - 1, subscriptions: 2 ** 31 - 1, payload: 2 ** 31 - 1, leafNodes: 2 ** 31 - 1 },
} as const satisfies Record<string, AccountLimits>;

type Case = keyof typeof LIMITS;

const CASES = Object.keys(LIMITS) as Case[];

describe("the limits of accounts", () => {
  let world: World;
  let pair: Pair;
  const wires: Wire[] = [];

  before(async () => {
    // One account for each side, since the connections of an account count on both servers combined.
    const names = SIDES.flatMap((side) => CASES.map((name) => ({ name: `${side}: ${name}`, limits: LIMITS[name] })));
    world = await worldOf(names.map((account) => ({ ...account, users: { user: {} } })));
    pair = await startPair(world);
  });

  afterEach(async () => {
    await Promise.all(wires.splice(0).map((wire) => wire.close()));
  });

  after(() => {
    pair.stop();
  });

  async function connect(name: Case, side: Side): Promise<Wire> {
    const wire = await logIn(pair, side, world, `${side}: ${name}/user`);
    wires.push(wire);
    return wire;
  }

  /** Returns how many of four connections a server accepts for an account. */
  async function connections(name: Case, side: Side): Promise<number> {
    for (let count = 0; count < 4; count += 1) {
      try {
        await connect(name, side);
      } catch {
        return count;
      }
    }
    return 4;
  }

  /** Returns how many subscriptions a server accepts from a client. If none is allowed, it closes the connection. */
  async function subscriptions(name: Case, side: Side): Promise<number> {
    try {
      const wire = await connect(name, side);
      const decisions = await wire.sendAll([0, 1, 2, 3].map((id) => subscribe(`subject.${id}`, id)));
      return decisions.filter((decision) => decision === "allowed").length;
    } catch {
      return 0;
    }
  }

  const payloads = [0, 1, 3, 4, 10, 11];

  for (const side of SIDES) {
    describe(`on the ${side} server`, () => {
      for (const [name, expected] of [
        ["unlimited", 4],
        ["no connections", 0],
        ["one connection", 1],
        ["two connections", 2],
        ["everything", 3],
        ["largest", 4],
      ] as const) {
        it(`should allow ${expected} of 4 connections when the account has: ${name}`, async () => {
          assert.equal(await connections(name, side), expected);
        });
      }

      for (const [name, expected] of [
        ["unlimited", 4],
        ["no subscriptions", 0],
        ["two subscriptions", 2],
        ["everything", 3],
        ["largest", 4],
      ] as const) {
        it(`should allow ${expected} of 4 subscriptions when the account has: ${name}`, async () => {
          assert.equal(await subscriptions(name, side), expected);
        });
      }

      for (const [name, largest] of [
        ["unlimited", 11],
        ["no payload", 0],
        ["ten bytes", 10],
        ["everything", 3],
        ["largest", 11],
      ] as const) {
        it(`should allow payloads up to ${largest} bytes when the account has: ${name}`, async () => {
          for (const bytes of payloads) {
            const decision = await (await connect(name, side)).send(publish("subject", "x".repeat(bytes)));
            assert.equal(decision === "allowed", bytes <= largest, `${bytes} bytes: ${decision}`);
            await wires.pop()?.close();
          }
        });
      }
    });
  }
});
