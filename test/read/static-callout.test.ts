import assert from "node:assert/strict";
import { keyOf } from "../support/keys";
import { notesOf, problemsOf, readText } from "./static-texts";

const X = "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W";
const [U, V] = [keyOf("user", "a"), keyOf("user", "b")];
const K = keyOf("account", "service");
const [A, B] = [keyOf("account", "A"), keyOf("account", "B")];

/** A configuration with an auth callout, and users with nkeys in two accounts. */
const withCallout = (callout: string, more = "") => `
  authorization { timeout: 5, ${more} auth_callout { issuer: ${K}, ${callout} } }
  accounts { ${A} { users: [ { nkey: ${U} } ] }, ${B} { users: [ { nkey: ${V} } ] } }`;

describe("the auth callout of a static configuration", () => {
  it("should be the authorization of its account", () => {
    const { accounts, leftOut } = readText(
      withCallout(`account: ${A}, auth_users: [${U}], allowed_accounts: [${A}], xkey: ${X}`),
    );
    const authorization = { users: [U], issuer: K, allowedAccounts: "*", xkey: X };
    assert.deepEqual(accounts[A], { publicKey: A, users: [{ publicKey: U }], authorization });
    assert.deepEqual(leftOut, []);
  });

  it("should be read by its other names, without what operator mode does not support", () => {
    const text = `
      authorization { auth_hook { issuer: ${A}, acc: ${A}, users: [eve, ${U}], key: ${X}, later: 1 } }
      accounts { ${A} { users: [ { nkey: ${U} } ] } }`;
    assert.deepEqual(readText(text).accounts[A]?.authorization, { users: [U], allowedAccounts: "*", xkey: X });
    assert.deepEqual(notesOf(text), [
      "NA3020 authorization.auth_hook.later",
      "NA3024 authorization.auth_hook.users[0]",
      "NA3033 authorization.auth_hook.issuer",
    ]);
  });

  const callout = "authorization.auth_callout";

  for (const [reason, text] of [
    ["its users have passwords", withCallout(`account: ${A}, auth_users: [auth]`)],
    ["its users with nkeys are users of other accounts", withCallout(`account: ${A}, auth_users: [auth, ${V}]`)],
    ["its account does not exist", withCallout(`account: C, auth_users: [${U}]`)],
    [
      "the users of its account, the global one, have passwords",
      withCallout("auth_users: [auth]", "users: [ { user: auth, password: s3cret } ],"),
    ],
    ["its account is the system account", `${withCallout(`account: ${A}, auth_users: [${U}]`)}\nsystem_account: ${A}`],
  ] as const) {
    it(`should be a security gap to accept by name when ${reason}`, () => {
      const gap = `${reason === "its account does not exist" ? "NA3034" : "NA3063"} ${callout}`;
      assert.deepEqual(problemsOf(text), [gap]);
      assert.ok(notesOf(text, { [callout]: "known users" }).includes(gap));
      assert.equal(readText(text, { [callout]: "known users" }).accounts[A]?.authorization, undefined);
    });
  }

  it("should be a security gap where the new servers do not ask the service about users of other accounts", () => {
    const gap = `NA3035 ${callout}.allowed_accounts`;
    const open = withCallout(`account: ${A}, auth_users: [${U}]`);
    assert.deepEqual(problemsOf(open), [gap]);
    assert.deepEqual(notesOf(open, { [`${callout}.allowed_accounts`]: "known users" }), [gap]);
    assert.deepEqual(problemsOf(withCallout(`account: ${A}, auth_users: [${U}], allowed_accounts: [${A}, ${B}]`)), [
      gap,
    ]);
    assert.deepEqual(problemsOf(withCallout(`account: ${A}, auth_users: [${U}], allowed_accounts: [${A}]`)), []);
    assert.deepEqual(problemsOf(withCallout(`account: ${A}, auth_users: [${U}, ${V}]`)), []);
  });

  it("should name users that only the new servers ask the service about", () => {
    const text = `
      authorization { auth_callout { issuer: ${K}, account: ${A}, auth_users: [${V}], allowed_accounts: [${B}] } }
      accounts { ${A} { users: [ { nkey: ${U} }, { nkey: ${V} } ] }, ${B} {} }`;
    assert.deepEqual(notesOf(text), [`NA3035 ${callout}.allowed_accounts`]);
  });

  it("should be a security gap where clients of the service must use a proxy", () => {
    const text = withCallout(`account: ${A}, auth_users: [${U}], allowed_accounts: [${A}]`, "proxy_required: true,");
    assert.deepEqual(problemsOf(text), ["NA3063 authorization.proxy_required"]);
  });

  it("should name that the service has to use the account's key", () => {
    const text = `
      authorization { auth_callout { issuer: ${K}, account: APP, auth_users: [${U}] } }
      accounts { APP { users: [ { nkey: ${U} } ] } }`;
    assert.deepEqual(notesOf(text), [`NA3066 ${callout}.account`]);
  });

  it("should reject acceptances that match no gap, or have no reason", () => {
    const text = withCallout(`account: ${A}, auth_users: [auth]`);
    assert.deepEqual(problemsOf(text, { [callout]: " " }), [`NA3065 accept["${callout}"]`]);
    assert.deepEqual(problemsOf(text, { [callout]: "known users", "authorization.other": "x" }), [
      'NA3064 accept["authorization.other"]',
    ]);
    assert.deepEqual(problemsOf("accounts {}", { [callout]: "x" }), [`NA3064 accept["${callout}"]`]);
  });
});
