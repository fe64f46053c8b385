import assert from "node:assert/strict";
import { podStack } from "../support/pod-stack";
import { STEP_TIMEOUT, succeeded } from "../support/stack";
import { awaitPort } from "../support/sockets";
import { byCreds, bySeed, Clients } from "../support/stack-clients";

const SERVERS = {
  static: { mode: "static", replicas: 3 },
  operator: { mode: "operator", replicas: 3 },
} as const;

/** A change compared with an update that changes nothing, and milliseconds for which servers disagree: on a machine that is not busy, and at most. */
const RATIO = { goal: 1.5, limit: 2.5 };
const APART = { goal: 1_000, limit: 2_500 };
/** The subjects that a user must not use, one more after each update: the figures are medians, because other programs run, too. */
const SUBJECTS = ["one", "two", "three"];

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

describe("six pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  // As users run it: with new processes for each command.
  const stack = podStack({ hosted: false });
  const { pods } = stack;
  const clients = new Clients();

  const declare = (forbidden: readonly string[]) =>
    stack.declare({
      accounts: { A: { users: { test: { permissions: { publish: { deny: forbidden } } } } } },
      servers: SERVERS,
      kubernetes: { serviceType: "NodePort" },
    });

  it("should enforce a change soon, all at about the same time", async () => {
    await declare([]);
    succeeded(await stack.up());
    const rounds: { readonly unchanged: number; readonly inForce: number; readonly apart: number }[] = [];
    const forbidden: string[] = [];
    for (const subject of SUBJECTS) {
      const begin = Date.now();
      succeeded(await stack.up());
      forbidden.push(subject);
      await declare(forbidden);
      const start = Date.now();
      succeeded(await stack.up());
      const times = await pods.reloads(start);
      assert.equal(times.length, 6);
      const [first, last] = [Math.min(...times), Math.max(...times)];
      rounds.push({ unchanged: start - begin, inForce: last - start, apart: last - first });
    }
    const [unchanged, inForce, apart] = (["unchanged", "inForce", "apart"] as const).map((figure) => {
      return median(rounds.map(({ [figure]: value }) => value));
    }) as [number, number, number];
    const ratio = inForce / unchanged;
    const figures = [
      `update without a change: ${(unchanged / 1_000).toFixed(1)} s`,
      `change in force on six pods after ${(inForce / 1_000).toFixed(1)} s, ratio ${ratio.toFixed(2)} (goal ${RATIO.goal})`,
      `the servers disagree for ${apart} ms (goal ${APART.goal})`,
    ];
    console.log(`      ${figures.join("; ")}`);
    assert.ok(ratio < RATIO.limit && apart < APART.limit, figures.join());
  });

  it("should be reached by a port of the nodes for each entry, if the program wants that", async () => {
    const { nodePorts, seeds, creds } = await stack.outputs();
    const { node } = await stack.addresses();
    const logins = { static: bySeed(seeds["A/test"]), operator: byCreds(creds["A/test"]) };
    for (const entry of ["static", "operator"] as const) {
      assert.equal(nodePorts?.[entry], (await pods.nodePorts(entry)).nats);
      await awaitPort(node, nodePorts?.[entry] ?? assert.fail(entry));
      await clients.connect(`nats://${node}:${nodePorts?.[entry]}`, logins[entry]);
    }
    await clients.close();
  });
});
