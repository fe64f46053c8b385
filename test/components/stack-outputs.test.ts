import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, MixedAuthCluster, Operator } from "../../provider";
import { mockEngine, valueOf } from "../support/mocks";

/** The members of Pulumi's own classes. */
const PULUMI = new Set(
  Object.keys(
    new pulumi.ComponentResource(
      "test:index:Empty",
      "unused",
      {},
      { urn: "urn:pulumi:test::test::test:index:Empty::unused" },
    ),
  ),
);

describe("components as outputs of a stack", () => {
  beforeEach(mockEngine);

  /** Returns the members that Pulumi writes into the outputs of a stack: the enumerable ones. */
  const membersOf = (component: object) =>
    Object.keys(component)
      .filter((key) => !key.startsWith("__") && !PULUMI.has(key))
      .sort();

  it("should show the documented members only", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const account = new Account("A", { operator, users: { u: {} } });
    const configuration = new AuthConfiguration("auth", { operator, accounts: [account] });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [account] });
    assert.deepEqual(membersOf(operator), [
      "identitySeed",
      "jwt",
      "operatorName",
      "publicKey",
      "signer",
      "systemAccount",
    ]);
    assert.deepEqual(membersOf(account), [
      "accountName",
      "authorizationSigner",
      "jwt",
      "publicKey",
      "roles",
      "signer",
      "users",
    ]);
    assert.deepEqual(membersOf(configuration), [
      "clientUrls",
      "configs",
      "leafNodeUrls",
      "mqttUrls",
      "operator",
      "parity",
      "remoteFiles",
      "routes",
      "static",
      "tlsFiles",
      "websocketUrls",
    ]);
    assert.deepEqual(membersOf(cluster), [
      "checked",
      "clientUrls",
      "configs",
      "containers",
      "leafNodeUrls",
      "listenerNodePorts",
      "loadBalancers",
      "monitoringUrls",
      "mqttUrls",
      "network",
      "networkUrls",
      "networks",
      "nodePorts",
      "parity",
      "processes",
      "serviceUrls",
      "websocketUrls",
    ]);
    // What they show of a seed is secret.
    for (const output of [
      operator.identitySeed,
      operator.signer,
      account.signer,
      account.users.u.seed,
      account.users.u.creds,
    ]) {
      assert.equal(await pulumi.isSecret(pulumi.output(output)), true);
    }
    await valueOf(cluster.checked);
  });
});
