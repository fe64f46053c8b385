import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Operator, parityHtml, parityMarkdown, type Target } from "pulumi-nats-auth";

const config = new pulumi.Config();

// The operator signs the accounts; servers talk about themselves in its system account.
const operator = new Operator("KO", { systemAccount: { name: "SYS", users: { sys: {} } } });

// A offers the service `test`, and measures how long each request takes.
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

// B uses it.
const b = new Account("B", {
  operator,
  imports: [{ account: a, subject: "test", type: "service" }],
  users: { test: {} },
});

const cluster = new MixedAuthCluster("nats", {
  operator,
  accounts: [a, b],
  target: config.require<Target & string>("target", { allowedValues: ["docker", "process"] }),
  image: config.require("image"),
  static: {
    clientPort: config.requireNumber("staticPort"),
    clusterPort: config.requireNumber("staticClusterPort"),
  },
  operatorServer: {
    clientPort: config.requireNumber("operatorPort"),
    clusterPort: config.requireNumber("operatorClusterPort"),
  },
});

const users = {
  "SYS/sys": operator.systemAccount.users.sys,
  "A/test": a.users.test,
  "B/test": b.users.test,
};

type User = (typeof users)[keyof typeof users];

function ofEachUser<T>(what: (user: User) => pulumi.Output<T>): Record<string, pulumi.Output<T>> {
  return Object.fromEntries(Object.entries(users).map(([name, user]) => [name, what(user)]));
}

/** Where clients connect to: with a seed to the static server, with creds to the operator server. */
export const clientUrls = cluster.clientUrls;
/** Who is who in the configurations. */
export const publicKeys = {
  KO: operator.publicKey,
  SYS: operator.systemAccount.publicKey,
  A: a.publicKey,
  B: b.publicKey,
  ...ofEachUser(({ publicKey }) => publicKey),
};
/** The seed of each user, as a secret: `pulumi stack output seeds --show-secrets`. */
export const seeds = ofEachUser(({ seed }) => seed);
/** The text of each user's credentials file, as a secret. */
export const creds = ofEachUser((user) => user.creds);
/** What the servers said of themselves at the last update. */
export const checked = cluster.checked;
/** How each server is told each claim, as a table: `pulumi stack output parity`. */
export const parity = cluster.parity.apply(parityMarkdown);
/** The same as a page for a browser. It is a secret only so that no preview shows all of it. */
export const parityPage = pulumi.secret(cluster.parity.apply(parityHtml));
