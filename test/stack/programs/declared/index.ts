import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import * as docker from "@pulumi/docker";
import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  credsSecrets,
  MixedAuthCluster,
  Operator,
  UserSet,
  type AccountSettings,
  type AnyNames,
  type ServerArgs,
  type Target,
} from "pulumi-nats-auth";
import type { Declaration } from "./declaration";

interface ServiceProps {
  readonly spec: { loadBalancerIP?: string };
}

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
/** The numbers of users whose creds were handed out. */
export const handedOut: pulumi.Output<number>[] = [];
export const lateSets: Promise<unknown>[] = [];
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
  for (const [setName, { shown, alias, parent, handOut, late, ...own }] of Object.entries(declaredSets)) {
    const users =
      own.users !== undefined && declaration.hidden !== undefined ? { users: pulumi.secret(own.users) } : {};
    const options = {
      ...(alias === undefined ? {} : { aliases: [{ name: alias }] }),
      ...(parent === undefined ? {} : { parent: new pulumi.ComponentResource("test:index:Parent", parent) }),
    };
    const create = () => new UserSet(setName, { ...own, ...users, account }, options);
    if (late === true) {
      lateSets.push(setImmediate().then(() => create().publicKeys));
      continue;
    }
    const set = create();
    sets.set(setName, { set, account: name, shown: shown ?? Object.keys(own.users ?? {}) });
    if (handOut !== undefined) {
      handedOut.push(set.handOut((user) => writeFile(join(handOut, `${user.name}.creds`), user.creds)));
    }
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
  { providers, transforms: [tolerate, balance] },
);

/** Sets what has no argument. */
function tolerate({ type, props, opts }: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  if (type !== "kubernetes:apps/v1:StatefulSet" || declaration.toleration === undefined) {
    return undefined;
  }
  (props as StatefulSetProps).spec.template.spec.tolerations = [{ key: declaration.toleration, operator: "Exists" }];
  return { props, opts };
}

/** Requests the address of a load balancer. */
function balance({
  type,
  name,
  props,
  opts,
}: pulumi.ResourceTransformArgs): pulumi.ResourceTransformResult | undefined {
  const { [name]: address } = declaration.loadBalancers ?? {};
  if (type !== "kubernetes:core/v1:Service" || address === undefined) {
    return undefined;
  }
  (props as ServiceProps).spec.loadBalancerIP = address;
  return { props, opts };
}

const { edge } = declaration;
const edgeUser = edge && accounts.get(edge.account)?.users[edge.user];
export const leafNode = edgeUser && cluster.leafNodeRemotes(edgeUser, { credentials: edge.credentials });

export const clientUrls = cluster.clientUrls;
export const serviceUrls = cluster.serviceUrls;
export const { nodePorts, listenerNodePorts, loadBalancers } = cluster;
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

/** The names of the Secrets of users. */
export const userSecrets: Record<string, string> = {};
const { secretsIn: namespace } = declaration;
if (namespace !== undefined) {
  // oxlint-disable-next-line typescript/no-require-imports -- few programs need it, and it takes a second
  const { core } = require("@pulumi/kubernetes") as typeof kubernetes;
  for (const [name, account] of accounts) {
    for (const [user, secret] of Object.entries(credsSecrets(account, { namespace }))) {
      new core.v1.Secret(`${name}/${user}`, secret);
      userSecrets[`${name}/${user}`] = secret.metadata.name;
    }
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
