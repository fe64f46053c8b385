import assert from "node:assert/strict";
import { signClaims, type Validity } from "../../provider/jwt/sign";
import type { Account } from "../../provider/model/account/account";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { signUser, UNLIMITED } from "./sign";
import {
  accountToken,
  exporter,
  EXPORTER,
  importing,
  IMPORTER,
  KO,
  NOW,
  storeOf,
  token,
  userToken,
} from "./store-tokens";

describe("readStore", () => {
  describe("for a JWT with times", () => {
    const userOf = async (validity: Partial<Validity>) => {
      const users = [await userToken(validity)];
      const { accounts, leftOut } = await storeOf([{ token: await accountToken(importing("")), users }]);
      return { user: accounts.importer?.users.u, leftOut: codesAndPaths(leftOut) };
    };

    it("should keep the validity of a user", async () => {
      const { user, leftOut } = await userOf({ notBefore: ISSUED_AT + 60, expires: ISSUED_AT + 3600 });
      assert.deepEqual(user, {
        publicKey: keyOf("user", "u"),
        notBefore: "2025-10-09T08:54:20Z",
        expires: "2025-10-09T09:53:20Z",
      });
      assert.ok(!leftOut.some((line) => line.includes("users")), leftOut.join("\n"));
    });

    it("should report an end that a program cannot express when a user has one", async () => {
      const { user, leftOut } = await userOf({ notBefore: 60, expires: Number.MAX_SAFE_INTEGER });
      assert.deepEqual(user, { publicKey: keyOf("user", "u") });
      assert.deepEqual(
        leftOut.filter((line) => line.includes("users")),
        ["NA3031 accounts.importer.users.u"],
      );
    });

    it("should omit a user only when its JWT has expired, or never becomes valid", async () => {
      const isAdopted = async (validity: Partial<Validity>) => (await userOf(validity)).user !== undefined;
      assert.equal(await isAdopted({ expires: NOW }), false);
      assert.equal(await isAdopted({ expires: NOW + 1 }), true);
      assert.equal(await isAdopted({ expires: 1 }), false);
      assert.equal(await isAdopted({ notBefore: NOW + 2, expires: NOW + 1 }), false);
      assert.equal(await isAdopted({ notBefore: Number.MAX_SAFE_INTEGER }), false);
      assert.equal(await isAdopted({ notBefore: NOW + 1 }), true);
    });

    it("should return the keys of what it omits", async () => {
      const revocations = { [keyOf("user", "deleted")]: ISSUED_AT };
      const own = await accountToken({ ...importing(""), revocations });
      const past = await accountToken(exporter, { expires: NOW });
      const { omitted } = await storeOf([
        { token: own, users: [await userToken({ expires: NOW })] },
        { token: past, users: [] },
      ]);
      assert.deepEqual(omitted, {
        accounts: [EXPORTER],
        users: { [IMPORTER]: [keyOf("user", "u"), keyOf("user", "deleted")] },
      });
    });

    it("should report that an account expires, which its new JWT does not", async () => {
      const own = await accountToken(exporter, { notBefore: ISSUED_AT, expires: ISSUED_AT + 60 });
      const { accounts, leftOut } = await storeOf([{ token: own, users: [] }]);
      assert.deepEqual(Object.keys(accounts), ["exporter"]);
      assert.deepEqual(codesAndPaths(leftOut), ["NA3029 accounts.exporter"]);
      assert.ok(leftOut[0]?.problem.includes("2025-10-09T08:54:20Z"));
    });

    it("should omit an account only when its JWT is not valid", async () => {
      const isAdopted = async (validity: Partial<Validity>) => {
        const stored = await storeOf([{ token: await accountToken(exporter, validity), users: [] }]);
        return Object.keys(stored.accounts).length > 0;
      };
      assert.equal(await isAdopted({ expires: NOW }), false);
      assert.equal(await isAdopted({ expires: NOW + 1 }), true);
      assert.equal(await isAdopted({ notBefore: NOW + 1 }), false);
      assert.equal(await isAdopted({ notBefore: NOW }), true);
    });
  });

  it("should name a file that is not the JWT of a user, and read the others", async () => {
    const own = await accountToken({ name: "importer", publicKey: IMPORTER, users: {} });
    const invalid = await signUser("v", "v", "importer", { subs: "many", pub: "all" });
    const others = { notes: "notes", copy: own.jwt, invalid };
    const users = Object.entries(others).map(([name, jwt]) => token(`users/${name}.jwt`, jwt));
    const { accounts, leftOut } = await storeOf([{ token: own, users: [...users, await userToken()] }]);
    assert.deepEqual(Object.keys(accounts.importer?.users ?? {}), ["u"]);
    assert.ok(leftOut.every(({ problem }) => !problem.includes("\n")));
    assert.deepEqual(
      leftOut.map(({ code, path }) => [code, path]),
      [
        ["NA3042", "users/notes.jwt"],
        ["NA3042", "users/copy.jwt"],
        ["NA3042", "users/invalid.jwt"],
      ],
    );
  });

  it("should keep wildcards in exports when the account's exports are unlimited, as servers do", async () => {
    const limitsOf = async (limits: object, subject = "a.*") => {
      const nats = { exports: [{ subject, type: "stream" }], limits, type: "account", version: 2 };
      const jwt = await signClaims({ name: "exporter", sub: EXPORTER, nats }, KO, { issuedAt: ISSUED_AT });
      const { exporter: found } = (await storeOf([{ token: token("exporter", jwt), users: [] }])).accounts;
      assert.deepEqual(
        found?.exports?.map((entry) => entry.subject),
        [subject],
      );
      return found.limits;
    };
    assert.deepEqual(await limitsOf({ ...UNLIMITED, wildcards: false }), undefined);
    const limited = { ...UNLIMITED, wildcards: false, exports: 5 };
    assert.deepEqual(await limitsOf(limited, "a"), { exports: 5, wildcardExports: false });
  });

  it("should omit a user only when its JWT is revoked", async () => {
    const of = async (moment: number) => {
      const account = { ...importing(""), imports: [], revocations: { [keyOf("user", "u")]: moment } };
      const users = [await userToken({})];
      return storeOf([{ token: await accountToken(account), users }]);
    };
    const revoked = await of(ISSUED_AT);
    assert.deepEqual(revoked.accounts.importer?.users, {});
    assert.deepEqual(codesAndPaths(revoked.leftOut), ["NA3026 accounts.importer.users.u"]);
    const newer = await of(ISSUED_AT - 1);
    assert.deepEqual(Object.keys(newer.accounts.importer?.users ?? {}), ["u"]);
  });

  describe("for a user that the operator server rejects", () => {
    const SCOPED = { name: "u", sub: keyOf("user", "u"), nats: { issuer_account: IMPORTER, type: "user", version: 2 } };
    const readers = { reader: { signingKey: keyOf("account", "importer reader"), payload: 10 } };
    const own = { pub: { allow: ["a"] }, subs: -1, data: -1, payload: -1 };
    const importer = { name: "importer", publicKey: IMPORTER, users: {} };

    /** Returns the adopted users of an account with one user, and the diagnostics. */
    const adopt = async (account: Account, by: string, more: object = {}) => {
      const claims = { ...SCOPED, nats: { ...SCOPED.nats, ...more } };
      const users = [token("u", await signClaims(claims, pairOf("account", by), { issuedAt: ISSUED_AT }))];
      const { accounts, leftOut } = await storeOf([{ token: await accountToken(account), users }]);
      return [Object.keys(accounts.importer?.users ?? {}), codesAndPaths(leftOut)];
    };
    const rejected = [[], ["NA3026 accounts.importer.users.u"]];

    it("should omit it when the key of its role is no longer listed", async () => {
      assert.deepEqual(await adopt(importer, "importer reader"), rejected);
      assert.deepEqual(await adopt(importer, "importer reader", own), rejected);
    });

    it("should omit it when it belongs to another account", async () => {
      assert.deepEqual(await adopt(importer, "importer", { ...own, issuer_account: EXPORTER }), rejected);
    });

    it("should omit it when it has neither permissions nor a role", async () => {
      assert.deepEqual(await adopt(importer, "importer"), rejected);
    });

    it("should omit it when it has permissions in addition to a role", async () => {
      assert.deepEqual(await adopt({ ...importer, roles: readers }, "importer reader", own), rejected);
    });

    it("should omit it, and its role, when the new servers have no listener for its connections", async () => {
      const listener = [[], ["NA3049 accounts.importer.users.u"]];
      assert.deepEqual(await adopt(importer, "importer", { ...own, allowed_connection_types: ["MQTT"] }), listener);
      const mqtt = { reader: { ...readers.reader, connectionTypes: ["MQTT" as const] } };
      const ofRole = [[], ["NA3049 accounts.importer.roles.reader", ...rejected.flat()]];
      assert.deepEqual(await adopt({ ...importer, roles: mqtt }, "importer reader"), ofRole);
    });

    it("should keep it when it is signed by the key of its role, or by a listed key", async () => {
      assert.deepEqual(await adopt({ ...importer, roles: readers }, "importer reader"), [["u"], []]);
      const signingKeys = [keyOf("account", "importer signing")];
      assert.deepEqual(await adopt({ ...importer, signingKeys }, "importer signing", own), [["u"], []]);
    });
  });
});
