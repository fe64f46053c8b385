import assert from "node:assert/strict";
import { podStack } from "../support/pod-stack";
import { STEP_TIMEOUT, succeeded } from "../support/stack";

const SERVERS = {
  static: { mode: "static", replicas: 3 },
  operator: { mode: "operator", replicas: 3 },
} as const;

/** The goals on a machine that is not busy: a change compared with an update that changes nothing, and milliseconds for which servers disagree. */
const RATIO = 1.5;
const APART = 1_000;
/** The subjects that a user must not use, one more after each update: the figures are medians, because other programs run, too. */
const SUBJECTS = ["one", "two", "three"];
/** How much longer servers may disagree on a busy machine. */
const BUSY = 5;

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

describe("six pods", function () {
  this.timeout(2 * STEP_TIMEOUT);
  // As users run it: with new processes for each command.
  const stack = podStack({ hosted: false });
  const { pods } = stack;

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
    const figures = [
      `update without a change: ${(unchanged / 1_000).toFixed(1)} s`,
      `change in force on six pods after ${(inForce / 1_000).toFixed(1)} s, ratio ${(inForce / unchanged).toFixed(2)} (goal ${RATIO})`,
      `the servers disagree for ${apart} ms (goal ${APART})`,
    ];
    console.log(`      ${figures.join("; ")}`);
    assert.ok(apart < APART * BUSY, figures.join());
  });

  it("should be reached by a port of the nodes for each entry, if the program wants that", async () => {
    const { nodePorts } = (await stack.outputs()) as unknown as {
      readonly nodePorts: Readonly<Record<string, number>>;
    };
    assert.deepEqual(Object.keys(nodePorts).sort(), ["operator", "static"]);
    for (const [entry, port] of Object.entries(nodePorts)) {
      assert.equal(port, await pods.nodePort(entry));
    }
  });
});
