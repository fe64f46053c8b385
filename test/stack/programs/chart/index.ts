import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  ClusterVerification,
  credsSecrets,
  Operator,
  UserSet,
  type DeployedServerArgs,
  type HelmRelease,
  type HelmTls,
  type Mode,
  type PodNamespace,
} from "pulumi-nats-auth";

const config = new pulumi.Config();
const releases = config.requireObject<Record<Mode, HelmRelease>>("releases");
const namespace = config.require("namespace");
const tls = config.getObject<HelmTls>("tls");
const ca = config.get("ca");
const jetstream = config.getBoolean("jetstream") === true;
const maxSubscriptions = config.getNumber("maxSubscriptions");

const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
const a = new Account("A", {
  operator,
  exports: [{ subject: "test", type: "service" }],
  ...(jetstream ? { jetstream: {} } : {}),
  roles: { device: {} },
  users: {
    test: { permissions: { publish: { allow: ["_INBOX.>", "_R_.>", ...config.requireObject<string[]>("subjects")] } } },
  },
});
const b = new Account("B", {
  operator,
  imports: [{ account: a, subject: "test", type: "service" }],
  users: { test: {} },
});

const devices = new UserSet("devices", { account: a, role: "device", users: { "d-1": {}, "d-2": {} } });

const auth = new AuthConfiguration("nats", {
  operator,
  accounts: [a, b],
  ...(jetstream ? { jetstream: { fileStorage: "64MiB" } } : {}),
  settings: { maxPayload: "512KiB", ...(maxSubscriptions === undefined ? {} : { maxSubscriptions }) },
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

const args = { releases, ...(tls && { tls }) };
export const values = { static: auth.helmValues("static", args), operator: auth.helmValues("operator", args) };
export const secrets = {
  a: credsSecrets(a, { namespace }),
  b: credsSecrets(b, { namespace }),
  devices: credsSecrets(devices, { namespace }),
};

/** The state contains the configuration of the stack in plain text, so a kubeconfig is in a file. */
function access(): Omit<PodNamespace, "namespace"> {
  const [file, context] = [config.get("kubeconfigFile"), config.get("context")];
  return { ...(file && { kubeconfig: readFileSync(file, "utf8") }), ...(context && { context }) };
}

const servers = config.getObject<Record<string, DeployedServerArgs>>("servers");
export const verified =
  servers === undefined
    ? undefined
    : new ClusterVerification("nats", {
        configuration: auth,
        user: operator.systemAccount.users.sys,
        timeout: config.get("timeout") ?? "30s",
        servers,
        kubernetes: { namespace, ...access() },
        ...(ca === undefined ? {} : { tls: { ca } }),
      }).verified;
