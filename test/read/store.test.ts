import assert from "node:assert/strict";
import { activationClaims } from "../../provider/jwt/activation";
import { accountClaims, operatorClaims } from "../../provider/jwt/claims";
import { signClaims, type Validity } from "../../provider/jwt/sign";
import { normalAccount, type Account } from "../../provider/model/account/account";
import { readActivation } from "../../provider/read/claims/activation";
import { readStore, type ReadStore, type StoredToken, type StoredTokens } from "../../provider/read/store";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";

const KO = pairOf("operator", "KO");
const EXPORTER = keyOf("account", "exporter");
const IMPORTER = keyOf("account", "importer");
const SIGNING = keyOf("account", "exporter signing");
const PRIVATE = { subject: "private.>", type: "stream", importers: [] } as const;
const exporter: Account = { name: "exporter", publicKey: EXPORTER, users: {}, exports: [PRIVATE] };

function token(what: string, jwt: string): StoredToken {
  return { what, jwt };
}

async function accountToken(account: Account, validity: Partial<Validity> = {}): Promise<StoredToken> {
  const claims = accountClaims(normalAccount(account));
  return token(account.name, await signClaims(claims, KO, { issuedAt: ISSUED_AT, ...validity }));
}

/** A user of the importing account, as nsc signs one: by the account's own key, with nothing that limits it. */
async function userToken(validity: Partial<Validity> = {}, user = "u"): Promise<StoredToken> {
  const unlimited = { subs: -1, data: -1, payload: -1 };
  const claims = { name: "u", sub: keyOf("user", user), nats: { ...unlimited, type: "user", version: 2 } };
  return token("u", await signClaims(claims, pairOf("account", "importer"), { issuedAt: ISSUED_AT, ...validity }));
}

async function storeOf(
  accounts: StoredTokens["accounts"],
  seedOfKey: StoredTokens["seedOf"] = () => undefined,
): Promise<ReadStore> {
  const claims = operatorClaims({
    name: "KO",
    publicKey: keyOf("operator", "KO"),
    signingKeys: [],
    systemAccount: EXPORTER,
  });
  const operator = token("KO", await signClaims(claims, KO, { issuedAt: ISSUED_AT }));
  return readStore({ operator, accounts, seedOf: seedOfKey });
}

/** An activation for the importing account. */
function activationToken(by = "exporter", issuedAt = ISSUED_AT, validity: Partial<Validity> = {}): Promise<string> {
  const terms = { exporter: EXPORTER, importer: IMPORTER, subject: "private.a", type: "stream" } as const;
  const signer = pairOf("account", by);
  return signClaims(activationClaims(terms, signer.getPublicKey()), signer, { issuedAt, ...validity });
}

/** An activation as version 1 had them: the signature is of the claims alone. */
function oldActivationToken(): string {
  const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const nats = { subject: "private.a", type: "stream" };
  const claims = text({ iss: EXPORTER, sub: IMPORTER, iat: ISSUED_AT, type: "activation", nats });
  const signature = pairOf("account", "exporter").sign(new TextEncoder().encode(claims));
  return [text({ typ: "jwt", alg: "ed25519" }), claims, Buffer.from(signature).toString("base64url")].join(".");
}

/** An account that imports something private, by an activation. */
function importing(activation: string): Account {
  const entry = { account: EXPORTER, subject: "private.a", type: "stream", token: activation } as const;
  return { name: "importer", publicKey: IMPORTER, users: {}, imports: [entry] };
}

/** What a program is told of the import, and what of it is not kept. */
async function importOf(
  activation: string,
  from: Account = exporter,
  seedOfKey?: StoredTokens["seedOf"],
): Promise<[entry: unknown, problems: string[]]> {
  const tokens = await Promise.all([from, importing(activation)].map((account) => accountToken(account)));
  const { accounts, leftOut } = await storeOf(
    tokens.map((own) => ({ token: own, users: [] })),
    seedOfKey,
  );
  const problems = leftOut.map(({ path, problem }) => `${path} ${problem}`);
  return [accounts.importer?.imports?.[0], problems];
}

describe("readActivation", () => {
  it("should read who lets whom import what", async () => {
    const read = readActivation(
      await activationToken("exporter signing", ISSUED_AT, { expires: ISSUED_AT + 60 }),
      "it",
    );
    assert.deepEqual(read, {
      version: 2,
      exporter: EXPORTER,
      importer: IMPORTER,
      subject: "private.a",
      type: "stream",
      issuer: SIGNING,
      issuedAt: ISSUED_AT,
      expires: ISSUED_AT + 60,
      leftOut: [],
    });
  });

  it("should read those of version 1, in which the type was what it is for", () => {
    const { version, exporter: from, type, subject, leftOut } = readActivation(oldActivationToken(), "it");
    assert.deepEqual([version, from, type, subject, leftOut], [1, EXPORTER, "stream", "private.a", []]);
  });

  it("should refuse the token of an account, and what is for neither streams nor services", async () => {
    const { jwt } = await accountToken(exporter);
    assert.throws(() => readActivation(jwt, "x.jwt"), /x\.jwt cannot be read: it is not the JWT of an activation/);
    const claims = { name: "a", sub: IMPORTER, nats: { kind: "queue", type: "activation", version: 2 } };
    const strange = await signClaims(claims, pairOf("account", "exporter"), { issuedAt: ISSUED_AT });
    assert.throws(() => readActivation(strange, "x.jwt"), /nats\.kind: is neither stream nor service/);
  });
});

describe("readStore", () => {
  it("should keep both users, and say so, when two have one name", async () => {
    const own = await accountToken({ name: "importer", publicKey: IMPORTER, users: {} });
    const { accounts, leftOut } = await storeOf([
      { token: own, users: [await userToken(), await userToken({}, "another")] },
    ]);
    const another = keyOf("user", "another");
    assert.deepEqual(accounts.importer?.users, {
      u: { publicKey: keyOf("user", "u") },
      [another]: { publicKey: another },
    });
    assert.deepEqual(
      leftOut.map(({ path, problem }) => `${path} ${problem}`),
      [`accounts.importer.users.${another} is called "u", as another user of its account is`],
    );
  });

  describe("for a JWT with times", () => {
    const userOf = async (validity: Partial<Validity>) => {
      const users = [await userToken(validity)];
      const { accounts, leftOut } = await storeOf([{ token: await accountToken(importing("")), users }]);
      return { user: accounts.importer?.users.u, leftOut: leftOut.map(({ path, problem }) => `${path} ${problem}`) };
    };

    it("should keep when a user's begins and ends", async () => {
      const { user, leftOut } = await userOf({ notBefore: ISSUED_AT + 60, expires: ISSUED_AT + 3600 });
      assert.deepEqual(user, {
        publicKey: keyOf("user", "u"),
        notBefore: "2025-10-09T08:54:20Z",
        expires: "2025-10-09T09:53:20Z",
      });
      assert.ok(!leftOut.some((line) => line.includes("users")), leftOut.join("\n"));
    });

    it("should name a time that no program can say", async () => {
      const { user, leftOut } = await userOf({ notBefore: 60, expires: Number.MAX_SAFE_INTEGER });
      assert.deepEqual(user, { publicKey: keyOf("user", "u") });
      assert.deepEqual(
        leftOut.filter((line) => line.includes("users")),
        [
          "accounts.importer.users.u has a JWT that holds from 60 seconds since 1970 on",
          "accounts.importer.users.u has a JWT that ends at 9007199254740991 seconds since 1970",
        ],
      );
    });

    it("should name when an account's begins and ends", async () => {
      const own = await accountToken(exporter, { notBefore: ISSUED_AT, expires: ISSUED_AT + 60 });
      const { leftOut } = await storeOf([{ token: own, users: [] }]);
      assert.deepEqual(
        leftOut.map(({ path, problem }) => `${path} ${problem}`),
        [
          "accounts.exporter has a JWT that holds from 2025-10-09T08:53:20Z on",
          "accounts.exporter has a JWT that ends at 2025-10-09T08:54:20Z",
        ],
      );
    });
  });

  it("should leave out a user whose JWT the account has revoked, and say so, and no other one", async () => {
    const of = async (moment: number) => {
      const account = { ...importing(""), imports: [], revocations: { [keyOf("user", "u")]: moment } };
      const users = [await userToken({})];
      return storeOf([{ token: await accountToken(account), users }]);
    };
    const revoked = await of(ISSUED_AT);
    assert.deepEqual(revoked.accounts.importer?.users, {});
    assert.deepEqual(
      revoked.leftOut.map(({ path, problem }) => `${path} ${problem}`),
      ["accounts.importer.users.u is revoked"],
    );
    const newer = await of(ISSUED_AT - 1);
    assert.deepEqual(Object.keys(newer.accounts.importer?.users ?? {}), ["u"]);
  });

  describe("for a user whose JWT the operator server refuses", () => {
    const SCOPED = { name: "u", sub: keyOf("user", "u"), nats: { issuer_account: IMPORTER, type: "user", version: 2 } };
    const readers = { reader: { signingKey: keyOf("account", "importer reader"), payload: 10 } };
    const own = { pub: { allow: ["a"] }, subs: -1, data: -1, payload: -1 };
    const importer = { name: "importer", publicKey: IMPORTER, users: {} };

    /** The users that are kept of an account with one user, and what is said of the others. */
    const keptOf = async (account: Account, by: string, says: object = {}) => {
      const claims = { ...SCOPED, nats: { ...SCOPED.nats, ...says } };
      const users = [token("u", await signClaims(claims, pairOf("account", by), { issuedAt: ISSUED_AT }))];
      const { accounts, leftOut } = await storeOf([{ token: await accountToken(account), users }]);
      return [Object.keys(accounts.importer?.users ?? {}), leftOut.map(({ path, problem }) => `${path} ${problem}`)];
    };
    const leftOut = (problem: string) => [[], [`accounts.importer.users.u ${problem}`]];

    it("should leave it out, and say so, when the key of its role is no longer listed", async () => {
      const expected = leftOut("is signed by a key that the account does not list");
      assert.deepEqual(await keptOf(importer, "importer reader"), expected);
      assert.deepEqual(await keptOf(importer, "importer reader", own), expected);
    });

    it("should leave it out, and say so, when it is of another account", async () => {
      const expected = leftOut("is signed by a key that the account does not list");
      assert.deepEqual(await keptOf(importer, "importer", { ...own, issuer_account: EXPORTER }), expected);
    });

    it("should leave it out, and say so, when it does not say what it may do, and no role does", async () => {
      const expected = leftOut("does not say what it may do, and is of no role");
      assert.deepEqual(await keptOf(importer, "importer"), expected);
    });

    it("should leave it out, and say so, when a role's key signed permissions of its own", async () => {
      const expected = leftOut("says itself what it may do, which a role's key cannot sign");
      assert.deepEqual(await keptOf({ ...importer, roles: readers }, "importer reader", own), expected);
    });

    it("should keep it when its role's key, or a key that the account lists, signed it", async () => {
      assert.deepEqual(await keptOf({ ...importer, roles: readers }, "importer reader"), [["u"], []]);
      const signingKeys = [keyOf("account", "importer signing")];
      assert.deepEqual(await keptOf({ ...importer, signingKeys }, "importer signing", own), [["u"], []]);
    });
  });

  describe("for an import of something private", () => {
    const reference = { accountName: "exporter", publicKey: EXPORTER };
    const terms = { subject: "private.a", type: "stream" };

    it("should keep the activation when nobody here could sign another one", async () => {
      const own = await activationToken();
      assert.deepEqual(await importOf(own), [{ ...terms, account: reference, token: own }, []]);
      const bySigningKey = await activationToken("exporter signing");
      const [entry] = await importOf(bySigningKey, { ...exporter, signingKeys: [SIGNING] });
      assert.deepEqual(entry, { ...terms, account: reference, token: bySigningKey });
    });

    it("should leave the activation to the program when a seed of the exporting account is there", async () => {
      for (const label of ["exporter", "exporter signing"]) {
        const seeds = (key: string) => (key === keyOf("account", label) ? seedOf("account", label) : undefined);
        const [entry] = await importOf(await activationToken(), { ...exporter, signingKeys: [SIGNING] }, seeds);
        assert.deepEqual(entry, { ...terms, account: { ...reference, signer: seedOf("account", label) } });
      }
    });

    it("should say when an activation that it keeps will end", async () => {
      const [entry, problems] = await importOf(
        await activationToken("exporter", ISSUED_AT, { expires: ISSUED_AT + 60 }),
      );
      assert.ok(entry !== undefined);
      assert.deepEqual(problems, ["accounts.importer.imports[0].token has a JWT that ends at 2025-10-09T08:54:20Z"]);
    });

    for (const [what, activation, from, problem] of [
      ["is none", () => Promise.resolve("x.y.z"), exporter, /cannot be kept: its activation cannot be read: /],
      [
        "is not the exporting account's",
        () => activationToken("other"),
        exporter,
        /the exporting account did not sign$/,
      ],
      ["was signed by a key that is not listed", () => activationToken("exporter signing"), exporter, /did not sign$/],
      [
        "is revoked",
        () => activationToken(),
        { ...exporter, exports: [{ ...PRIVATE, revocations: { [IMPORTER]: ISSUED_AT } }] },
        /imports\[0\] has an activation that is revoked$/,
      ],
    ] as const) {
      it(`should leave the import out, and say why, when the activation ${what}`, async () => {
        const [entry, problems] = await importOf(await activation(), from);
        assert.equal(entry, undefined);
        assert.equal(problems.length, 1);
        assert.match(String(problems[0]), problem);
      });
    }
  });
});
