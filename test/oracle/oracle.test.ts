import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { accountClaims } from "../../provider/jwt/claims";
import { signClaims } from "../../provider/jwt/sign";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { putFiles } from "../../provider/servers/process/files";
import { MAIN_FILE } from "../../provider/servers/server";
import { models } from "../differential/models";
import { differences } from "../differential/trial";
import { INFO } from "../parity/everything";
import { keyOf, pairOf } from "../support/keys";
import { newCluster, removeCluster } from "../support/local-server";
import { ISSUED_AT, worldOf } from "../support/world";
import { consult } from "./consult";
import { flatten } from "./flatten";
import { Oracle } from "./oracle";

const RUNS = 40;

/** A curve public key. */
const XKEY = "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W";

describe("what the NATS project's code reads", () => {
  let oracle: Oracle;

  before(() => {
    oracle = new Oracle();
  });

  after(() => {
    oracle.end();
  });

  /** Signs the JWT of an empty account with more claims. */
  function tokenWith(claims: object): Promise<string> {
    const { nats, ...rest } = accountClaims({ name: "A", publicKey: keyOf("account", "A"), users: {} });
    return signClaims({ ...rest, nats: { ...nats, ...claims } }, pairOf("operator", "O"), { issuedAt: ISSUED_AT });
  }

  /** Loads a configuration. */
  async function read(text: string): Promise<unknown> {
    const folder = newCluster();
    try {
      await putFiles(folder, { [MAIN_FILE]: text });
      return await oracle.config(join(folder, MAIN_FILE), []);
    } finally {
      removeCluster(folder);
    }
  }

  it("should match generated models, in JWTs and in both configurations", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(models, async (accounts) => {
        const comparisons = await consult(oracle, await worldOf(accounts), accounts);
        assert.deepEqual(comparisons.flatMap(differences), []);
      }),
      { numRuns: RUNS },
    );
  });

  it("should match the model when an account has an authorization service", async () => {
    const users = { service: {}, other: {} };
    const accounts: AccountDeclaration[] = [
      { name: "A", users, authorization: { users: ["service"], allowedAccounts: ["B"], xkey: XKEY } },
      { name: "B", users: { u: {} } },
    ];
    const any = { users: ["service", "other"], allowedAccounts: "*" as const };
    for (const model of [
      accounts,
      accounts.map((account, index) => (index === 0 ? { ...account, authorization: any } : account)),
    ]) {
      assert.deepEqual((await consult(oracle, await worldOf(model), model)).flatMap(differences), []);
    }
  });

  it("should match the information of an operator", async () => {
    const { tokens } = await worldOf([], {}, INFO);
    const { claims, findings, unknown } = await oracle.token(tokens.operator);
    assert.deepEqual([findings, unknown], [[], []]);
    assert.deepEqual(
      flatten((claims as { readonly nats: object }).nats),
      flatten({
        type: "operator",
        version: 2,
        system_account: keyOf("account", "SYS"),
        signing_keys: [keyOf("operator", "KO signing")],
        strict_signing_key_usage: true,
        account_server_url: INFO.accountServerUrl,
        operator_service_urls: INFO.serviceUrls,
        assert_server_version: INFO.assertServerVersion,
        tags: INFO.tags,
      }),
    );
  });

  it("should differ when it was rendered from another model", async () => {
    const accounts = [{ name: "A", users: { u: {} }, exports: [{ subject: "a", type: "service" as const }] }];
    const world = await worldOf(accounts);
    const others = [{ ...accounts[0], name: "A", users: { u: { tags: ["x"] } }, limits: { payload: 1 }, exports: [] }];
    const found = (await consult(oracle, world, others)).flatMap(differences);
    assert.deepEqual(
      found.map((line) => line.replace(/:.*/, "")).filter((about, index, all) => all.indexOf(about) === index),
      ["account A", "token of A", "token of A/u"],
    );
  });

  it("should include the paths of claims that the JWT library does not support", async () => {
    const { unknown } = await oracle.token(
      await tokenWith({ descripton: "x", exports: [{ subject: "a", typ: "stream" }] }),
    );
    assert.deepEqual(unknown.toSorted(), [".nats.descripton", ".nats.exports[0].typ"]);
  });

  it("should include the problems that the JWT library finds in a JWT", async () => {
    const { findings } = await oracle.token(
      await tokenWith({ imports: [{ subject: "a b", type: "stream", account: "A" }] }),
    );
    assert.ok(findings.some(({ problem, blocking }) => blocking && problem.includes("cannot have spaces")));
  });

  it("should be an error with the server's message when it rejects a configuration", async () => {
    await assert.rejects(read("accounts { A { exports: [{ stream: 1 }] } }"), /nats\.conf:1/);
    await assert.rejects(oracle.token("no.token.here"), /illegal base64|invalid/);
  });
});
