import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  ClusterVerification,
  credsSecrets,
  Operator,
  type DeployedServerArgs,
  type HelmRelease,
  type Mode,
} from "pulumi-nats-auth";

const config = new pulumi.Config();
const releases = config.requireObject<Record<Mode, HelmRelease>>("releases");
const namespace = config.require("namespace");

const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
const a = new Account("A", {
  operator,
  exports: [{ subject: "test", type: "service" }],
  users: {
    test: { permissions: { publish: { allow: ["_INBOX.>", "_R_.>", ...config.requireObject<string[]>("subjects")] } } },
  },
});
const b = new Account("B", {
  operator,
  imports: [{ account: a, subject: "test", type: "service" }],
  users: { test: {} },
});

const auth = new AuthConfiguration("nats", {
  operator,
  accounts: [a, b],
  settings: { maxPayload: "512KiB" },
  // Nothing listens there: the servers try to connect.
  remotes: {
    hub: {
      urls: ["tls://127.0.0.1:1"],
      account: a,
      user: "edge",
      password: config.require("hubPassword"),
      verification: "disabled",
    },
  },
});

export const values = {
  static: auth.helmValues("static", { releases }),
  operator: auth.helmValues("operator", { releases }),
};
export const secrets = { a: credsSecrets(a, { namespace }), b: credsSecrets(b, { namespace }) };

const servers = config.getObject<Record<string, DeployedServerArgs>>("servers");
export const verified =
  servers === undefined
    ? undefined
    : new ClusterVerification("nats", {
        configuration: auth,
        user: operator.systemAccount.users.sys,
        timeout: "30s",
        servers,
      }).verified;
