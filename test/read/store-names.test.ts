import assert from "node:assert/strict";
import type { Account } from "../../provider/model/account/account";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { FREE, signUser } from "./sign";
import { accountToken, exporter, EXPORTER, IMPORTER, storeOf, token, userToken } from "./store-tokens";

describe("readStore, for names", () => {
  it("should name the second user by its key when two have the same name", async () => {
    const own = await accountToken({ name: "importer", publicKey: IMPORTER, users: {} });
    const { accounts, leftOut } = await storeOf([
      { token: own, users: [await userToken(), await userToken({}, "another")] },
    ]);
    const another = keyOf("user", "another");
    assert.deepEqual(accounts.importer?.users, {
      u: { publicKey: keyOf("user", "u") },
      [another]: { publicKey: another },
    });
    assert.deepEqual(codesAndPaths(leftOut), [`NA3025 accounts.importer.users.${another}`]);
  });

  describe("for names and copies", () => {
    const own = { name: "importer", publicKey: IMPORTER, users: {} };
    const scoped = (user: string, name: string | undefined) =>
      signUser(name, user, "importer role", { issuer_account: IMPORTER });
    const roleOf = (...allow: string[]): Account => ({
      ...own,
      roles: { reader: { signingKey: keyOf("account", "importer role"), permissions: { publish: { allow } } } },
    });

    it("should adopt the JWT that was issued last when a user has two, and name the other", async () => {
      for (const first of [0, 1]) {
        const users = [await userToken({ issuedAt: ISSUED_AT + first, expires: 2e9 + first }), await userToken()];
        const { accounts, leftOut } = await storeOf([
          { token: await accountToken(own), users: first === 1 ? users : users.toReversed() },
        ]);
        assert.deepEqual(Object.keys(accounts.importer?.users ?? {}), ["u"]);
        assert.deepEqual(codesAndPaths(leftOut), ["NA3043 accounts.importer.users.u"]);
        assert.equal(accounts.importer?.users.u?.expires, first === 1 ? "2033-05-18T03:33:21Z" : undefined);
      }
    });

    it("should adopt a user once when two accounts have it", async () => {
      const other = await signUser("u", "u", "exporter", FREE, { issuedAt: ISSUED_AT + 1 });
      const { accounts, leftOut } = await storeOf([
        { token: await accountToken(own), users: [await userToken()] },
        { token: await accountToken(exporter), users: [token("u", other)] },
      ]);
      assert.deepEqual(accounts.importer?.users, {});
      assert.deepEqual(Object.keys(accounts.exporter?.users ?? {}), ["u"]);
      assert.deepEqual(codesAndPaths(leftOut), ["NA3043 accounts.importer.users.u"]);
    });

    it("should adopt one of two users with the same key, and name both", async () => {
      const renamed = await signUser("u-old", "u", "importer", { ...FREE, pub: { deny: [">"] } });
      const users = [await userToken(), token("u-old", renamed)];
      const { accounts, leftOut } = await storeOf([{ token: await accountToken(own), users }]);
      assert.deepEqual(Object.keys(accounts.importer?.users ?? {}), ["u"]);
      assert.deepEqual(codesAndPaths(leftOut), ["NA3043 accounts.importer.users.u-old"]);
      assert.ok(leftOut[0]?.problem.includes("accounts.importer.users.u`"));
    });

    it("should adopt the account whose JWT was issued last when there is a copy", async () => {
      const [old, current] = [
        await accountToken({ ...own, name: "old" }),
        await accountToken(own, { issuedAt: ISSUED_AT + 1 }),
      ];
      const { accounts, leftOut } = await storeOf([
        { token: old, users: [] },
        { token: current, users: [] },
      ]);
      assert.deepEqual(Object.keys(accounts), ["importer"]);
      assert.deepEqual(codesAndPaths(leftOut), ["NA3043 accounts.old"]);
    });

    it("should name the second account by its key when two have the same name", async () => {
      const { accounts, leftOut } = await storeOf([
        { token: await accountToken(own), users: [] },
        { token: await accountToken({ ...exporter, name: "importer" }), users: [] },
      ]);
      assert.deepEqual(Object.keys(accounts).sort(), [EXPORTER, "importer"].sort());
      assert.deepEqual(codesAndPaths(leftOut), [`NA3025 accounts.${EXPORTER}`]);
    });

    it("should omit a user that would be named by its key when its permissions depend on its name", async () => {
      const usersOf = async (account: Account) => {
        const tokens = [await scoped("u", "u"), await scoped("v", "u"), await scoped("w", undefined)];
        const users = tokens.map((jwt, index) => token(String(index), jwt));
        const { accounts, leftOut } = await storeOf([{ token: await accountToken(account), users }]);
        return [Object.keys(accounts.importer?.users ?? {}).sort(), codesAndPaths(leftOut).sort()];
      };
      const [v, w] = [keyOf("user", "v"), keyOf("user", "w")];
      assert.deepEqual(await usersOf(roleOf("a.{{subject()}}")), [
        ["u", v, w].sort(),
        [`NA3025 accounts.importer.users.${v}`],
      ]);
      assert.deepEqual(await usersOf(roleOf("a.{{name()}}")), [
        ["u"],
        [v, w].map((key) => `NA3045 accounts.importer.users.${key}`).sort(),
      ]);
    });

    it("should omit a role with the account's name in its permissions when the account has none of its own", async () => {
      const rolesOf = async (account: Account) => {
        const users = [token("u", await scoped("u", "u"))];
        const { accounts, leftOut } = await storeOf([
          { token: await accountToken({ ...exporter, name: "importer" }), users: [] },
          { token: await accountToken(account), users },
        ]);
        return [Object.keys(accounts[IMPORTER]?.roles ?? {}), codesAndPaths(leftOut).slice(1)];
      };
      assert.deepEqual(await rolesOf(roleOf("a")), [["reader"], []]);
      assert.deepEqual(await rolesOf(roleOf("a.{{account-name()}}")), [
        [],
        [`NA3045 accounts.${IMPORTER}.roles.reader`, `NA3026 accounts.${IMPORTER}.users.u`],
      ]);
    });
  });

  describe("for templates of a user without a role", () => {
    const adopt = async (permissions: object) => {
      const jwt = await signUser("u", "u", "importer", { ...FREE, ...permissions });
      const own = await accountToken({ name: "importer", publicKey: IMPORTER, users: {} });
      const { accounts, leftOut } = await storeOf([{ token: own, users: [token("u", jwt)] }]);
      return [accounts.importer?.users.u?.permissions, codesAndPaths(leftOut)];
    };

    it("should drop an allowed subject, and allow nothing when none remains", async () => {
      const path = "accounts.importer.users.u.permissions";
      assert.deepEqual(await adopt({ pub: { allow: ["a.{{name()}}", "b"], deny: ["c"] } }), [
        { publish: { allow: ["b"], deny: ["c"] } },
        [`NA3046 ${path}.publish.allow[0]`],
      ]);
      assert.deepEqual(await adopt({ sub: { allow: ["a.{{name()}}"] } }), [
        { subscribe: { deny: [">"] } },
        [`NA3046 ${path}.subscribe.allow[0]`],
      ]);
    });

    it("should omit the user when a denied subject has a template", async () => {
      assert.deepEqual(await adopt({ pub: { deny: ["a.{{name()}}"] } }), [
        undefined,
        ["NA3046 accounts.importer.users.u"],
      ]);
    });
  });
});
