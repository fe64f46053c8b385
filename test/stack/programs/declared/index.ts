import { readFileSync } from "node:fs";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  MixedAuthCluster,
  Operator,
  UserSet,
  type AccountSettings,
  type AnyNames,
  type ServerArgs,
  type Target,
} from "pulumi-nats-auth";
import type { Declaration } from "./declaration";

interface StatefulSetProps {
  readonly spec: { readonly template: { readonly spec: { tolerations?: object[] } } };
}

const config = new pulumi.Config();
const declaration = JSON.parse(readFileSync(config.require("declaration"), "utf8")) as Declaration;

const operator = new Operator("KO", {
  systemAccount: { name: "SYS", users: { sys: {} } },
  ...declaration.operator,
  ...(declaration.hidden === undefined ? {} : { name: pulumi.secret(declaration.hidden) }),
});
const accounts = new Map<string, Account<AnyNames>>();
const sets = new Map<string, { set: UserSet; account: string; shown: readonly string[] }>();
for (const [name, { imports, sets: declaredSets = {}, ...settings }] of Object.entries(declaration.accounts ?? {})) {
  const args: AccountSettings = {
    ...settings,
    ...(declaration.hidden === undefined ? {} : { description: pulumi.secret(declaration.hidden) }),
    ...(imports === undefined
      ? {}
      : { imports: imports.map(({ account, ...terms }) => ({ ...terms, account: declared(account) })) }),
  };
  const account = new Account(name, { ...args, operator });
  accounts.set(name, account);
  for (const [setName, { shown, alias, ...own }] of Object.entries(declaredSets)) {
    const users =
      own.users !== undefined && declaration.hidden !== undefined ? { users: pulumi.secret(own.users) } : {};
    const aliases = alias === undefined ? {} : { aliases: [{ name: alias }] };
    const set = new UserSet(setName, { ...own, ...users, account }, aliases);
    sets.set(setName, { set, account: name, shown: shown ?? Object.keys(own.users ?? {}) });
  }
}

const {
  dockerHost,
  clusterName,
  routes,
  bindAddress,
  clusterAddress,
  monitoringAddress,
  limits,
  settings,
  tls,
  remotes,
  leafNodes,
  websocket,
  mqtt,
  jetstream,
  discardStreams,
  parity,
  verification,
} = declaration;
const named = config.get<Target & string>("target", { allowedValues: ["docker", "process"] }) ?? "docker";
const target: Target =
  declaration.kubernetes === undefined
    ? limits === undefined || named === "process"
      ? named
      : { docker: limits }
    : { kubernetes: declaration.kubernetes };
const material = declaration.dockerMaterial && {
  ...declaration.dockerMaterial,
  keyMaterial: pulumi.secret(declaration.dockerMaterial.keyMaterial),
};
const providers = dockerHost === undefined ? [] : [new docker.Provider("elsewhere", { host: dockerHost, ...material })];

const hosts = Object.entries(declaration.hosts ?? {}).map(([name, { engine, ...host }]) => {
  return [name, { ...host, ...(engine && { provider: new docker.Provider(name, { host: engine }) }) }] as const;
});

/** The ports of a server on this machine. In Kubernetes, each pod has an address of its own, and default ports. */
function portsOf(side: "static" | "operator"): ServerArgs {
  return declaration.kubernetes === undefined
    ? {
        clientPort: config.requireNumber(`${side}Port`),
        clusterPort: config.requireNumber(`${side}ClusterPort`),
      }
    : {};
}

const cluster = new MixedAuthCluster(
  "nats",
  {
    operator,
    accounts: [...accounts.values()],
    target,
    image: config.require("image"),
    ...(clusterName === undefined ? {} : { clusterName }),
    ...(routes === undefined ? {} : { routes }),
    ...(bindAddress === undefined ? {} : { bindAddress }),
    ...(clusterAddress === undefined ? {} : { clusterAddress }),
    ...(monitoringAddress === undefined ? {} : { monitoringAddress }),
    ...(settings === undefined ? {} : { settings }),
    ...(tls === undefined ? {} : { tls }),
    ...(remotes === undefined ? {} : { remotes }),
    ...(leafNodes === undefined ? {} : { leafNodes }),
    ...(websocket === undefined ? {} : { websocket }),
    ...(mqtt === undefined ? {} : { mqtt }),
    ...(jetstream === undefined ? {} : { jetstream }),
    ...(discardStreams === undefined ? {} : { discardStreams }),
    ...(parity === undefined ? {} : { parity }),
    ...(verification === undefined ? {} : { verification }),
    ...(declaration.servers === undefined
      ? {
          staticServer: { ...portsOf("static"), ...declaration.staticServer },
          operatorServer: { ...portsOf("operator"), ...declaration.operatorServer },
        }
      : { servers: declaration.servers }),
    ...(hosts.length === 0 ? {} : { hosts: Object.fromEntries(hosts) }),
  },
  { providers, transforms: [tolerate] },
);

/** Sets what has no argument. */
function tolerate({ type, props, opts }: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  if (type !== "kubernetes:apps/v1:StatefulSet" || declaration.toleration === undefined) {
    return undefined;
  }
  (props as StatefulSetProps).spec.template.spec.tolerations = [{ key: declaration.toleration, operator: "Exists" }];
  return { props, opts };
}

const { edge } = declaration;
const edgeUser = edge && accounts.get(edge.account)?.users[edge.user];
export const leafNode = edgeUser && cluster.leafNodeRemotes(edgeUser, { credentials: edge.credentials });

export const clientUrls = cluster.clientUrls;
export const serviceUrls = cluster.serviceUrls;
export const nodePorts = cluster.nodePorts;
export const checked = cluster.checked;
export const network = cluster.network;
export const operatorJwt = operator.jwt;
export const identitySeed = operator.identitySeed;
export const publicKeys: Record<string, pulumi.Output<string>> = {
  KO: operator.publicKey,
  SYS: operator.systemAccount.publicKey,
};
export const seeds: Record<string, pulumi.Output<string | undefined>> = {};
export const creds: Record<string, pulumi.Output<string | undefined>> = {};
export const jwts: Record<string, pulumi.Output<string>> = {};
for (const [name, account] of new Map<string, Account<AnyNames>>([["SYS", operator.systemAccount], ...accounts])) {
  publicKeys[name] = account.publicKey;
  for (const [user, login] of Object.entries(account.users)) {
    const path = `${name}/${user}`;
    publicKeys[path] = login.publicKey;
    seeds[path] = login.seed;
    creds[path] = login.creds;
    jwts[path] = login.jwt;
  }
}
for (const { set, account, shown } of sets.values()) {
  for (const user of shown) {
    const path = `${account}/${user}`;
    publicKeys[path] = set.publicKeys.apply((keys) => keys[user] ?? "");
    seeds[path] = set.seed(user);
    creds[path] = set.creds(user);
    jwts[path] = set.jwt(user).apply((jwt) => jwt ?? "");
  }
}

/** An account that stands before the one that imports from it. */
function declared(name: string): Account<AnyNames> {
  const account = accounts.get(name);
  if (account === undefined) {
    throw new Error(`the account ${name} is declared after one that imports from it`);
  }
  return account;
}
