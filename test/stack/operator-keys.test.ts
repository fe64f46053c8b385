import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { readToken } from "../../provider/jwt/sign";
import { defined } from "../../provider/model/form/order";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

/** What an update does when the operator's JWT changes: the operator server starts anew, the static one goes on. */
const RESTART = [
  "ClusterCheck nats",
  "ClusterConfiguration nats",
  "ConfigurationAttempt nats",
  "Container nats-operator",
  "OperatorClaims KO",
];

describe("the keys of a deployed operator", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();
  let outputs: StackOutputs;
  let onStatic: NatsConnection;
  let onOperator: NatsConnection;
  let identitySeed: string;

  const declare = (operator: NonNullable<Declaration["operator"]>, users: DeclaredAccount["users"] = { u: {} }) =>
    stack.declare({ operator, accounts: { A: defined<DeclaredAccount>({ users }) } });
  const token = async () => readToken((await stack.outputs()).operatorJwt ?? "");
  const signingKeys = async () => ((await token()).nats as { signing_keys: string[] }).signing_keys;
  /** The keys that signed the accounts. */
  const issuers = async () =>
    new Set(
      (await stack.resources()).flatMap(({ outputs: { issuer } = {} }) => (typeof issuer === "string" ? [issuer] : [])),
    );

  before("a deployed cluster with a client on each server", async () => {
    await declare({});
    succeeded(await stack.up());
    outputs = await stack.outputs();
    identitySeed = outputs.identitySeed ?? "";
    assert.match(identitySeed, /^SO/);
    onStatic = await clients.connect(outputs.clientUrls.static, bySeed(outputs.seeds["A/u"]));
    onOperator = await clients.connect(outputs.clientUrls.operator, byCreds(outputs.creds["A/u"]), {
      reconnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
  });

  /** Nobody needs anything new, and who is on the static server does not notice. */
  async function assertUndisturbed(): Promise<void> {
    const { creds } = await stack.outputs();
    assert.ok(creds["A/u"] === outputs.creds["A/u"], "the user has other creds");
    assert.equal(clients.hasLost(onStatic), false);
    await crosses(onOperator, onStatic, "from.operator");
    await crosses(onStatic, onOperator, "from.static");
  }

  describe("when the signing key is rotated", () => {
    const rotation = { version: 2 };
    let keysBefore: string[];

    before(async () => {
      keysBefore = await signingKeys();
      await declare({ rotation });
    });

    it("should show the new key, that all accounts are signed by it, and that the operator server restarts", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      const signed = ["AccountClaims A", "AccountClaims KO/SYS", "Nkey KO/signing"];
      assert.deepEqual(changedResources(output), [...signed, ...RESTART].sort());
      const [old = "?"] = keysBefore;
      assert.match(output, new RegExp(String.raw`\+ signingKey: "${old}"\s+\+ until +: "changed"`));
    });

    it("should have both keys after the update, with all accounts signed by the new one", async () => {
      const { static: staticLife } = await stack.engine.lives();
      succeeded(await stack.up());
      const keys = await signingKeys();
      assert.equal(keys.length, 2);
      assert.ok(keys.includes(keysBefore[0] ?? ""));
      assert.deepEqual(
        [...(await issuers())],
        keys.filter((key) => !keysBefore.includes(key)),
      );
      assert.deepEqual((await stack.engine.lives()).static, staticLife);
      await assertUndisturbed();
    });

    it("should have the new key alone when the rotation changes again", async () => {
      await declare({});
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), RESTART);
      succeeded(await stack.up());
      assert.deepEqual(await signingKeys(), [...(await issuers())]);
      await assertUndisturbed();
    });
  });

  describe("when the identity's seed is taken out of the state", () => {
    before(() => declare({ identity: "offline" }));

    it("should show that the key goes, and nothing else", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), ["Nkey KO/identity"]);
    });

    it("should leave no trace of the seed, and everything else to the byte", async () => {
      const [lives, configurations, { operatorJwt, publicKeys }] = await Promise.all([
        stack.engine.lives(),
        stack.engine.configurations(),
        stack.outputs(),
      ]);
      assert.ok(JSON.stringify(await stack.resources()).includes(identitySeed), "the seed was there before");
      succeeded(await stack.up());
      const after = await stack.outputs();
      assert.deepEqual([after.operatorJwt, after.publicKeys], [operatorJwt, publicKeys]);
      assert.deepEqual([await stack.engine.lives(), await stack.engine.configurations()], [lives, configurations]);
      const decrypted = JSON.stringify([await stack.resources(), after]);
      assert.ok(!decrypted.includes(identitySeed), "the seed is still in the state");
      succeeded(await stack.preview("--expect-no-changes"));
    });

    it("should go on: another user comes, by reload", async () => {
      const lives = await stack.engine.lives();
      await declare({ identity: "offline" }, { u: {}, v: {} });
      succeeded(await stack.up());
      const { seeds, creds } = await stack.outputs();
      await clients.connect(outputs.clientUrls.static, bySeed(seeds["A/v"]));
      await clients.connect(outputs.clientUrls.operator, byCreds(creds["A/v"]));
      assert.deepEqual(await stack.engine.lives(), lives);
      assert.equal(clients.hasLost(onStatic), false);
    });

    it("should refuse at preview what the seed would have to sign, and say what to do", async () => {
      await declare({ identity: "offline", rotation: { version: 3 } }, { u: {}, v: {} });
      const { output } = failed(await stack.preview());
      assert.match(output, /signingKeys: changes, so that the operator's JWT must be signed again/);
      assert.match(output, /Give the identity's seed for this update/);
    });

    it("should refuse to become another operator when the seed is kept again, but is not given", async () => {
      await declare({}, { u: {}, v: {} });
      const { output } = failed(await stack.preview());
      assert.match(output, /publicKey = O[A-Z2-7]+: is the operator whose seed is not in the state any more/);
    });

    it("should sign again in an update that is given the seed, and let it go in the next one", async () => {
      const rotation = { version: 3, overlap: "none" };
      await declare({ seed: identitySeed, rotation }, { u: {}, v: {} });
      succeeded(await stack.up());
      assert.deepEqual(await signingKeys(), [...(await issuers())]);
      assert.equal((await signingKeys()).length, 1);
      await declare({ identity: "offline", rotation }, { u: {}, v: {} });
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), ["Nkey KO/identity"]);
      succeeded(await stack.up());
      assert.ok(!JSON.stringify(await stack.resources()).includes(identitySeed));
      await assertUndisturbed();
    });
  });
});
