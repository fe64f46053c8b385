import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { renderStaticConfig } from "../../provider/config/static";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { readConfiguration } from "../../provider/read/static/configuration";
import { models } from "../differential/models";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";
import { toExpected } from "./static-expected";

const U = ["a", "b", "c", "d"].map((label) => keyOf("user", label)) as [string, string, string, string];

function read(text: string) {
  const include = (path: string) => assert.fail(`unexpected include of ${path}`);
  return readConfiguration({ file: "nats.conf", text }, { include, environment: () => undefined });
}

function accountOf(text: string) {
  const { accounts, leftOut } = read(`jetstream: enabled\naccounts { A { ${text} }, B {} }`);
  assert.deepEqual(codesAndPaths(leftOut), ["NA3023 jetstream"]);
  return accounts.A;
}

describe("readConfiguration", () => {
  it("should read every account and user that this package renders", () =>
    fc.assert(
      fc.asyncProperty(models, async (declared) => {
        const { model } = await worldOf(declared);
        const listener = { serverName: "s", clusterName: "c", clientPort: 1, clusterPort: 2 };
        const text = renderStaticConfig(model, listener).text.replace(/^.*include.*$/m, "");
        const jetstream = model.accounts.some((account) => account.jetstream !== undefined)
          ? "jetstream: enabled\n"
          : "";
        const { systemAccount, accounts } = read(jetstream + text);
        assert.equal(systemAccount, model.systemAccount);
        const expected = model.accounts.map((account) => [account.publicKey, toExpected(account)]);
        assert.deepEqual(accounts, JSON.parse(JSON.stringify(Object.fromEntries(expected))));
      }),
    ));

  it("should read every name that nats-server accepts for a setting", () => {
    assert.deepEqual(
      accountOf(`
        NKEY: ${keyOf("account", "A")}
        limits { max_conn: 5, MAX_SUBS: 1k, max_pay: 2KB, max_leafs: -1 }
        jetstream { mem: 1k, disk: -1, streams: 5, consumers: 0, max_stream_bytes: true, disk_max_stream_bytes: 9, cluster_traffic: owner }
        maps { a: b, "c.*": { destination: "d.$1", weight: "50%" }, e: [{ dest: f, weight: 100, cluster: g }] }
        trace_dest: t
        exports: [
          { stream: a.> }
          { service: "b.*", response: single, threshold: "1m30s", latency: { sampling: "50%", subject: l } }
          { service: c, response_type: Chunk, allow_trace: true }
          { service: d, latency: lat }
          { service: e, latency: { subject: lat, sampling: headers } }
          { stream: "f.*", account_token_position: 2 }
          { stream: g, accounts: [B, A] }
          { stream: h, accounts: [A] }
          { stream: i, accounts: [] }
        ]
        imports: [
          { stream: { account: B, subject: "x.>" }, prefix: y }
          { stream: { account: B, subject: x }, to: z, allow_trace: true }
          { service: { account: B, subject: w }, to: w, share: true }
        ]
        default_permissions { publish: [a, b], subscribe: { deny: c } }
        users: [
          { nkey: ${U[0]} }
          { nkey: ${U[1]}, permissions: {} }
          { nkey: ${U[2]}, permission: { import: a, export: { allow: [], deny: "b q" }, allow_responses: { max: -1, ttl: "-1s" } } }
          { nkey: ${U[3]}, authorization: { pub: { allow: a }, publish_allow_responses: true }, clients: [standard, MQTT], proxy_required: true }
        ]`),
      {
        publicKey: keyOf("account", "A"),
        limits: { connections: 5, subscriptions: 1000, payload: 2048 },
        jetstream: {
          memoryStorage: 1000,
          streams: 5,
          fileMaxStreamBytes: 9,
          maxBytesRequired: true,
          clusterTraffic: "owner",
        },
        mappings: {
          a: [{ subject: "b" }],
          "c.*": [{ subject: "d.$1", weight: 50 }],
          e: [{ subject: "f", cluster: "g" }],
        },
        trace: { destination: "t" },
        exports: [
          { subject: "a.>", type: "stream" },
          { subject: "b.*", type: "service", responseThreshold: "90s", latency: { sampling: 50, results: "l" } },
          { subject: "c", type: "service", responseType: "chunked", allowTrace: true },
          { subject: "d", type: "service", latency: { sampling: 100, results: "lat" } },
          { subject: "e", type: "service", latency: { sampling: "headers", results: "lat" } },
          { subject: "f.*", type: "stream", accountTokenPosition: 2 },
          { subject: "g", type: "stream", importers: ["B"] },
          { subject: "h", type: "stream", importers: [] },
          { subject: "i", type: "stream" },
        ],
        imports: [
          { account: "B", subject: "x.>", type: "stream", localSubject: "y.x.>" },
          { account: "B", subject: "x", type: "stream", localSubject: "z", allowTrace: true },
          { account: "B", subject: "w", type: "service", share: true },
        ],
        defaultPermissions: { publish: { allow: ["a", "b"] }, subscribe: { deny: ["c"] } },
        users: [
          { publicKey: U[0] },
          { publicKey: U[1], permissions: { publish: { allow: [">"] }, subscribe: { allow: [">"] } } },
          {
            publicKey: U[2],
            permissions: {
              publish: { allow: ["a"] },
              subscribe: { deny: ["b q"] },
              responses: { max: "unlimited", expires: "never" },
            },
          },
          {
            publicKey: U[3],
            permissions: { publish: { allow: ["a"] }, responses: {} },
            connectionTypes: ["STANDARD", "MQTT"],
            proxyRequired: true,
          },
        ],
      },
    );
  });

  it("should read the accounts of the documentation, which are named by public keys", () => {
    const text = readFileSync(join(__dirname, "../config/golden/documentation-static.conf"), "utf8");
    const { accounts, systemAccount } = read(text.replace(/^.*include.*$/m, ""));
    assert.ok(Object.entries(accounts).every(([name, { publicKey }]) => publicKey === name));
    assert.ok(systemAccount !== undefined && systemAccount in accounts);
  });

  it("should read accounts in a list of names", () => {
    assert.deepEqual(read("accounts: [A, B]").accounts, { A: { users: [] }, B: { users: [] } });
  });

  it("should read users outside of accounts as users of the global account", () => {
    const { accounts, leftOut } = read(`
      authorization { timeout: 5, default_permissions { publish: a }, users: [ { nkey: ${U[0]} } ] }`);
    assert.deepEqual(accounts, {
      $G: { defaultPermissions: { publish: { allow: ["a"] } }, users: [{ publicKey: U[0] }] },
    });
    assert.deepEqual(leftOut, []);
  });

  it("should not read a variable as an account or a setting", () => {
    const { accounts, leftOut } = read(`
      KEY: ${U[0]}
      accounts { COMMON { publish: a }, A { LIMIT: 5, users: [ { nkey: $KEY, permissions: $COMMON } ], limits { max_conn: $LIMIT } } }`);
    assert.deepEqual(accounts, {
      A: { users: [{ publicKey: U[0], permissions: { publish: { allow: ["a"] } } }], limits: { connections: 5 } },
    });
    assert.deepEqual(leftOut, []);
  });

  it("should name everything that has no place in the model, without its value", () => {
    const { accounts, leftOut } = read(`
      port: 4222
      accounts {
        A { users: [ { user: eve, password: s3cret }, { nkey: ${U[0]}, later: s3cret } ], later: { x: s3cret } }
      }`);
    assert.deepEqual(accounts, { A: { users: [{ publicKey: U[0] }] } });
    assert.deepEqual(codesAndPaths(leftOut).sort(), [
      "NA3020 accounts.A.later",
      "NA3020 accounts.A.users[1].later",
      "NA3023 port",
      "NA3024 accounts.A.users[0]",
    ]);
    assert.doesNotMatch(JSON.stringify(leftOut), /s3cret/);
  });

  it("should name blocks and settings of the server as the file spells them", () => {
    const { leftOut } = read(`Ocsp { Mode: always }, Debug: true, accounts { A { users: [ { nkey: ${U[0]} } ] } }`);
    assert.deepEqual(codesAndPaths(leftOut), ["NA3023 Ocsp", "NA3023 Debug"]);
    assert.deepEqual(
      leftOut.map(({ problem }) => /block|setting/.exec(problem)?.[0]),
      ["block", "setting"],
    );
  });

  it("should reject two names of the same setting", () => {
    const text = `Accounts { A {} }
      accounts { B { default_permissions: { pub: a, Publish: b } } }`;
    assert.throws(
      () => read(text),
      (error) => {
        assert.ok(error instanceof Unreadable);
        assert.deepEqual(codesAndPaths(error.diagnostics), [
          "NA3015 accounts",
          "NA3015 accounts.B.default_permissions.publish",
        ]);
        return true;
      },
    );
  });

  it("should name every invalid setting at once, without its value", () => {
    const text = `accounts {
      A {
        users: [ { nkey: 5 }, s3cret ]
        limits: s3cret
        exports: [ {}, { stream: a, service: b }, { service: a, response: many, threshold: 5, latency: { sampling: half } } ]
        imports: [ { stream: a }, { service: { account: A, subject: 5 } } ]
        default_permissions: { publish: [5 ], subscribe: { allow: 5 }, allow_responses: 5 }
      }
    }`;
    assert.throws(
      () => read(text),
      (error) => {
        assert.ok(error instanceof Unreadable);
        assert.doesNotMatch(String(error), /s3cret/);
        assert.deepEqual(codesAndPaths(error.diagnostics).sort(), [
          "NA3013 accounts.A.default_permissions.allow_responses",
          "NA3013 accounts.A.default_permissions.publish",
          "NA3013 accounts.A.default_permissions.subscribe.allow",
          "NA3013 accounts.A.exports[2].threshold",
          "NA3013 accounts.A.imports[0].stream",
          "NA3013 accounts.A.imports[1].service.subject",
          "NA3013 accounts.A.limits",
          "NA3013 accounts.A.users[0].nkey",
          "NA3013 accounts.A.users[1]",
          "NA3014 accounts.A.exports[0]",
          "NA3014 accounts.A.exports[1]",
          "NA3014 accounts.A.exports[2].latency.sampling",
          "NA3014 accounts.A.exports[2].response",
        ]);
        return true;
      },
    );
  });
});
