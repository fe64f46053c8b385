/** Kills updates of a cluster with several servers of each mode and streams: `npm run kills -- --servers 3`. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { namesOf } from "../differential/run";
import { SEED } from "../support/seed";
import { DECLARED, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { api, MESSAGES, messagesIn, Shape, store, withPorts, type Servers } from "../support/stack-shape";

/** A change of the program: an account, a server that joins, a server that changes its mode, a server that leaves. */
const KINDS = ["accounts", "joins", "mode", "leaves"] as const;
type Kind = (typeof KINDS)[number];

/** The server that changes its mode. */
const CHANGING = "s2";
const ACCOUNTS = { A: { jetstream: {}, users: { test: {} } }, B: { users: { test: {} } } };
/** In steps, the server that joins or leaves. */
const MOVING = "<server>";

/** The steps of an update of each kind, in their order. */
const STEPS: Readonly<Record<Kind, readonly string[]>> = {
  accounts: [
    "update configuration-attempt",
    "try s1",
    "put o1",
    "reload o1",
    "reload s1",
    "update cluster-configuration",
  ],
  joins: [
    "create server-process",
    `put ${MOVING}`,
    `start ${MOVING}`,
    "reload o1",
    "reload s1",
    "update cluster-configuration",
  ],
  mode: [
    `put ${CHANGING}`,
    `stop ${CHANGING}`,
    `start ${CHANGING}`,
    "removeRemains s1",
    "update cluster-configuration",
  ],
  leaves: ["reload o1", "move streams", "remove member", `stop ${MOVING}`, "update cluster-configuration"],
};

const { KILLS = "20", KILL_SERVERS } = process.env;

/** An update that is killed right after a step. */
interface Kill {
  readonly kind: Kind;
  readonly step: string;
}

/** The kinds in turn, each with its steps in an order that the seed determines, until all were tried and from the beginning. */
function kills(count: number): readonly Kill[] {
  const orders = KINDS.map((kind) => {
    const [order = []] = fc.sample(fc.shuffledSubarray([...STEPS[kind]], { minLength: STEPS[kind].length }), {
      numRuns: 1,
      seed: SEED,
    });
    return { kind, order };
  });
  return Array.from({ length: count }, (_, index) => {
    const { kind, order } = orders[index % KINDS.length] ?? { kind: "accounts", order: STEPS.accounts };
    return { kind, step: order[Math.floor(index / KINDS.length) % order.length] ?? "" };
  });
}

function describeMany(count: number): void {
  describe(`an update of ${2 * count} servers that is killed`, function () {
    this.timeout(2 * STEP_TIMEOUT);
    const stack = testStack(DECLARED);
    const clients = new Clients();
    const all = kills(Number(KILLS));
    let servers: Servers = {};
    const shape = new Shape(stack, () => servers);
    let spare: Servers = {};
    /** The server that has joined last. JetStream accepts a removed server again only after minutes, so each has a new name. */
    let moving = "";
    let joined = 0;
    let hasAccount = false;
    const streams = new Set<string>();
    /** The keys of a user that stays. */
    let kept: unknown;

    before("a cluster with a stream", async () => {
      servers = await withPorts(...namesOf(count));
      spare = await withPorts(...all.map((_, index) => `o${count + 1 + index}`));
      succeeded(await update());
      await store(await shape.connect("o1"), "R3", 3);
      streams.add("R3");
      await assertConverged();
    });

    for (const [index, { kind, step }] of all.entries()) {
      it(`should be finished by the next update, with all keys and messages, when it is of kind ${kind} and is killed after "${step}" (${index + 1})`, async () => {
        await prepare(kind);
        await declare();
        await stack.killAfter(step.replace(MOVING, moving));
        succeeded(await stack.unlock());
        succeeded(await stack.up());
        await assertConverged();
      });
    }

    function declare(): Promise<void> {
      const more = hasAccount ? { C: { users: { test: {} } } } : {};
      return shape.declareWith({ accounts: { ...ACCOUNTS, ...more } }, ...Object.keys(servers));
    }

    async function update() {
      await declare();
      return stack.up();
    }

    /** Changes the declaration. A server that leaves first gets a stream of which it is the only one with the messages. */
    async function prepare(kind: Kind): Promise<void> {
      if (kind === "accounts") hasAccount = !hasAccount;
      if (kind === "joins") {
        moving = `o${count + (joined += 1)}`;
        servers = { ...servers, ...Object.fromEntries(Object.entries(spare).filter(([name]) => name === moving)) };
      }
      if (kind === "mode") {
        const { [CHANGING]: server } = servers;
        assert.ok(server !== undefined);
        servers = { ...servers, [CHANGING]: { ...server, mode: server.mode === "static" ? "operator" : "static" } };
      }
      if (kind === "leaves") {
        await storeOn(moving);
        servers = Object.fromEntries(Object.entries(servers).filter(([name]) => name !== moving));
      }
    }

    /** Creates streams with one replica until a server has one, and keeps this one. */
    async function storeOn(server: string): Promise<void> {
      const client = await shape.connect("o1");
      for (let number = 1; ; number += 1) {
        const name = `on-${server}-${number}`;
        const [holder] = await store(client, name, 1);
        if (holder === `nats-${server}`) {
          streams.add(name);
          return;
        }
        await api(client, `STREAM.DELETE.${name}`);
        assert.ok(number < 50, `no stream is placed on ${server}`);
      }
    }

    async function assertConverged(): Promise<void> {
      const names = Object.keys(servers);
      const { clientUrls, seeds, creds, publicKeys, checked } = await stack.outputs();
      const urls: Readonly<Record<string, string>> = clientUrls;
      for (const name of names) assert.ok(checked.includes(`nats-${name}`), checked);
      assert.match(checked, /are one cluster.*every stream is healthy$/);
      const keys = { seed: seeds["A/test"], creds: creds["A/test"], account: publicKeys.A };
      assert.deepEqual(keys, (kept ??= keys));
      const connected = await Promise.all(
        names.map((name) => {
          const login = servers[name]?.mode === "static" ? bySeed(seeds["A/test"]) : byCreds(creds["A/test"]);
          return clients.connect(urls[name] ?? "", login);
        }),
      );
      for (const [index, client] of connected.entries()) {
        const next = connected[(index + 1) % connected.length];
        assert.ok(next !== undefined);
        await crosses(client, next, `crosses.${index}`);
        for (const name of streams) assert.equal(await messagesIn(client, name), MESSAGES, name);
      }
      await clients.close();
      assert.deepEqual(await remaining(), names.flatMap((name) => [`place ${name}`, `process ${name}`]).sort());
      assert.deepEqual(await stack.processes(), []);
      succeeded(await stack.preview("--refresh", "--expect-no-changes"));
    }

    /** What there is of each server: processes, and places with a configuration. */
    async function remaining(): Promise<string[]> {
      const { home } = stack.local;
      const files = await readdir(home, { recursive: true });
      const places = files.filter((name) => name.endsWith("/nats.conf")).map((name) => join(home, name, ".."));
      const nameOf = (place: string) => place.split("/").at(-2) ?? "";
      return [
        ...places.map((place) => `place ${nameOf(place)}`),
        ...stack.local.all().map(({ place }) => `process ${nameOf(place)}`),
      ].sort();
    }
  });
}

if (KILL_SERVERS !== undefined) describeMany(Number(KILL_SERVERS));
