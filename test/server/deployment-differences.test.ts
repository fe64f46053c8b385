import assert from "node:assert/strict";
import { Account, AuthConfiguration, Nkey, UserSet } from "../../provider";
import { serve } from "../support/callout";
import { by, Clients } from "../support/clients";
import { foreignProgram, problemsOf } from "../support/foreign-program";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { valueOf } from "../support/mocks";

describe("accounts that differ on servers that something else deploys", function () {
  this.timeout(120_000);
  const program = foreignProgram();

  it("should name the account that one server lacks, with the server's own words", async () => {
    const c = new Account("C", { operator: program.operator });
    const more = new AuthConfiguration("more", { operator: program.operator, accounts: [program.a, program.b, c] });
    const [ofStatic, ofOperator] = [
      await valueOf(more.static.authorization),
      await valueOf(more.operator.authorization),
    ];
    await program.includeAll({ n1: { text: ofStatic }, n2: { text: ofOperator } });
    const { codes, message } = await problemsOf(await program.verify({ configuration: more }));
    assert.deepEqual(codes, ["NA5083 servers.n3"], message);
    assert.match(message, /servers\.n3: account C \(A[A-Z2-7]{55}\) is not loaded \(.*does not exist\)/);
  });

  describe("with a permission that differs on one server", () => {
    for (const [what, from, to, clause] of [
      ["of a user who may ask for it", '"q.*"', '"r.*"', /user A\/able has other permissions: .*"q\.\*".*"r\.\*"/],
      ["to publish of any other user", '"free.not"', '"free.x"', /user A\/other is permitted to publish to "free.not"/],
      ["that default permissions contain", '"never"', '"no"', /user B\/asks has other permissions/],
    ] as const) {
      it(`should report the permission ${what}`, async () => {
        await program.includeAll({ n3: { text: program.texts.static.replace(from, to) } });
        const { codes, message } = await problemsOf(await program.verify());
        assert.deepEqual([...new Set(codes)], ["NA5085 servers.n3"], message);
        assert.match(message, clause);
        assert.deepEqual((await problemsOf(await program.verify({ users: "logins" }))).codes, []);
      });
    }

    it("should report the permission of users of a set", async () => {
      const { operator } = program;
      const d = new Account("D", {
        operator,
        roles: { device: { permissions: { publish: { allow: ["{{name()}}.>"] } } } },
      });
      new UserSet("devices", { account: d, role: "device", users: ["d-1", "d-2"] });
      const configuration = new AuthConfiguration("with a set", { operator, accounts: [d] });
      const text = await valueOf(configuration.static.authorization);
      const ofOperator = await valueOf(configuration.operator.authorization);
      const other = text.replace('"d-2.>"', '"d-3.>"');
      await program.includeAll({ n1: { text }, n2: { text: ofOperator }, n3: { text: other } });
      const { codes, message } = await problemsOf(await program.verify({ configuration }));
      assert.deepEqual([...new Set(codes)], ["NA5085 servers.n3"], message);
      assert.match(message, /user D\/d-2 /);
    });

    it("should report a user that the server does not know", async () => {
      const key = await valueOf(program.a.users.test.publicKey);
      await program.includeAll({
        n3: {
          text: program.texts.static.replace(key, await valueOf(new Nkey("stranger", { kind: "user" }).publicKey)),
        },
      });
      const { codes, message } = await problemsOf(await program.verify({ users: "logins" }));
      assert.deepEqual(codes, ["NA5085 servers.n3"], message);
      assert.match(message, /user A\/test cannot log in \(.*Authorization Violation.*\)/i);
      assert.deepEqual((await problemsOf(await program.verify({ users: "none" }))).codes, []);
    });

    it("should name the claim that differs in operator mode", async () => {
      const token =
        (await valueOf(program.included.operator.resolverPreload))[await valueOf(program.a.publicKey)] ?? "";
      const other = new Account("other A", {
        operator: program.operator,
        name: "A",
        seed: seedOf("account", "A"),
        users: { test: {} },
      });
      await program.includeAll({ n2: { text: program.texts.operator.replace(token, await valueOf(other.jwt)) } });
      const { codes, message } = await problemsOf(await program.verify());
      assert.ok(codes.includes("NA5084 servers.n2"), message);
      assert.match(message, /account A \(A[A-Z2-7]{55}\) has a different JWT: without /);
    });

    it("should name exports, imports and mappings that differ in static mode", async () => {
      const text = program.texts.static.replace('"many.*"', '"money.*"').replace("n.$1", "o.$1");
      await program.includeAll({ n3: { text: text.replace('subject: "many.*"', 'subject: "money.*"') } });
      const { codes, message } = await problemsOf(await program.verify());
      assert.deepEqual([...new Set(codes)], ["NA5084 servers.n3"], message);
      assert.match(message, /lacks the export of service "many\.\*" with Streamed responses/);
      assert.match(message, /has the export of service "money\.\*" with Streamed responses, which is not declared/);
      assert.match(message, /lacks the mapping of "m\.\*" to "n\.\$1"/);
    });

    it("should leave clients without credentials to an authorization service, if an account has one", async () => {
      const d = new Account("D", {
        operator: program.operator,
        users: { service: {}, one: {} },
        authorization: { users: ["service"], issuer: keyOf("account", "service") },
      });
      const configuration = new AuthConfiguration("asking", {
        operator: program.operator,
        accounts: [program.a, program.b, d],
        parity: { accept: { "D.authorization": "The service decides the same for both." } },
      });
      const text = await valueOf(configuration.static.authorization);
      const ofOperator = await valueOf(configuration.operator.authorization);
      await program.includeAll({ n1: { text }, n2: { text: ofOperator }, n3: { text } });
      const account = await valueOf(d.publicKey);
      const clients = new Clients();
      try {
        const seed = await valueOf(d.users.service.seed);
        const connection = await clients.connect(program.url("n3"), by.seed(seed));
        const signer = pairOf("account", "service");
        const asked = await serve(connection, { signer, decide: () => ({ account }) });
        await clients.connect(program.url("n3"));
        assert.equal(asked.length, 1);
        const { codes, message } = await problemsOf(await program.verify({ configuration }));
        assert.deepEqual(codes, [], message);
        assert.equal(asked.length, 1, "the verification must not bother the service");
      } finally {
        await clients.close();
      }
    });

    it("should report a server that accepts clients without credentials", async () => {
      const key = await valueOf(program.a.users.test.publicKey);
      await program.includeAll({ n3: { more: `no_auth_user: ${key}` } });
      const { codes, message } = await problemsOf(await program.verify());
      assert.deepEqual(codes, ["NA5085 servers.n3"], message);
      assert.match(message, /accepts a client without credentials/);
    });
  });
});
