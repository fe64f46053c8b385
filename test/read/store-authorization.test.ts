import assert from "node:assert/strict";
import type { Authorization } from "../../provider/model/account/authorization";
import { toAuthorizationArgs } from "../../provider/read/store-authorization";
import { codesAndPaths } from "../support/diagnostics";
import type { StoreContext, StoreEntry } from "../../provider/read/store-context";

/** An account of a store with the properties under test. */
function entryOf(name: string, authorization?: Authorization, signingKeys?: readonly string[]): StoreEntry {
  const publicKey = `${name} key`;
  const users = [
    { name: "service", user: { publicKey: "U1" } },
    { name: "U3", user: { publicKey: "U3" } },
  ];
  return { name, account: { name, publicKey, users: {}, authorization, signingKeys }, users } as unknown as StoreEntry;
}

function convert(account: StoreEntry) {
  const leftOut: StoreContext["leftOut"] = [];
  const operator = { publicKey: "O", signingKeys: [], strict: false };
  const entries = [account, entryOf("B")];
  const context = { operator, now: 0, entries, rejected: new Set<string>(), leftOut, seedOf: () => undefined };
  return { ...toAuthorizationArgs(account, "accounts.A", context), leftOut: codesAndPaths(leftOut) };
}

describe("toAuthorizationArgs", () => {
  it("should keep the signing keys when there is no auth callout", () => {
    const { authorization, signingKeys } = convert(entryOf("A", undefined, ["A1"]));
    assert.deepEqual([authorization, signingKeys], [undefined, ["A1"]]);
  });

  it("should refer to users and accounts by name, and use the only signing key as the issuer", () => {
    const authorizationClaims = { users: ["U1", "U2", "U3"], allowedAccounts: ["B key"], xkey: "X1" };
    const allowedAccounts = [{ accountName: "B", publicKey: "B key" }];
    assert.deepEqual(convert(entryOf("A", authorizationClaims, ["A1"])), {
      authorization: { users: ["service", "U2", "U3"], issuer: "A1", allowedAccounts, xkey: "X1" },
      signingKeys: undefined,
      leftOut: [],
    });
  });

  it("should name an issuer that is not determined, and accounts that are not in the store", () => {
    const found = convert(entryOf("A", { users: ["U1"], allowedAccounts: ["C key"] }, ["A1", "A2"]));
    assert.deepEqual(found.leftOut, [
      "NA3032 accounts.A.authorization",
      "NA3027 accounts.A.authorization.allowedAccounts[0]",
    ]);
    assert.deepEqual(found.signingKeys, ["A1", "A2"]);
    assert.deepEqual(found.authorization, { users: ["service"], allowedAccounts: [] });
    assert.equal(convert(entryOf("A", { users: ["U1"], allowedAccounts: "*" })).authorization?.allowedAccounts, "*");
  });
});
