import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Account, AuthConfiguration, ClusterVerification, Operator, type DeployedServerArgs } from "pulumi-nats-auth";

const config = new pulumi.Config();
const HOST = "127.0.0.1";

const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
const a = new Account("A", {
  operator,
  exports: [{ subject: config.require("subject"), type: "service" }],
  users: { test: { permissions: { publish: { allow: ["test.>"] } } } },
});

const auth = new AuthConfiguration("nats", {
  operator,
  accounts: [a],
  servers: {
    n1: {
      mode: "static",
      host: HOST,
      bindAddress: HOST,
      clientPort: config.requireNumber("staticPort"),
      clusterPort: config.requireNumber("staticClusterPort"),
    },
    n2: {
      mode: "operator",
      host: HOST,
      bindAddress: HOST,
      clientPort: config.requireNumber("operatorPort"),
      clusterPort: config.requireNumber("operatorClusterPort"),
    },
  },
});

// What deploys the servers gets files: here, the test reads them.
if (!pulumi.runtime.isDryRun()) {
  for (const name of ["n1", "n2"] as const) {
    pulumi.all([auth.configs[name], auth.routes[name]]).apply(([main, routes]) => {
      const files = { "nats.conf": main, "routes.conf": routes };
      writeFileSync(join(config.require("folder"), `${name}.json`), JSON.stringify(files));
    });
  }
}

export const routes = auth.routes;
export const seed = a.users.test.seed;
export const verified = config.getBoolean("verify")
  ? new ClusterVerification("nats", {
      configuration: auth,
      user: operator.systemAccount.users.sys,
      timeout: "3s",
      ...(config.get("servers") === undefined
        ? {}
        : { servers: config.requireObject<Record<string, DeployedServerArgs>>("servers") }),
    }).verified
  : undefined;
