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
import { flat } from "./flat";
import { Oracle } from "./oracle";

const RUNS = 40;

/** A key that encrypts. */
const XKEY = "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W";

describe("what the code of the NATS project reads", () => {
  let oracle: Oracle;

  before(() => {
    oracle = new Oracle();
  });

  after(() => {
    oracle.end();
  });

  /** A token with these claims of an account that has nothing else. */
  function tokenWith(claims: object): Promise<string> {
    const { nats, ...rest } = accountClaims({ name: "A", publicKey: keyOf("account", "A"), users: {} });
    return signClaims({ ...rest, nats: { ...nats, ...claims } }, pairOf("operator", "O"), { issuedAt: ISSUED_AT });
  }

  /** What a server makes of a text as its configuration. */
  async function read(text: string): Promise<unknown> {
    const folder = newCluster();
    try {
      await putFiles(folder, { [MAIN_FILE]: text });
      return await oracle.config(join(folder, MAIN_FILE), []);
    } finally {
      removeCluster(folder);
    }
  }

  it("should be what the model says, in tokens and in both configurations, when models are generated", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(models, async (accounts) => {
        const comparisons = await consult(oracle, await worldOf(accounts), accounts);
        assert.deepEqual(comparisons.flatMap(differences), []);
      }),
      { numRuns: RUNS },
    );
  });

  it("should be what the model says of a service that decides about clients", async () => {
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

  it("should be what an operator tells tools and servers", async () => {
    const { tokens } = await worldOf([], {}, INFO);
    const { claims, findings, unknown } = await oracle.token(tokens.operator);
    assert.deepEqual([findings, unknown], [[], []]);
    assert.deepEqual(
      flat((claims as { readonly nats: object }).nats),
      flat({
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

  it("should be told apart when a model says something else than was made of it", async () => {
    const accounts = [{ name: "A", users: { u: {} }, exports: [{ subject: "a", type: "service" as const }] }];
    const world = await worldOf(accounts);
    const others = [{ ...accounts[0], name: "A", users: { u: { tags: ["x"] } }, limits: { payload: 1 }, exports: [] }];
    const found = (await consult(oracle, world, others)).flatMap(differences);
    assert.deepEqual(
      found.map((line) => line.replace(/:.*/, "")).filter((about, index, all) => all.indexOf(about) === index),
      ["account A", "token of A", "token of A/u"],
    );
  });

  it("should name what the JWT library does not know in a token", async () => {
    const { unknown } = await oracle.token(
      await tokenWith({ descripton: "x", exports: [{ subject: "a", typ: "stream" }] }),
    );
    assert.deepEqual(unknown.toSorted(), [".nats.descripton", ".nats.exports[0].typ"]);
  });

  it("should name what the JWT library finds wrong with a token", async () => {
    const { findings } = await oracle.token(
      await tokenWith({ imports: [{ subject: "a b", type: "stream", account: "A" }] }),
    );
    assert.ok(findings.some(({ problem, blocking }) => blocking && problem.includes("cannot have spaces")));
  });

  it("should be an error with the server's words when it does not read a configuration", async () => {
    await assert.rejects(read("accounts { A { exports: [{ stream: 1 }] } }"), /nats\.conf:1/);
    await assert.rejects(oracle.token("no.token.here"), /illegal base64|invalid/);
  });
});
