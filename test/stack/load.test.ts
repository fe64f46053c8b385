import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import { Load } from "../support/load";
import type { DeclaredAccount } from "./programs/declared/declaration";

const everything = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };

/**
 * The accounts whose clients keep the load up; what those may do never changes, but everything around them does. Requests
 * stay within an account: those that cross from one to another are what nats-server's reload takes down for a moment.
 */
const A = {
  exports: [{ subject: "numbers.>", type: "stream" }],
  roles: { worker: { permissions: everything } },
  users: { loads: { permissions: everything }, works: { role: "worker" }, changes: { permissions: everything } },
} satisfies DeclaredAccount;
const B = {
  imports: [{ account: "A", subject: "numbers.>", type: "stream" }],
  users: { loads: { permissions: everything } },
} satisfies DeclaredAccount;

type Accounts = Readonly<Record<string, DeclaredAccount>>;
type Change = readonly [what: string, change: (accounts: Accounts) => Accounts];

/** Another A, or another B. */
const withA =
  (change: (account: DeclaredAccount) => DeclaredAccount): Change[1] =>
  (accounts) => ({
    ...accounts,
    A: change(accounts.A ?? {}),
  });
const withB =
  (change: (account: DeclaredAccount) => DeclaredAccount): Change[1] =>
  (accounts) => ({
    ...accounts,
    B: change(accounts.B ?? {}),
  });

const narrow = { publish: { allow: ["ask.>"] } };

/** One kind of change after the other, all in the accounts that carry the load. */
const CHANGES: readonly Change[] = [
  ["a user is added", withA((a) => ({ ...a, users: { ...a.users, added: {} } }))],
  ["a user may do less", withA((a) => ({ ...a, users: { ...a.users, changes: { permissions: narrow } } }))],
  ["a user may do more", withA((a) => ({ ...a, users: { ...a.users, changes: { permissions: everything } } }))],
  [
    "a role is added, with a user",
    withA((a) => ({
      ...a,
      roles: { ...a.roles, reader: { permissions: narrow } },
      users: { ...a.users, reads: { role: "reader" } },
    })),
  ],
  ["a role may do more", withA((a) => ({ ...a, roles: { ...a.roles, reader: { permissions: everything } } }))],
  ["a user leaves its role", withA((a) => ({ ...a, users: { ...a.users, reads: {} } }))],
  [
    "an export is added",
    withA((a) => ({ ...a, exports: [...(a.exports ?? []), { subject: "more.>", type: "service" }] })),
  ],
  [
    "an import is added",
    withB((b) => ({ ...b, imports: [...(b.imports ?? []), { account: "A", subject: "more.>", type: "service" }] })),
  ],
  ["an import is removed", withB((b) => ({ ...b, imports: B.imports }))],
  ["an export is removed", withA((a) => ({ ...a, exports: A.exports }))],
  ["limits change", withA((a) => ({ ...a, limits: { connections: 100, subscriptions: 1000, payload: 1_000_000 } }))],
  ["users without permissions may do less", withA((a) => ({ ...a, defaultPermissions: narrow }))],
  ["an account is added, with an import", (accounts) => ({ ...accounts, C: { ...B, users: { joins: {} } } })],

  ["the account is removed again", ({ C, ...accounts }) => (C === undefined ? {} : accounts)],
  ["a user and a role are removed", withA((a) => ({ ...a, roles: A.roles, users: A.users }))],
  ["tags and descriptions change", withB((b) => ({ ...b, tags: ["some"], description: "other words" }))],
];

describe("a cluster that is changed many times under load", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let accounts: Accounts = { A, B };
  let load: Load;

  before("a deployed cluster, and clients that ask and publish across it in both directions", async () => {
    await stack.declare({ accounts });
    succeeded(await stack.up());
    load = await newLoad();
    await load.start();
  });

  /** In both directions, within an account and from one account to the other. */
  async function newLoad(): Promise<Load> {
    const { clientUrls, seeds, creds } = await stack.outputs();
    const onStatic = (user: string) => clients.connect(clientUrls.static, bySeed(seeds[user]));
    const onOperator = (user: string) => clients.connect(clientUrls.operator, byCreds(creds[user]));
    const usersOf = async (connect: (user: string) => Promise<NatsConnection>) => ({
      loads: await connect("A/loads"),
      works: await connect("A/works"),
      b: await connect("B/loads"),
    });
    const [one, other] = [await usersOf(onStatic), await usersOf(onOperator)];
    const directions = [
      [one, other],
      [other, one],
    ] as const;
    const requests = directions.flatMap(([from, to], way) => [
      { from: from.loads, to: to.works, subject: `ask.a.${way}` },
      { from: from.b, to: to.b, subject: `ask.b.${way}` },
    ]);
    const numbers = directions.flatMap(([from, to], way) => [
      { from: from.works, to: to.loads, subject: `own.${way}` },
      { from: from.loads, to: to.b, subject: `numbers.${way}` },
    ]);
    return new Load(requests, numbers);
  }

  for (const [what, change] of CHANGES) {
    it(`should lose no request and no message of unaffected users when ${what}`, async () => {
      const before = load.result;
      accounts = change(accounts);
      await stack.declare({ accounts });
      const { output } = succeeded(await stack.up());
      assert.match(output, /ClusterConfiguration nats updated/);
      const { answered, arrived, failures } = load.result;
      assert.deepEqual(failures, []);
      assert.ok(answered > before.answered && arrived > before.arrived);
    });
  }

  it("should have lost no message at the end, and disconnected no client", async () => {
    const { failures } = await load.stop();
    assert.deepEqual(failures, []);
    assert.equal(clients.lost, 0);
  });
});
