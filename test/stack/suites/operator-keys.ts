import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { readToken } from "../../../provider/jwt/sign";
import { omitUndefined } from "../../../provider/model/form/order";
import { stackOn, urlAt, type PlaceName } from "../../support/pod-stack";
import { failed, STEP_TIMEOUT, succeeded, type StackOutputs } from "../../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../../support/stack-clients";
import { changedResources } from "../../support/stack-diff";
import type { Declaration, DeclaredAccount } from "../programs/declared/declaration";

const RESTART = ["ClusterCheck nats", "ClusterConfiguration nats", "ConfigurationAttempt nats", "OperatorClaims KO"];

/** Creates the tests of the keys of an operator, with servers in some place. */
export function describeOperatorKeys(place: PlaceName): void {
  describe(`the keys of a deployed operator (${place})`, function () {
    this.timeout(STEP_TIMEOUT);
    const stack = stackOn(place);
    /** The changes when the operator's JWT changes: only the operator server restarts. */
    const restart = [...RESTART, `${stack.servers.placeType} nats-operator`].sort();
    const clients = new Clients();
    let outputs: StackOutputs;
    let onStatic: NatsConnection;
    let onOperator: NatsConnection;
    let identitySeed: string;

    const declare = (operator: NonNullable<Declaration["operator"]>, users: DeclaredAccount["users"] = { u: {} }) =>
      stack.declare({ operator, accounts: { A: omitUndefined<DeclaredAccount>({ users }) } });
    const token = async () => readToken((await stack.outputs()).operatorJwt ?? "");
    const signingKeys = async () => ((await token()).nats as { signing_keys: string[] }).signing_keys;
    /** The keys that signed the accounts. */
    const issuers = async () =>
      new Set(
        (await stack.resources()).flatMap(({ outputs: { issuer } = {} }) =>
          typeof issuer === "string" ? [issuer] : [],
        ),
      );

    before("a deployed cluster with a client on each server", async () => {
      await declare({});
      succeeded(await stack.up());
      outputs = await stack.outputs();
      identitySeed = outputs.identitySeed ?? "";
      assert.match(identitySeed, /^SO/);
      onStatic = await clients.connect(await urlAt(stack, "static"), bySeed(outputs.seeds["A/u"]));
      onOperator = await clients.connect(await urlAt(stack, "operator"), byCreds(outputs.creds["A/u"]), {
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

      it("should preview the new key, the signatures of all accounts and the restart of the operator server", async () => {
        const { output } = succeeded(await stack.preview("--diff"));
        const signed = ["AccountClaims A", "AccountClaims KO/SYS", "Nkey KO/signing"];
        assert.deepEqual(changedResources(output), [...signed, ...restart].sort());
        const [old = "?"] = keysBefore;
        assert.match(output, new RegExp(String.raw`\+ signingKey: "${old}"\s+\+ until +: "changed"`));
      });

      it("should list both keys after the update, and sign all accounts with the new one", async () => {
        const { static: staticLife } = await stack.servers.lives();
        succeeded(await stack.up());
        const keys = await signingKeys();
        assert.equal(keys.length, 2);
        assert.ok(keys.includes(keysBefore[0] ?? ""));
        assert.deepEqual(
          [...(await issuers())],
          keys.filter((key) => !keysBefore.includes(key)),
        );
        assert.deepEqual((await stack.servers.lives()).static, staticLife);
        await assertUndisturbed();
      });

      it("should list only the new key when the rotation changes again", async () => {
        await declare({});
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), restart);
        succeeded(await stack.up());
        assert.deepEqual(await signingKeys(), [...(await issuers())]);
        await assertUndisturbed();
      });
    });

    describe("when the identity's seed is removed from the state", () => {
      before(() => declare({ identityKey: "offline" }));

      it("should preview only the deletion of the key", async () => {
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), ["Nkey KO/identity"]);
      });

      it("should leave no trace of the seed, and change nothing else", async () => {
        const [lives, configurations, { operatorJwt, publicKeys }] = await Promise.all([
          stack.servers.lives(),
          stack.servers.configurations(),
          stack.outputs(),
        ]);
        assert.ok(JSON.stringify(await stack.resources()).includes(identitySeed), "the seed was there before");
        succeeded(await stack.up());
        const after = await stack.outputs();
        assert.deepEqual([after.operatorJwt, after.publicKeys], [operatorJwt, publicKeys]);
        assert.deepEqual([await stack.servers.lives(), await stack.servers.configurations()], [lives, configurations]);
        const decrypted = JSON.stringify([await stack.resources(), after]);
        assert.ok(!decrypted.includes(identitySeed), "the seed is still in the state");
        succeeded(await stack.preview("--expect-no-changes"));
      });

      it("should still add a user by reload", async () => {
        const lives = await stack.servers.lives();
        await declare({ identityKey: "offline" }, { u: {}, v: {} });
        succeeded(await stack.up());
        const { seeds, creds } = await stack.outputs();
        await clients.connect(await urlAt(stack, "static"), bySeed(seeds["A/v"]));
        await clients.connect(await urlAt(stack, "operator"), byCreds(creds["A/v"]));
        assert.deepEqual(await stack.servers.lives(), lives);
        assert.equal(clients.hasLost(onStatic), false);
      });

      it("should refuse at preview a change that needs the seed, with a remedy", async () => {
        await declare({ identityKey: "offline", rotation: { version: 3 } }, { u: {}, v: {} });
        const { output } = failed(await stack.preview());
        assert.match(output, /signingKeys: .* \[NA5039\]/);
      });

      it("should refuse to create another operator when the seed is to be kept again but is not given", async () => {
        await declare({}, { u: {}, v: {} });
        const { output } = failed(await stack.preview());
        assert.match(output, /publicKey = O[A-Z2-7]+: .* \[NA5040\]/);
      });

      it("should sign again in an update with the seed, and drop the seed in the next one", async () => {
        const rotation = { version: 3, overlap: "none" };
        await declare({ seed: identitySeed, rotation }, { u: {}, v: {} });
        succeeded(await stack.up());
        assert.deepEqual(await signingKeys(), [...(await issuers())]);
        assert.equal((await signingKeys()).length, 1);
        await declare({ identityKey: "offline", rotation }, { u: {}, v: {} });
        const { output } = succeeded(await stack.preview("--diff"));
        assert.deepEqual(changedResources(output), ["Nkey KO/identity"]);
        succeeded(await stack.up());
        assert.ok(!JSON.stringify(await stack.resources()).includes(identitySeed));
        await assertUndisturbed();
      });
    });
  });
}
