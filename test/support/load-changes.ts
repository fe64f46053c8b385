import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { Load } from "./load";
import { modeOf, SIDES } from "./sides";
import { STEP_TIMEOUT, succeeded } from "./stack";
import { byCreds, bySeed, Clients } from "./stack-clients";
import { Publishers } from "./publishers";
import { messagesIn, Shape, store, serversOn, MESSAGES, type Servers } from "./stack-shape";
import { stackOn, type PlaceName } from "./pod-stack";
import { namesOf } from "../differential/run";
import type { DeclaredAccount } from "../stack/programs/declared/declaration";

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

/** The changes that a cluster of six servers goes through in every test run. `npm run load` makes all. */
const FEW: readonly string[] = ["a user is added", "a user may do less"];

/** What `npm run load` sets: the number of servers of each mode. */
const { LOAD_SERVERS } = process.env;

/** A cluster that is changed. */
interface Setting {
  /** Number of servers of each mode. */
  readonly servers: number;
  readonly changes: readonly Change[];
}

function settings(place: PlaceName): readonly Setting[] {
  if (LOAD_SERVERS !== undefined) {
    return [{ servers: Number(LOAD_SERVERS), changes: CHANGES }];
  }
  const few = CHANGES.filter(([what]) => FEW.includes(what));
  return place === "kubernetes"
    ? [{ servers: 1, changes: few }]
    : [
        { servers: 1, changes: CHANGES },
        { servers: 3, changes: few },
      ];
}

/** Creates the tests of changes under load of servers in some place. */
export function describeLoad(place: PlaceName): void {
  settings(place).forEach((setting) => {
    describeChanges(place, setting);
  });
  if (LOAD_SERVERS !== undefined && Number(LOAD_SERVERS) > 1) {
    describeRestarts(place, Number(LOAD_SERVERS));
  }
}

function describeChanges(place: PlaceName, { servers: count, changes }: Setting): void {
  const names = count === 1 ? SIDES : namesOf(count);

  describe(`a cluster of ${names.length} servers (${place}) that is changed many times under load`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    const clients = new Clients();
    let accounts: Accounts = { A, B };
    let servers: Servers | undefined;
    let load: Load;

    before("a deployed cluster, and clients that ask and publish across it between all servers", async () => {
      servers = count === 1 ? undefined : await serversOn(place, ...names);
      await declare();
      succeeded(await stack.up());
      load = await newLoad();
      await load.start();
    });

    function declare(): Promise<void> {
      return stack.declare({ accounts, ...(servers && { servers }) });
    }

    /** From each server to the next one, and from the last one to the first; within an account and from one to another. */
    async function newLoad(): Promise<Load> {
      const { seeds, creds } = await stack.outputs();
      const connect = async (server: string, user: string): Promise<NatsConnection> =>
        clients.connect(
          await stack.urlOf(stack.serverOf(server)),
          modeOf(server) === "static" ? bySeed(seeds[user]) : byCreds(creds[user]),
        );
      const ends = await Promise.all(
        names.map(async (server) => ({
          loads: await connect(server, "A/loads"),
          works: await connect(server, "A/works"),
          b: await connect(server, "B/loads"),
        })),
      );
      const ways = ends.flatMap((from, way) => {
        const to = ends[(way + 1) % ends.length];
        return to === undefined ? [] : [{ from, to, way }];
      });
      const requests = ways.flatMap(({ from, to, way }) => [
        { from: from.loads, to: to.works, subject: `ask.a.${way}` },
        { from: from.b, to: to.b, subject: `ask.b.${way}` },
      ]);
      const numbers = ways.flatMap(({ from, to, way }) => [
        { from: from.works, to: to.loads, subject: `own.${way}` },
        { from: from.loads, to: to.b, subject: `numbers.${way}` },
      ]);
      return new Load(requests, numbers);
    }

    for (const [what, change] of changes) {
      it(`should lose no request and no message of unaffected users when ${what}`, async () => {
        const before = load.result;
        accounts = change(accounts);
        await declare();
        const { output } = succeeded(await stack.up());
        assert.match(output, /ClusterConfiguration nats updated/);
        const { answered, arrived, repeated, failures } = load.result;
        assert.deepEqual(failures, []);
        assert.ok(repeated <= before.repeated + names.length, "one message of each client that imports a stream");
        assert.ok(answered > before.answered && arrived > before.arrived);
      });
    }

    it("should have lost no message at the end, and disconnected no client", async () => {
      const { answered, arrived, repeated, failures } = await load.stop();
      console.log(`      ${answered} requests answered, ${arrived} messages arrived, ${repeated} of them twice`);
      assert.deepEqual(failures, []);
      assert.equal(clients.lost, 0);
    });
  });
}

function describeRestarts(place: PlaceName, count: number): void {
  const names = namesOf(count);

  describe(`a cluster of ${names.length} servers (${place}) that all restart while clients publish`, function () {
    this.timeout(2 * STEP_TIMEOUT);
    const stack = stackOn(place);
    let servers: Servers;
    const shape = new Shape(stack, () => servers);

    before("a stream with three replicas", async () => {
      servers = await serversOn(place, ...names);
      await shape.deploy(...names);
      await store(await shape.connect("o1"), "R3", 3);
    });

    it("should acknowledge every message, and store each once", async () => {
      const others = (name: string) => names.filter((other) => modeOf(other) === modeOf(name) && other !== name);
      const clients = names.map(async (name) => [name, await shape.connect(name, ...others(name))] as const);
      const publishers = new Publishers(Object.fromEntries(await Promise.all(clients)), "R3.x");
      const restarting = { maxPending: "32MiB" };
      const { output } = succeeded(await shape.update({ settings: restarting }, ...names));
      assert.match(output, /ClusterConfiguration nats updated/);
      const { acknowledged, unanswered, late, failures } = await publishers.stop();
      console.log(
        `      ${acknowledged} messages acknowledged; published again: ${unanswered} without responders, ${late} without an answer`,
      );
      assert.deepEqual(failures, []);
      assert.equal(await messagesIn(await shape.connect("s1"), "R3"), MESSAGES + acknowledged);
    });
  });
}
