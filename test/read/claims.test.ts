import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { accountClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import { normalAccount, type Account } from "../../provider/model/account/account";
import { readAccount } from "../../provider/read/claims/account";
import { readUser } from "../../provider/read/claims/user";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { TOKENS } from "./documentation";
import { wholeAccount } from "./models";

const operator = pairOf("operator", "KO");

function accountToken(account: Account): Promise<string> {
  return signClaims(accountClaims(normalAccount(account)), operator, { issuedAt: ISSUED_AT });
}

/** A token with any content under `nats`, signed as an account is. */
function tokenOf(nats: object): Promise<string> {
  const claims = { name: "A", sub: keyOf("account", "A"), nats: { ...nats, type: "account", version: 2 } };
  return signClaims(claims, operator, { issuedAt: ISSUED_AT });
}

/** A token with any content under `nats`, signed as a user of account A is. */
function userToken(nats: object, issuer = pairOf("account", "A")): Promise<string> {
  const claims = { name: "u", sub: keyOf("user", "u"), nats: { ...nats, type: "user", version: 2 } };
  return signClaims(claims, issuer, { issuedAt: ISSUED_AT });
}

/** A token that a real nsc made. */
function nscToken(path: string): string {
  return readFileSync(join(__dirname, "nsc/stores", `${path}.jwt`), "utf8");
}

/** The account as its token says it: that exports are private, but not to whom. */
function withoutNames({ exports, ...account }: Account): Account {
  const said = exports?.map((entry) => (entry.importers === undefined ? entry : { ...entry, importers: [] }));
  return said === undefined ? account : { ...account, exports: said };
}

describe("readAccount", () => {
  it("should read back every account that this package has signed, to the byte", () =>
    fc.assert(
      fc.asyncProperty(wholeAccount, async (account) => {
        const jwt = await accountToken(account);
        const read = readAccount(jwt, "A");
        assert.deepEqual(read.leftOut, []);
        assert.deepEqual(normalAccount(read.account), JSON.parse(JSON.stringify(normalAccount(withoutNames(account)))));
        assert.equal(await accountToken(read.account), jwt);
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
    assert.deepEqual(rest, { ...terms, leftOut: [] });
    assert.deepEqual(b.imports, [{ account: publicKey, subject: "test", type: "service" }]);
    assert.deepEqual(readAccount(TOKENS.SYS, "SYS").account.limits, undefined);
  });

  it("should take what was called `to` before there were local subjects for what it was", async () => {
    const account = keyOf("account", "exporter");
    const imports = [
      { subject: "asked", to: "answered", type: "service", account },
      { subject: "told.>", to: "from.there", type: "stream", account },
      { subject: "told.>", to: "from.there.", type: "stream", account },
    ];
    assert.deepEqual(readAccount(await tokenOf({ imports }), "A").account.imports, [
      { account, type: "service", subject: "answered", localSubject: "asked" },
      { account, type: "stream", subject: "told.>", localSubject: "from.there.told.>" },
      { account, type: "stream", subject: "told.>", localSubject: "from.there.told.>" },
    ]);
  });

  it("should take a limit that is not said for zero, as servers do", async () => {
    const counts = { connections: 0, subscriptions: 0, imports: 0, exports: 0 };
    const none = { ...counts, leafNodes: 0, payload: 0, data: 0, wildcardExports: false };
    assert.deepEqual(readAccount(await tokenOf({}), "A").account.limits, none);
    const limits = { conn: 5, leaf: -1, wildcards: true, disallow_bearer: true };
    assert.deepEqual(readAccount(await tokenOf({ limits }), "A").account.limits, {
      ...counts,
      payload: 0,
      data: 0,
      connections: 5,
      disallowBearer: true,
    });
  });

  it("should know of streams where there is storage or a tier, in which zero is no limit but of storage", async () => {
    const jetstreamOf = async (limits: object) => readAccount(await tokenOf({ limits }), "A").account.jetstream;
    assert.equal(await jetstreamOf({ streams: 5 }), undefined);
    assert.deepEqual(await jetstreamOf({ disk_storage: -1, streams: 0, consumer: 2 }), {
      memoryStorage: 0,
      consumers: 2,
    });
    assert.deepEqual(await jetstreamOf({ tiered_limits: { R1: { mem_storage: 1 } } }), {
      tiers: { R1: { memoryStorage: 1, fileStorage: 0 } },
    });
    const nats = { limits: { mem_storage: 1, max_bytes_required: true }, cluster_traffic: "owner" };
    const { jetstream } = readAccount(await tokenOf(nats), "A").account;
    assert.deepEqual(jetstream, { memoryStorage: 1, fileStorage: 0, maxBytesRequired: true, clusterTraffic: "owner" });
  });

  it("should let a role without a name of its own go by its key, and say so", async () => {
    const [first, second, third] = ["1", "2", "3"].map((label) => keyOf("account", label));
    const scope = (key: string | undefined, role?: string) => ({ kind: "user_scope", key, role, template: {} });
    const keys = [scope(first, "reader"), scope(second, "reader"), scope(third), keyOf("account", "plain")];
    const { account, leftOut } = readAccount(await tokenOf({ signing_keys: keys }), "A");
    assert.deepEqual(
      Object.entries(account.roles ?? {}).map(([role, { signingKey }]) => [role, signingKey]),
      [
        ["reader", first],
        [second, second],
        [third, third],
      ],
    );
    assert.deepEqual(account.signingKeys, [keyOf("account", "plain")]);
    assert.deepEqual(
      leftOut.map(({ path, problem }) => `${path} ${problem}`),
      ["nats.signing_keys[1].role is the name of another role, too", "nats.signing_keys[2].role is missing"],
    );
  });

  it("should name everything that it does not know, wherever it stands", async () => {
    const nats = {
      later: 1,
      exports: [{ subject: "a", type: "stream", later: "x" }],
      imports: [{ subject: "a", type: "stream", account: keyOf("account", "B"), later: [1] }],
      limits: { data: -1, imports: -1, exports: -1, wildcards: true, later: -1 },
      signing_keys: [
        { kind: "user_scope", key: "A", role: "r", template: { later: true, pub: { later: ["x"] } }, later: {} },
      ],
    };
    const { leftOut } = readAccount(await tokenOf(nats), "A");
    assert.deepEqual(leftOut.map(({ path }) => path).sort(), [
      "nats.exports[0].later",
      "nats.imports[0].later",
      "nats.later",
      "nats.limits.later",
      "nats.signing_keys[0].template.later",
      "nats.signing_keys[0].template.pub.later",
    ]);
  });

  it("should say everything that is not what it must be", async () => {
    const nats = {
      exports: [{ subject: 5, type: "queue", response_type: "Many", service_latency: { sampling: 0.5 } }, "x"],
      limits: { conn: "5" },
      signing_keys: [5, { kind: "other" }],
    };
    const jwt = await tokenOf(nats);
    assert.throws(
      () => readAccount(jwt, "A.jwt"),
      (error) => {
        const lines = String(error).split("\n").slice(1);
        assert.deepEqual(lines.map((line) => line.replace(". Correct it where it was made.", "")).sort(), [
          "  - nats.exports[0].response_type: is none of singleton, stream, chunked",
          '  - nats.exports[0].service_latency.sampling: is no whole number and not "headers"',
          "  - nats.exports[0].subject: is not a text",
          "  - nats.exports[0].type: is neither stream nor service",
          "  - nats.exports[1].type: is neither stream nor service",
          "  - nats.exports[1]: is nothing with fields",
          "  - nats.limits.conn: is not a whole number",
          "  - nats.signing_keys[0].kind: is not user_scope",
          "  - nats.signing_keys[0]: is nothing with fields",
          "  - nats.signing_keys[1].kind: is not user_scope",
        ]);
        return true;
      },
    );
  });
});

describe("readUser", () => {
  it("should read the user of the documentation, whom version 1 does not limit", () => {
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

  it("should read what nsc says of a user", () => {
    const narrow = readUser(nscToken("KO/accounts/A/users/narrow"), "narrow");
    assert.deepEqual(narrow.access, {
      limits: { subscriptions: 10 },
      sourceNetworks: ["10.1.0.0/16", "127.0.0.0/8"],
      times: { ranges: [{ start: "08:00:00", end: "17:30:00" }], zone: "Europe/Berlin" },
      connectionTypes: ["STANDARD", "WEBSOCKET"],
    });
    assert.deepEqual(narrow.tags, ["team:one"]);
    const answers = readUser(nscToken("KO/accounts/A/users/answers"), "answers");
    assert.deepEqual(answers.access?.permissions?.responses, { max: 3, expires: "5s" });
    assert.deepEqual(readUser(nscToken("KO/accounts/A/users/bearer"), "bearer").access, { bearer: true });
  });

  it("should know of a user with a role that somebody else says what it may do", () => {
    const { account, issuer, access } = readUser(nscToken("STRICT/accounts/C/users/reader"), "reader");
    assert.deepEqual(
      [account, issuer, access],
      [keyOf("account", "nsc C"), keyOf("account", "nsc C reader"), undefined],
    );
  });

  it("should read networks in one text, as they were written once", async () => {
    const jwt = await userToken({ src: "10.0.0.0/8,127.0.0.1/32", subs: -1, data: -1, payload: -1 });
    assert.deepEqual(readUser(jwt, "u").access, { sourceNetworks: ["10.0.0.0/8", "127.0.0.1/32"] });
  });

  it("should take negative numbers of responses for no end, and zero for the default", async () => {
    const responsesOf = async (resp: object) =>
      readUser(await userToken({ resp, subs: -1 }), "u").access?.permissions?.responses;
    assert.deepEqual(await responsesOf({ max: -1, ttl: -1 }), { max: "unlimited", expires: "never" });
    assert.deepEqual(await responsesOf({ max: 0, ttl: 0 }), {});
  });

  it("should take an empty list for nothing where a server does: of what may be published, beside what may not", async () => {
    const lists = { allow: [], deny: ["x"] };
    const permissionsOf = async (said: object) =>
      readUser(await userToken({ ...said, subs: -1 }), "u").access?.permissions;
    assert.deepEqual(await permissionsOf({ pub: lists, sub: lists }), {
      publish: { deny: [">"] },
      subscribe: { deny: ["x"] },
    });
    assert.equal(await permissionsOf({ pub: { allow: [] } }), undefined);
    assert.deepEqual(await permissionsOf({ pub: { ...lists, allow: null } }), { publish: { deny: ["x"] } });
  });

  it("should refuse the token of an account", () => {
    assert.throws(() => readUser(TOKENS.A, "A.jwt"), /A\.jwt cannot be read: it is not the JWT of a user/);
  });
});
