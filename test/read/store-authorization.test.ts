import assert from "node:assert/strict";
import type { Authorization } from "../../provider/model/account/authorization";
import { storedAuthorization } from "../../provider/read/store-authorization";
import type { Context, Holder } from "../../provider/read/store-keys";

/** An account of a store, by what of it matters here. */
function holder(name: string, authorization?: Authorization, signingKeys?: readonly string[]): Holder {
  const publicKey = `${name} key`;
  const user = { name: "service", account: publicKey, issuer: publicKey, issuedAt: 1, access: {} };
  const users = ["U1", "U3"].map((key) => ({ ...user, publicKey: key }));
  return { account: { name, publicKey, users: {}, authorization, signingKeys }, users } as unknown as Holder;
}

function stored(account: Holder) {
  const leftOut: Context["leftOut"] = [];
  const context = { read: [account, holder("B")], leftOut, seedOf: () => undefined };
  return { ...storedAuthorization(account, "accounts.A", context), problems: leftOut.map(({ path }) => path) };
}

describe("storedAuthorization", () => {
  it("should leave the signing keys where nobody decides about clients", () => {
    const { authorization, signingKeys } = stored(holder("A", undefined, ["A1"]));
    assert.deepEqual([authorization, signingKeys], [undefined, ["A1"]]);
  });

  it("should call users and accounts by name, as the program does, and take the only signing key for the service's", () => {
    const said = { users: ["U1", "U2", "U3"], allowedAccounts: ["B key"], xkey: "X1" };
    const allowedAccounts = [{ accountName: "B", publicKey: "B key" }];
    assert.deepEqual(stored(holder("A", said, ["A1"])), {
      authorization: { users: ["service", "U2", "U3"], issuer: "A1", allowedAccounts, xkey: "X1" },
      signingKeys: undefined,
      problems: [],
    });
  });

  it("should say that it does not know which of several keys is the service's, and which accounts are not there", () => {
    const found = stored(holder("A", { users: ["U1"], allowedAccounts: ["C key"] }, ["A1", "A2"]));
    assert.deepEqual(found.problems, ["accounts.A.authorization", "accounts.A.authorization.allowedAccounts[0]"]);
    assert.deepEqual(found.signingKeys, ["A1", "A2"]);
    assert.deepEqual(found.authorization, { users: ["service"], allowedAccounts: [] });
    assert.equal(stored(holder("A", { users: ["U1"], allowedAccounts: "*" })).authorization?.allowedAccounts, "*");
  });
});
