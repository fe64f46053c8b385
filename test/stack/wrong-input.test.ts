import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { DECLARED, failed, STEP_TIMEOUT, testStack } from "../support/stack";
import type { Declaration } from "./programs/declared/declaration";

/** A user seed, used where an account seed is required. */
const WRONG_KIND = "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU";

/** An external signing key: a claim that only one server can enforce. */
const SIGNING_KEY = keyOf("account", "elsewhere");

const WRONG: Declaration = {
  operator: { name: " " },
  accounts: {
    A: {
      seed: WRONG_KIND,
      signingKeys: [SIGNING_KEY],
      exports: [
        { subject: "orders..new", type: "service" },
        { subject: "prices.>", type: "stream", latency: { sampling: 0, results: "latency.*" } },
      ],
      users: {
        bad: { permissions: { publish: { allow: ["a b", ">.rest"] }, subscribe: { deny: ["queue group too"] } } },
        empty: { permissions: { publish: { allow: [] } } },
        key: { publicKey: "UNOBODY" },
      },
    },
    B: {
      imports: [{ account: "A", subject: "prices.gold", type: "service" }],
      limits: { connections: -1, payload: 1.5 },
    },
    C: { name: "B", imports: [{ account: "A", subject: "not.exported", type: "stream" }] },
  },
  staticServer: { clientPort: 70000, monitoringPort: 8222 },
  operatorServer: { monitoringPort: 8222 },
};

/** The codes and paths of the diagnostics of the program above, by resource. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'cluster "nats"': [
    "NA1702 accounts[2]",
    'NA1521 accounts[1]("B").imports[0].subject',
    'NA1521 accounts[2]("B").imports[0].subject',
    "NA1008 staticServer.clientPort",
    "NA1711 staticServer.monitoringPort",
    "NA2001 A.signingKeys",
  ],
  'account "B"': ["NA1008 limits.connections", "NA1005 limits.payload"],
  'operator " "': ["NA1401 name"],
  'account "A"': [
    "NA1101 users.bad.permissions.publish.allow[0]",
    "NA1101 users.bad.permissions.publish.allow[1]",
    "NA1101 users.bad.permissions.subscribe.deny[0]",
    "NA1202 users.empty.permissions.publish.allow",
    "NA1101 exports[0].subject",
    "NA1501 exports[1].latency",
    "NA1008 exports[1].latency.sampling",
    "NA1503 exports[1].latency.results",
    "NA1303 seed",
    "NA1302 users.key.publicKey",
  ],
};

describe("a program with many errors", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { hosted: false });
  let output: string;

  before("a preview of a new stack", async () => {
    await stack.declare(WRONG);
    ({ output } = failed(await stack.preview()));
  });

  it("should report every problem once when it is previewed", () => {
    assert.deepEqual(problemsIn(output), EXPECTED);
  });

  it("should print no stack trace and no seed when it is previewed", () => {
    assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m);
    assert.doesNotMatch(output, /node_modules|unhandled|promise/i);
    assert.doesNotMatch(output, new RegExp(WRONG_KIND));
  });

  it("should create nothing when it is previewed", async () => {
    assert.deepEqual(await stack.servers.belongings(), []);
    assert.deepEqual(await stack.sealedResources(), []);
    assert.deepEqual(await stack.processes(), []);
  });
});

describe("a program with names that Pulumi cannot process", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { hosted: false });

  it("should be refused with these names alone when it is previewed", async () => {
    // A literal would set the prototype.
    const keyed = JSON.parse('{ "__proto__": {}, "toString": {} }') as Record<string, object>;
    const revocations = JSON.parse('{ "toString": 5 }') as Record<string, number>;
    await stack.declare({
      accounts: { A: { users: { ...keyed, u: {} } }, B: { roles: keyed, revocations, users: { toString: {} } } },
      parity: { accept: JSON.parse('{ "toString": "a reason" }') as Record<string, string> },
    });
    const { output } = failed(await stack.preview());
    assert.deepEqual(problemsIn(output), {
      'account "A"': ["NA1013 users.__proto__", "NA1013 users.toString"],
      'account "B"': [
        "NA1013 roles.__proto__",
        "NA1013 roles.toString",
        "NA1013 revocations.toString",
        "NA1013 users.toString",
      ],
      'cluster "nats"': ["NA1013 parity.accept.toString"],
    });
    assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m);
    assert.doesNotMatch(output, /TypeError|node_modules|unhandled/i);
  });
});

/** Returns the codes and paths of the problems in an output, by resource. */
function problemsIn(output: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  let current: string[] = [];
  for (const line of output.split("\n")) {
    const subject = /error: (.+) has \d+ problems?:$/.exec(line)?.[1];
    if (subject !== undefined) {
      current = [];
      found[subject] = [...(found[subject] ?? []), ...current];
      current = found[subject];
    }
    const [, path, code] = /^ +- (.+?)(?: = .*?)?: .*\[(NA\d{4})\]$/.exec(line) ?? [];
    if (path !== undefined) {
      current.push(`${code ?? "without a code"} ${path}`);
    }
  }
  return found;
}
