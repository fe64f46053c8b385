import assert from "node:assert/strict";
import fc from "fast-check";
import { accountClaims, operatorClaims, scopedUserClaims } from "../../provider/jwt/claims";
import { normalizeAccount, type Account } from "../../provider/model/account/account";
import { account as anyAccount } from "../support/arbitraries";
import { DOCUMENTATION } from "../support/documentation";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";

const PUBLIC_KEY = keyOf("account", "A");
const UNLIMITED = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
  mem_storage: 0,
  disk_storage: 0,
};

function claimsOf(account: Partial<Account>): Record<string, unknown> {
  return { ...accountClaims({ name: "A", publicKey: PUBLIC_KEY, users: {}, ...account }).nats };
}

describe("the claims of an account", () => {
  it("should have every limit, unlimited and with JetStream disabled, when the account has none", () => {
    assert.deepEqual(claimsOf({}), { limits: UNLIMITED, type: "account", version: 2 });
  });

  it("should have each limit under its claim", () => {
    const { limits } = claimsOf({ limits: { connections: 0, leafNodes: 1, subscriptions: 2, payload: 3 } });
    assert.deepEqual(limits, { ...UNLIMITED, conn: 0, leaf: 1, subs: 2, payload: 3 });
  });

  it("should have mappings and tracing", () => {
    const mappings = { "a.*": [{ subject: "b.$1", weight: 40, cluster: "c" }, { subject: "d" }] };
    const claims = claimsOf({ mappings, trace: { destination: "t", sampling: 5 } });
    assert.deepEqual([claims.mappings, claims.trace], [mappings, { dest: "t", sampling: 5 }]);
  });

  it("should have the authorization service, with accounts and users by key", () => {
    const keys = { account: keyOf("account", "B"), issuer: keyOf("account", "service"), xkey: "X…" };
    const users = { service: { publicKey: keyOf("user", "service"), signingKey: keyOf("account", "u"), role: "r" } };
    const authorization = { users: ["service"], issuer: keys.issuer, allowedAccounts: [keys.account], xkey: "X…" };
    const claims = claimsOf({ users, authorization, signingKeys: [keys.issuer] });
    const expected = { auth_users: [users.service.publicKey], allowed_accounts: [keys.account], xkey: "X…" };
    assert.deepEqual([claims.authorization, claims.signing_keys], [expected, [keys.issuer]]);
    const any = claimsOf({ users, authorization: { users: ["service"], allowedAccounts: "*" } });
    assert.deepEqual(any.authorization, { auth_users: expected.auth_users, allowed_accounts: ["*"] });
  });

  it("should have the limits on what the account contains", () => {
    const { limits } = claimsOf({
      limits: { data: "1KiB", imports: 1, exports: 0, wildcardExports: false, disallowBearer: true },
    });
    const expected = { data: 1_024, imports: 1, exports: 0, wildcards: false, disallow_bearer: true };
    assert.deepEqual(limits, { ...UNLIMITED, ...expected });
  });

  it("should have every JetStream limit, unlimited by default", () => {
    const none = {
      streams: -1,
      consumer: -1,
      max_ack_pending: -1,
      mem_max_stream_bytes: -1,
      disk_max_stream_bytes: -1,
    };
    const storage = { mem_storage: -1, disk_storage: -1 };
    assert.deepEqual(claimsOf({ jetstream: {} }).limits, { ...UNLIMITED, ...storage, ...none });
    const claims = claimsOf({
      jetstream: {
        memoryStorage: 0,
        fileStorage: "1GiB",
        streams: 1,
        consumers: 2,
        maxAckPending: 3,
        memoryMaxStreamBytes: 4,
        fileMaxStreamBytes: "5KiB",
        maxBytesRequired: true,
        clusterTraffic: "owner",
      },
    });
    assert.equal(claims.cluster_traffic, "owner");
    assert.deepEqual(claims.limits, {
      ...UNLIMITED,
      mem_storage: 0,
      disk_storage: 2 ** 30,
      streams: 1,
      consumer: 2,
      max_ack_pending: 3,
      mem_max_stream_bytes: 4,
      disk_max_stream_bytes: 5 * 1_024,
      max_bytes_required: true,
    });
    const tiers = { R3: { fileStorage: 1 }, R1: {} };
    assert.deepEqual(claimsOf({ jetstream: { tiers } }).limits, {
      ...UNLIMITED,
      tiered_limits: { R1: { ...storage, ...none }, R3: { ...storage, disk_storage: 1, ...none } },
    });
  });

  it("should be these when the account is A of the NATS documentation", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const a = model.accounts.find(({ name }) => name === "A");
    assert.ok(a !== undefined);
    assert.deepEqual(accountClaims(normalizeAccount(a)).nats, {
      exports: [
        {
          name: "test",
          subject: "test",
          type: "service",
          service_latency: { sampling: 100, results: "latency.on.test" },
        },
      ],
      limits: UNLIMITED,
      signing_keys: [
        {
          kind: "user_scope",
          key: keyOf("account", "A/test"),
          role: "test",
          template: {
            pub: { allow: ["_INBOX.>", "_R_", "_R_.>", "test", "test.>"] },
            sub: { allow: ["_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"] },
            subs: -1,
            data: -1,
            payload: -1,
          },
        },
      ],
      type: "account",
      version: 2,
    });
  });

  it("should have a scope for each user and role, sorted by key, and without an empty `resp`, which denies every publish", async () => {
    await fc.assert(
      fc.asyncProperty(anyAccount("A"), async (declared) => {
        const { model } = await worldOf([declared]);
        const account = model.accounts.find(({ name }) => name === "A");
        assert.ok(account !== undefined);
        const roles = { extra: { signingKey: keyOf("account", "extra") } };
        const keys = claimsOf({ ...account, roles }).signing_keys as { key: string; template: object }[];
        assert.equal(keys.length, Object.keys(account.users).length + 1);
        assert.deepEqual(
          keys.map(({ key }) => key),
          keys.map(({ key }) => key).sort(),
        );
        assert.ok(keys.every(({ template }) => !("resp" in template) && "subs" in template));
      }),
    );
  });

  it("should have the exporter and local subject of an import, and its subject as the default name", () => {
    const account = keyOf("account", "other");
    const { imports } = claimsOf({
      imports: [
        { account, subject: "a.*", type: "stream", localSubject: "b.$1" },
        { account, subject: "c", type: "service", name: "named" },
      ],
    });
    assert.deepEqual(imports, [
      { name: "a.*", subject: "a.*", account, local_subject: "b.$1", type: "stream" },
      { name: "named", subject: "c", account, type: "service" },
    ]);
  });

  it("should survive JSON", () => {
    const claims = claimsOf({ exports: [{ subject: "a", type: "stream" }], description: "d" });
    assert.deepEqual(JSON.parse(JSON.stringify(claims)), claims);
  });
});

describe("the claims of an operator", () => {
  const terms = { name: "O", publicKey: keyOf("operator", "O"), systemAccount: PUBLIC_KEY };

  it("should have strict, sorted signing keys", () => {
    const keys = ["b", "a", "c"].map((name) => keyOf("operator", name));
    const claims = operatorClaims({ ...terms, signingKeys: [...keys, ...keys] });
    assert.deepEqual(claims, {
      name: "O",
      sub: terms.publicKey,
      nats: {
        signing_keys: [...keys].sort(),
        system_account: PUBLIC_KEY,
        strict_signing_key_usage: true,
        type: "operator",
        version: 2,
      },
    });
  });
});

describe("the claims of a user", () => {
  it("should have neither permissions nor limits, which servers reject in the JWT of a scoped user", () => {
    const publicKey = keyOf("user", "u");
    assert.deepEqual(scopedUserClaims({ name: "u", publicKey, account: PUBLIC_KEY }), {
      name: "u",
      sub: publicKey,
      nats: { issuer_account: PUBLIC_KEY, type: "user", version: 2 },
    });
  });
});
