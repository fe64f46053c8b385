import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { staticConfig } from "../../provider/config/static";
import type { Account } from "../../provider/model/account/account";
import { normalAccount } from "../../provider/model/account/account";
import { effectiveUsers } from "../../provider/model/account/effective-users";
import type { Permissions } from "../../provider/model/access/permissions";
import { readConfiguration } from "../../provider/read/static/configuration";
import { models } from "../differential/models";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";

const X = "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W";
const U = ["a", "b", "c", "d"].map((label) => keyOf("user", label)) as [string, string, string, string];

function read(text: string) {
  const include = (path: string) => assert.fail(`nothing is included, and not ${path}`);
  return readConfiguration({ file: "nats.conf", text }, { include, environment: () => undefined });
}

function accountOf(text: string) {
  const { accounts, leftOut } = read(`accounts { A { ${text} } }`);
  assert.deepEqual(leftOut, []);
  return accounts.A;
}

describe("readConfiguration", () => {
  it("should read back every account and user that this package has rendered", () =>
    fc.assert(
      fc.asyncProperty(models, async (declared) => {
        const { model } = await worldOf(declared);
        const listener = { serverName: "s", clusterName: "c", clientPort: 1, clusterPort: 2 };
        const text = staticConfig(model, listener).replace(/^.*include.*$/m, "");
        const { systemAccount, accounts } = read(text);
        assert.equal(systemAccount, model.systemAccount);
        const expected = model.accounts.map((account) => [account.publicKey, expectedOf(account)]);
        assert.deepEqual(accounts, JSON.parse(JSON.stringify(Object.fromEntries(expected))));
      }),
    ));

  it("should read accounts and users by every name that nats-server has for a setting", () => {
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

  it("should read the accounts of the documentation, whose names are keys", () => {
    const text = readFileSync(join(__dirname, "../config/golden/documentation-static.conf"), "utf8");
    const { accounts, systemAccount } = read(text.replace(/^.*include.*$/m, ""));
    assert.ok(Object.entries(accounts).every(([name, { publicKey }]) => publicKey === name));
    assert.ok(systemAccount !== undefined && systemAccount in accounts);
  });

  it("should read accounts that are only named", () => {
    assert.deepEqual(read("accounts: [A, B]").accounts, { A: { users: [] }, B: { users: [] } });
  });

  it("should have users that stand outside of accounts in the global account", () => {
    const { accounts, leftOut } = read(`
      authorization { timeout: 5, default_permissions { publish: a }, users: [ { nkey: ${U[0]} } ] }`);
    assert.deepEqual(accounts, {
      $G: { defaultPermissions: { publish: { allow: ["a"] } }, users: [{ publicKey: U[0] }] },
    });
    assert.deepEqual(leftOut, []);
  });

  const K = keyOf("account", "service");
  const A = keyOf("account", "A");

  it("should read who decides about clients into which account", () => {
    const { accounts, leftOut } = read(`
      authorization { timeout: 5, auth_callout { issuer: ${K}, account: ${A}, auth_users: [${U[0]}], allowed_accounts: [${A}], xkey: ${X} } }
      accounts { ${A} { users: [ { nkey: ${U[0]} } ] } }`);
    const authorization = { users: [U[0]], issuer: K, allowedAccounts: "*", xkey: X };
    assert.deepEqual(accounts, { [A]: { publicKey: A, users: [{ publicKey: U[0] }], authorization } });
    assert.deepEqual(leftOut, []);
  });

  it("should name everything about who decides about clients that the operator server has no word for", () => {
    const { accounts, leftOut } = read(`
      authorization { auth_hook { issuer: ${A}, acc: ${A}, users: [eve, ${U[0]}], key: ${X}, later: 1 } }
      accounts { ${A} { users: [ { nkey: ${U[0]} } ] } }`);
    assert.deepEqual(accounts[A]?.authorization, { users: [U[0]], allowedAccounts: "*", xkey: X });
    assert.deepEqual(leftOut.map(({ path, problem }) => `${path}: ${problem}`).sort(), [
      "authorization.auth_hook.allowed_accounts: has the service decide about other users than those of its account, and the operator server does not",
      "authorization.auth_hook.issuer: is the account's own key, which the operator server accepts for no users",
      "authorization.auth_hook.later: is nothing that this package knows",
      "authorization.auth_hook.users[0]: is a user without an nkey",
    ]);
    const nowhere = read(`authorization { auth_callout { issuer: ${K}, auth_users: [${U[0]}] } }`);
    assert.match(
      JSON.stringify(nowhere.leftOut),
      /authorization\.auth_callout","problem":"is about an account that is not/,
    );
  });

  it("should not take a variable for an account or a setting", () => {
    const { accounts, leftOut } = read(`
      KEY: ${U[0]}
      accounts { COMMON { publish: a }, A { LIMIT: 5, users: [ { nkey: $KEY, permissions: $COMMON } ], limits { max_conn: $LIMIT } } }`);
    assert.deepEqual(accounts, {
      A: { users: [{ publicKey: U[0], permissions: { publish: { allow: ["a"] } } }], limits: { connections: 5 } },
    });
    assert.deepEqual(leftOut, []);
  });

  it("should name everything that has no place in the model, with path and reason, and no password", () => {
    const { accounts, leftOut } = read(`
      port: 4222
      no_auth_user: eve
      authorization { user: derek, password: s3cret, token: s3cret }
      accounts {
        A { users: [ { user: eve, password: s3cret }, { nkey: ${U[0]}, later: 1 } ], later: { x: 1 } }
      }`);
    assert.deepEqual(accounts, { A: { users: [{ publicKey: U[0] }] } });
    assert.deepEqual(leftOut.map(({ path, problem }) => `${path}: ${problem}`).sort(), [
      "accounts.A.later: is nothing that this package knows",
      "accounts.A.users[0]: logs in with a password, for which a JWT has no word",
      "accounts.A.users[1].later: is nothing that this package knows",
      "authorization.password: lets clients in that no JWT can name",
      "authorization.token: lets clients in that no JWT can name",
      "authorization.user: lets clients in that no JWT can name",
      "no_auth_user: is a setting of the server, not of its accounts",
      "port: is a setting of the server, not of its accounts",
    ]);
    assert.doesNotMatch(JSON.stringify(leftOut), /s3cret/);
  });

  it("should not lose one of two spellings of the same setting", () => {
    const text = `Accounts { A {} }
      accounts { B { default_permissions: { pub: a, Publish: b } } }`;
    assert.throws(
      () => read(text),
      (error) => {
        assert.match(String(error), /accounts: stands beside `Accounts`, which is the same/);
        assert.match(String(error), /default_permissions\.publish: stands beside `pub`, which is the same/);
        return true;
      },
    );
  });

  it("should say everything that is not what it must be, and no password", () => {
    const text = `accounts {
      A {
        users: [ { nkey: 5 }, s3cret ]
        limits: s3cret
        exports: [ {}, { stream: a, service: b }, { service: a, response: many, threshold: 5, latency: { sampling: half } } ]
        imports: [ { stream: a }, { service: { account: B, subject: 5 } } ]
        default_permissions: { publish: [5 ], subscribe: { allow: 5 }, allow_responses: 5 }
      }
    }`;
    assert.throws(
      () => read(text),
      (error) => {
        const lines = String(error).split("\n").slice(1);
        assert.doesNotMatch(String(error), /s3cret/);
        assert.deepEqual(lines.map((line) => line.replace(". Correct it where it was made.", "").trim()).sort(), [
          "- accounts.A.default_permissions.allow_responses: is nothing with fields",
          "- accounts.A.default_permissions.publish: is no text, and no list of texts",
          "- accounts.A.default_permissions.subscribe.allow: is no text, and no list of texts",
          "- accounts.A.exports[0]: is not one of the two, a stream or a service",
          "- accounts.A.exports[1]: is not one of the two, a stream or a service",
          "- accounts.A.exports[2].latency.sampling: is no whole number of per cent",
          "- accounts.A.exports[2].response: is none of singleton, stream, chunked",
          "- accounts.A.exports[2].threshold: is not a text",
          "- accounts.A.imports[0].stream: is nothing with fields",
          "- accounts.A.imports[1].service.subject: is not a text",
          "- accounts.A.limits: is nothing with fields",
          "- accounts.A.users[0].nkey: is not a text",
          "- accounts.A.users[1]: is nothing with fields",
        ]);
        return true;
      },
    );
  });
});

/** What a rendered account says once more: without what the static side has no word for. */
function expectedOf(account: Account): object {
  const {
    publicKey,
    exports,
    imports,
    limits = {},
    jetstream,
    mappings,
    trace,
    defaultPermissions,
  } = normalAccount(account);
  const { connections, leafNodes, subscriptions, payload } = limits;
  const kept = { connections, leafNodes, subscriptions, payload };
  const plain = <T extends { name?: string; description?: string; infoUrl?: string; advertise?: boolean }>(
    entry: T,
  ) => ({
    ...entry,
    name: undefined,
    description: undefined,
    infoUrl: undefined,
    advertise: undefined,
  });
  return {
    publicKey,
    exports: exports?.map(({ importers, ...entry }) => ({
      ...plain(entry),
      revocations: undefined,
      importers: importers?.filter((name) => name !== account.name).map((name) => keyOf("account", name)),
    })),
    imports: imports?.map(({ subject: wanted, localSubject, ...entry }) => {
      const subject = wanted.replaceAll("{{account-subject()}}", publicKey);
      return { ...plain(entry), subject, localSubject: localSubject === subject ? undefined : localSubject };
    }),
    limits: Object.values(kept).every((limit) => limit === undefined) ? undefined : kept,
    mappings,
    trace,
    jetstream: jetstream?.tiers === undefined ? jetstream : {},
    defaultPermissions: withoutDefaults(defaultPermissions),
    users: effectiveUsers(normalAccount(account)).map(({ publicKey: user, access }) => ({
      publicKey: user,
      permissions: withoutDefaults(access.permissions),
      connectionTypes: access.connectionTypes,
      proxyRequired: access.proxyRequired,
    })),
  };
}

/** Permissions whose responses do not say what holds without it. */
function withoutDefaults(permissions: Permissions | undefined): Permissions | undefined {
  if (permissions?.responses === undefined) {
    return permissions;
  }
  const { max, expires } = permissions.responses;
  const responses = {
    max: max === 1 ? undefined : max,
    expires: expires === "120s" || expires === "2m" ? undefined : expires,
  };
  return { ...permissions, responses } as Permissions;
}
