import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  MixedAuthCluster,
  Operator,
  parityHtml,
  parityMarkdown,
  type MixedAuthClusterArgs,
  type Target,
} from "pulumi-nats-auth";

const config = new pulumi.Config();

// The operator signs the accounts. The servers publish their events in its system account.
const operator = new Operator("KO", { systemAccount: { name: "SYS", users: { sys: {} } } });

// Account A exports the service `test`, and measures the latency of each request.
const a = new Account("A", {
  operator,
  exports: [{ subject: "test", type: "service", latency: { sampling: 100, results: "latency.on.test" } }],
  users: {
    test: {
      permissions: {
        publish: { allow: ["_INBOX.>", "_R_", "_R_.>", "test", "test.>"] },
        subscribe: { allow: ["_INBOX.>", "_R_", "_R_.>", "latency.on.test", "test", "test.>"] },
      },
    },
  },
});

// Account B imports the service.
const b = new Account("B", {
  operator,
  imports: [{ account: a, subject: "test", type: "service" }],
  users: { test: {} },
});

// With `npm start -- --tls`, the servers encrypt connections of clients and routes.
const tlsFolder = config.get("tlsFolder") ?? "";
const pem = (file: string) => readFileSync(join(tlsFolder, file), "utf8");
const tls =
  tlsFolder === "" ? undefined : { certificate: pem("certificate.pem"), key: pem("key.pem"), ca: pem("ca.pem") };

const platform = config.require<"docker" | "process" | "kubernetes">("target", {
  allowedValues: ["docker", "process", "kubernetes"],
});
const inPods: Partial<MixedAuthClusterArgs> = {
  target: { kubernetes: { context: config.get("context") ?? "", namespace: config.get("namespace") ?? "default" } },
  // Certificates are left out here, so pods and their clients trust the network of the Kubernetes cluster.
  parity: {
    accept: {
      "(servers).*.clients": "An example without certificates.",
      "(servers).*.routes": "An example without certificates.",
      "(servers).*.monitoring": "An example without certificates.",
    },
  },
};

const cluster = new MixedAuthCluster<Target>("nats", {
  operator,
  accounts: [a, b],
  ...(platform === "kubernetes" ? inPods : { target: platform }),
  image: config.require("image"),
  staticServer: {
    clientPort: config.requireNumber("staticPort"),
    clusterPort: config.requireNumber("staticClusterPort"),
  },
  operatorServer: {
    clientPort: config.requireNumber("operatorPort"),
    clusterPort: config.requireNumber("operatorClusterPort"),
  },
  ...(tls && { tls }),
});

const users = {
  "SYS/sys": operator.systemAccount.users.sys,
  "A/test": a.users.test,
  "B/test": b.users.test,
};

type User = (typeof users)[keyof typeof users];

function mapUsers<T>(select: (user: User) => pulumi.Output<T>): Record<string, pulumi.Output<T>> {
  return Object.fromEntries(Object.entries(users).map(([name, user]) => [name, select(user)]));
}

/** Client URL of each server: clients log in to the static server with a seed, to the operator server with creds. */
export const clientUrls = cluster.clientUrls;
/** Certificate of the authority, for clients; empty without TLS. */
export const ca = tls?.ca ?? "";
/** Public keys in the configurations. */
export const publicKeys = {
  KO: operator.publicKey,
  SYS: operator.systemAccount.publicKey,
  A: a.publicKey,
  B: b.publicKey,
  ...mapUsers(({ publicKey }) => publicKey),
};
/** Seed of each user, as a secret: `pulumi stack output seeds --show-secrets`. */
export const seeds = mapUsers(({ seed }) => seed);
/** Content of each user's creds file, as a secret. */
export const creds = mapUsers((user) => user.creds);
/** Result of the last verification of the cluster. */
export const checked = cluster.checked;
/** Parity report as a table: how each server enforces each claim. `pulumi stack output parity` prints it. */
export const parity = cluster.parity.apply(parityMarkdown);
/** Parity report as an HTML page. It is marked as secret only to keep it out of previews. */
export const parityPage = pulumi.secret(cluster.parity.apply(parityHtml));
