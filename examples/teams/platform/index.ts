import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, type Target } from "pulumi-nats-auth";

const config = new pulumi.Config();
const team = new pulumi.StackReference(config.require("billingStack"));

const operator = new Operator("platform", { systemAccount: { users: { sys: {} } } });

// The account of the team: its users and seeds stay in the team's stack.
const billing = Account.fromReference("billing", { reference: team.requireOutput("reference"), operator });

// An account of the platform itself.
const reports = new Account("reports", {
  operator,
  imports: [{ account: billing, subject: "billing.paid.>", type: "stream" }],
  users: { viewer: { permissions: { subscribe: { allow: ["billing.paid.>"] } } } },
});

const cluster = new MixedAuthCluster("teams", {
  operator,
  accounts: [billing, reports],
  target: config.require<Target & string>("target", { allowedValues: ["docker", "process"] }),
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

/** Client URL of each server. */
export const clientUrls = cluster.clientUrls;
/** Result of the verification of the servers. */
export const checked = cluster.checked;
/** Credentials of the platform's own user. */
export const viewer = { seed: reports.users.viewer.seed, creds: reports.users.viewer.creds };
