import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Nkey, Operator } from "pulumi-nats-auth";

const config = new pulumi.Config();

const operator = new Operator("platform");

// Orders and billing import from each other, and each needs the other's key: billing's key is created first.
const billingKey = new Nkey("billing-key", { kind: "account" });

const orders = new Account("orders", {
  operator,
  exports: [{ subject: "orders.status.*", type: "service" }],
  imports: [
    { account: { accountName: "billing", publicKey: billingKey.publicKey }, subject: "billing.paid.>", type: "stream" },
  ],
  users: {
    responder: {
      permissions: {
        publish: { allow: ["_INBOX.>", "_R_.>"] },
        subscribe: { allow: ["billing.paid.>", "orders.status.*"] },
      },
    },
  },
});

const billing = new Account("billing", {
  operator,
  key: billingKey,
  exports: [{ subject: "billing.paid.>", type: "stream" }],
  imports: [{ account: orders, subject: "orders.status.*", type: "service" }],
  users: { clerk: {} },
  limits: { connections: 100 },
});

const cluster = new MixedAuthCluster("platform", {
  operator,
  accounts: [orders, billing],
  image: config.require("image"),
  staticServer: {
    clientPort: config.requireNumber("staticPort"),
    clusterPort: config.requireNumber("staticClusterPort"),
  },
  operatorServer: {
    clientPort: config.requireNumber("operatorPort"),
    clusterPort: config.requireNumber("operatorClusterPort"),
  },
});

/** Values for another stack that runs a client in the cluster's network. */
export const network = cluster.network;
export const url = cluster.networkUrls.operator;
export const responderCreds = orders.users.responder.creds;

/** Values for a client on this host. */
export const hostUrl = cluster.clientUrls.static;
export const clerkSeed = billing.users.clerk.seed;
