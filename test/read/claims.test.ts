import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { accountClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import { normalizeAccount, type Account } from "../../provider/model/account/account";
import { readAccount } from "../../provider/read/claims/account";
import { readUser } from "../../provider/read/claims/user";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { TOKENS } from "./documentation";
import { wholeAccount } from "./models";

const operator = pairOf("operator", "KO");

function signAccount(account: Account): Promise<string> {
  return signClaims(accountClaims(normalizeAccount(account)), operator, { issuedAt: ISSUED_AT });
}

/** Signs an account JWT with any claims under `nats`. */
function signAccountClaims(nats: object): Promise<string> {
  const claims = { name: "A", sub: keyOf("account", "A"), nats: { ...nats, type: "account", version: 2 } };
  return signClaims(claims, operator, { issuedAt: ISSUED_AT });
}

/** Signs a user JWT of account A with any claims under `nats`. */
function signUserClaims(nats: object, issuer = pairOf("account", "A")): Promise<string> {
  const claims = { name: "u", sub: keyOf("user", "u"), nats: { ...nats, type: "user", version: 2 } };
  return signClaims(claims, issuer, { issuedAt: ISSUED_AT });
}

/** Reads a JWT that nsc has created. */
function readNscToken(path: string): string {
  return readFileSync(join(__dirname, "nsc/stores", `${path}.jwt`), "utf8");
}

/** Removes what an account JWT does not contain: the importers of private exports. */
function withoutImporters({ exports, ...account }: Account): Account {
  const own = exports?.map((entry) => (entry.importers === undefined ? entry : { ...entry, importers: [] }));
  return own === undefined ? account : { ...account, exports: own };
}

describe("readAccount", () => {
  it("should read every account that this package signs, and sign the same JWT again", () =>
    fc.assert(
      fc.asyncProperty(wholeAccount, async (account) => {
        const jwt = await signAccount(account);
        const read = readAccount(jwt, "A");
        assert.deepEqual(read.leftOut, []);
        assert.deepEqual(
          normalizeAccount(read.account),
          JSON.parse(JSON.stringify(normalizeAccount(withoutImporters(account)))),
        );
        assert.equal(await signAccount(read.account), jwt);
      }),
    ));

  it("should read the accounts of the documentation", () => {
    const { leftOut, ...a } = readAccount(TOKENS.A, "A");
    const terms = { issuer: "OCOJJNZICH6CGQNK3SQ35WLZWZJCRDALRHZ6OW44DZYUWMUV3WPRHFRD", issuedAt: 1574375916 };
    const publicKey = "ADFB2JXYTXOJEL6LNAXDREUGRX35BOLZI3B4PFFAC7IRPR3OA4QNKBN2";
    assert.deepEqual(leftOut, []);
    assert.deepEqual(a, {
      ...terms,
      account: {
        name: "A",
        publicKey,
        users: {},
        exports: [{ subject: "test", type: "service", latency: { sampling: 100, results: "latency.on.test" } }],
      },
    });
    const { account: b, ...rest } = readAccount(TOKENS.B, "B");
    const imported = { account: publicKey, subject: "test", type: "service" };
    assert.deepEqual(rest, { ...terms, to: new Map([[imported, "test"]]), leftOut: [] });
    assert.deepEqual(b.imports, [imported]);
    assert.deepEqual(readAccount(TOKENS.SYS, "SYS").account.limits, undefined);
  });

  it("should convert the deprecated claim `to` into subjects", async () => {
    const account = keyOf("account", "exporter");
    const imports = [
      { subject: "asked", to: "answered", type: "service", account },
      { subject: "told.>", to: "from.there", type: "stream", account },
      { subject: "told.>", to: "from.there.", type: "stream", account },
    ];
    assert.deepEqual(readAccount(await signAccountClaims({ imports }), "A").account.imports, [
      { account, type: "service", subject: "answered", localSubject: "asked" },
      { account, type: "stream", subject: "told.>", localSubject: "from.there.told.>" },
      { account, type: "stream", subject: "told.>", localSubject: "from.there.told.>" },
    ]);
  });

  it("should read an absent limit as zero, as servers do", async () => {
    const counts = { connections: 0, subscriptions: 0, imports: 0, exports: 0 };
    const none = { ...counts, leafNodes: 0, payload: 0, data: 0, wildcardExports: false };
    assert.deepEqual(readAccount(await signAccountClaims({}), "A").account.limits, none);
    const limits = { conn: 5, leaf: -1, wildcards: true, disallow_bearer: true };
    assert.deepEqual(readAccount(await signAccountClaims({ limits }), "A").account.limits, {
      ...counts,
      payload: 0,
      data: 0,
      connections: 5,
      disallowBearer: true,
    });
  });

  it("should read JetStream when there is storage or a tier, with zero as unlimited except for storage", async () => {
    const jetstreamOf = async (limits: object) =>
      readAccount(await signAccountClaims({ limits }), "A").account.jetstream;
    assert.equal(await jetstreamOf({ streams: 5 }), undefined);
    assert.deepEqual(await jetstreamOf({ disk_storage: -1, streams: 0, consumer: 2 }), {
      memoryStorage: 0,
      consumers: 2,
    });
    assert.deepEqual(await jetstreamOf({ tiered_limits: { R1: { mem_storage: 1 } } }), {
      tiers: { R1: { memoryStorage: 1, fileStorage: 0 } },
    });
    const nats = { limits: { mem_storage: 1, max_bytes_required: true }, cluster_traffic: "owner" };
    const { jetstream } = readAccount(await signAccountClaims(nats), "A").account;
    assert.deepEqual(jetstream, { memoryStorage: 1, fileStorage: 0, maxBytesRequired: true, clusterTraffic: "owner" });
  });

  it("should name a role by its key when it has no unique name", async () => {
    const [first, second, third] = ["1", "2", "3"].map((label) => keyOf("account", label));
    const scope = (key: string | undefined, role?: string) => ({ kind: "user_scope", key, role, template: {} });
    const keys = [scope(first, "reader"), scope(second, "reader"), scope(third), keyOf("account", "plain")];
    const { account, leftOut } = readAccount(await signAccountClaims({ signing_keys: keys }), "A");
    assert.deepEqual(
      Object.entries(account.roles ?? {}).map(([role, { signingKey }]) => [role, signingKey]),
      [
        ["reader", first],
        [second, second],
        [third, third],
      ],
    );
    assert.deepEqual(account.signingKeys, [keyOf("account", "plain")]);
    assert.deepEqual(codesAndPaths(leftOut), ["NA3025 nats.signing_keys[1].role", "NA3025 nats.signing_keys[2].role"]);
  });

  it("should name every unsupported claim", async () => {
    const nats = {
      later: 1,
      exports: [{ subject: "a", type: "stream", later: "x" }],
      imports: [{ subject: "a", type: "stream", account: keyOf("account", "B"), later: [1] }],
      limits: { data: -1, imports: -1, exports: -1, wildcards: true, later: -1 },
      signing_keys: [
        { kind: "user_scope", key: "A", role: "r", template: { later: true, pub: { later: ["x"] } }, later: {} },
      ],
    };
    const { leftOut } = readAccount(await signAccountClaims(nats), "A");
    assert.deepEqual(codesAndPaths(leftOut).sort(), [
      "NA3020 nats.exports[0].later",
      "NA3020 nats.imports[0].later",
      "NA3020 nats.later",
      "NA3020 nats.limits.later",
      "NA3020 nats.signing_keys[0].template.later",
      "NA3020 nats.signing_keys[0].template.pub.later",
    ]);
  });

  it("should name every invalid claim at once", async () => {
    const nats = {
      exports: [{ subject: 5, type: "queue", response_type: "Many", service_latency: { sampling: 0.5 } }, "x"],
      limits: { conn: "5" },
      signing_keys: [5, { kind: "other" }],
    };
    const jwt = await signAccountClaims(nats);
    assert.throws(
      () => readAccount(jwt, "A.jwt"),
      (error) => {
        assert.ok(error instanceof Unreadable);
        assert.equal(error.origin, "A.jwt");
        assert.deepEqual(codesAndPaths(error.diagnostics).sort(), [
          "NA3013 nats.exports[0].subject",
          "NA3013 nats.exports[1]",
          "NA3013 nats.limits.conn",
          "NA3013 nats.signing_keys[0]",
          "NA3014 nats.exports[0].response_type",
          "NA3014 nats.exports[0].service_latency.sampling",
          "NA3014 nats.exports[0].type",
          "NA3014 nats.exports[1].type",
          "NA3014 nats.signing_keys[0].kind",
          "NA3014 nats.signing_keys[1].kind",
        ]);
        return true;
      },
    );
  });
});

describe("readUser", () => {
  it("should read the user of the documentation, which version 1 does not limit", () => {
    const publicKey = "UAPOK2P7EN3UFBL7SBJPQK3M3JMLALYRYKX5XWSVMVYK63ZMBHTOHVJR";
    const account = "ADFB2JXYTXOJEL6LNAXDREUGRX35BOLZI3B4PFFAC7IRPR3OA4QNKBN2";
    assert.deepEqual(readUser(TOKENS["A/test"], "test"), {
      name: "test",
      publicKey,
      account,
      issuer: account,
      issuedAt: 1574375916,
      access: {
        permissions: {
          publish: { allow: ["_INBOX.>", "_R_", "_R_.>", "test", "test.>"] },
          subscribe: { allow: ["_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"] },
        },
      },
      tags: [],
      leftOut: [],
    });
  });

  it("should read the users that nsc has created", () => {
    const narrow = readUser(readNscToken("KO/accounts/A/users/narrow"), "narrow");
    assert.deepEqual(narrow.access, {
      limits: { subscriptions: 10 },
      sourceNetworks: ["10.1.0.0/16", "127.0.0.0/8"],
      times: { ranges: [{ start: "08:00:00", end: "17:30:00" }], zone: "Europe/Berlin" },
      connectionTypes: ["STANDARD", "WEBSOCKET"],
    });
    assert.deepEqual(narrow.tags, ["team:one"]);
    const answers = readUser(readNscToken("KO/accounts/A/users/answers"), "answers");
    assert.deepEqual(answers.access?.permissions?.responses, { max: 3, expires: "5s" });
    assert.deepEqual(readUser(readNscToken("KO/accounts/A/users/bearer"), "bearer").access, { bearer: true });
  });

  it("should read no access when the user has a role", () => {
    const { account, issuer, access } = readUser(readNscToken("STRICT/accounts/C/users/reader"), "reader");
    assert.deepEqual(
      [account, issuer, access],
      [keyOf("account", "nsc C"), keyOf("account", "nsc C reader"), undefined],
    );
  });

  it("should read networks that are separated by commas, as in older JWTs", async () => {
    for (const src of ["10.0.0.0/8,127.0.0.1/32", " 10.0.0.0/8, ,127.0.0.1/32,"]) {
      const jwt = await signUserClaims({ src, subs: -1, data: -1, payload: -1 });
      assert.deepEqual(readUser(jwt, "u").access, { sourceNetworks: ["10.0.0.0/8", "127.0.0.1/32"] });
    }
  });

  it("should read response permissions with negative numbers as unlimited, and with zero as the default", async () => {
    const responsesOf = async (resp: object) =>
      readUser(await signUserClaims({ resp, subs: -1 }), "u").access?.permissions?.responses;
    assert.deepEqual(await responsesOf({ max: -1, ttl: -1 }), { max: "unlimited", expires: "never" });
    assert.deepEqual(await responsesOf({ max: 0, ttl: 0 }), {});
  });

  it("should deny every publish when `allow` is empty beside a `deny` list, as servers do", async () => {
    const lists = { allow: [], deny: ["x"] };
    const permissionsOf = async (claims: object) =>
      readUser(await signUserClaims({ ...claims, subs: -1 }), "u").access?.permissions;
    assert.deepEqual(await permissionsOf({ pub: lists, sub: lists }), {
      publish: { deny: [">"] },
      subscribe: { deny: ["x"] },
    });
    assert.equal(await permissionsOf({ pub: { allow: [] } }), undefined);
    assert.deepEqual(await permissionsOf({ pub: { ...lists, allow: null } }), { publish: { deny: ["x"] } });
  });

  it("should reject the JWT of an account", () => {
    assert.throws(() => readUser(TOKENS.A, "A.jwt"), { name: "Unreadable", code: "NA3002", origin: "A.jwt" });
  });
});
