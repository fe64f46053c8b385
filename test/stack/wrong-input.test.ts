import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { DECLARED, failed, STEP_TIMEOUT, testStack } from "../support/stack";
import type { Declaration } from "./programs/declared/declaration";

/** A user's seed where an account's belongs. */
const WRONG_KIND = "SUAMLK2ZNL35WSMW37E7UD4VZ7ELPKW7DHC3BWBSD2GCZ7IUQQXZIORRBU";

/** A key that signs users elsewhere: something that only one of the servers can be told. */
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
  static: { clientPort: 70000, monitoringPort: 8222 },
  operatorServer: { monitoringPort: 8222 },
};

/** Every problem of the program above, by what has it: path, value, what is wrong, remedy. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'cluster "nats"': [
    'accounts[2] = "B": is the name of accounts[1] already; each account has a name of its own. Rename one of them.',
    'accounts[1]("B").imports[0].subject = "prices.gold": is exported by account "A" as a stream, not as a service. Export it there, or leave the import out.',
    'accounts[2]("B").imports[0].subject = "not.exported": is not exported by account "A", which exports the streams "prices.>". Export it there, or leave the import out.',
    "static.clientPort = 70000: is not a port; a port is a whole number from 1 to 65535. Write a free port of the host, such as 4222.",
    "static.monitoringPort = 8222: is the port of operatorServer.monitoringPort already. Give each of them a port of its own.",
    `A.signingKeys = ["${SIGNING_KEY}"]: whoever has the signing key of A can make users for the operator server: the static server knows none of them. Leave it out, or accept it with a reason: \`parity: { accept: { "A.signingKeys": "…" } }\`.`,
  ],
  'account "B"': [
    "limits.connections = -1: is not a limit; a limit is a whole number from 0 to 2147483647. Leave the limit out for unlimited.",
    'limits.payload = 1.5: is no amount of data; it is a text such as "512KiB" or "1GiB", or a whole number of bytes, and less than 8 PiB. Leave the limit out for unlimited.',
  ],
  'operator " "': ['name = " ": is empty; a name says who it is. Write a name.'],
  'account "A"': [
    'users.bad.permissions.publish.allow[0] = "a b": contains white space or NUL; a subject contains neither. Write a subject such as `orders.*.new` or `orders.>`.',
    'users.bad.permissions.publish.allow[1] = ">.rest": has ">" before the end; ">" matches the rest of a subject and can only be its last token. Write a subject such as `orders.*.new` or `orders.>`.',
    'users.bad.permissions.subscribe.deny[0] = "queue group too": has more than a subject, one space and a queue group. Write a subject such as `orders.*.new` or `orders.>`.',
    'users.empty.permissions.publish.allow = []: an empty list would allow everything on one server and nothing on the other. Leave `allow` out to allow everything, or write `deny: [">"]` to allow nothing.',
    'exports[0].subject = "orders..new": has an empty token; tokens are separated by single dots, with none at either end. Write the subject to export.',
    "exports[1].latency: only a service has a latency. Leave `latency` out, or export a service.",
    'exports[1].latency.sampling = 0: is not a sampling; it is a whole number of per cent from 1 to 100, or "headers". Write 100 to measure every request.',
    'exports[1].latency.results = "latency.*": has a wildcard; measurements go to one subject. Write a subject such as `latency.orders`.',
    "seed = (secret): is the seed of another kind of key (user); an account seed begins with SA. Give the seed of the account, or leave it out to have one made.",
    'users.key.publicKey = "UNOBODY": is not a public key, or has a typing error; a user public key begins with U and has 56 characters. Give the public key of the user.',
  ],
};

describe("a program in which everything is wrong", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED, { targets: ["process"] });
  let output: string;

  before("a preview of a new stack", async () => {
    await stack.declare(WRONG);
    ({ output } = failed(await stack.preview()));
  });

  it("should be told everything at once, each problem once", () => {
    assert.deepEqual(problemsIn(output), EXPECTED);
  });

  it("should be told in its own words only: no stack trace, no seed", () => {
    assert.doesNotMatch(output, /^\s+at .*:\d+:\d+/m);
    assert.doesNotMatch(output, /node_modules|unhandled|promise/i);
    assert.doesNotMatch(output, new RegExp(WRONG_KIND));
  });

  it("should make nothing", async () => {
    assert.deepEqual(await stack.servers.belongings(), []);
    assert.deepEqual(await stack.resources(), []);
    assert.deepEqual(await stack.processes(), []);
  });
});

/** The problems that an output tells, by what has them. */
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
    const problem = /^ +- (.+)$/.exec(line)?.[1];
    if (problem !== undefined) {
      current.push(problem);
    }
  }
  return found;
}
