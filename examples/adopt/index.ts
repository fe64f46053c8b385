import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Nkey, Operator, type ParitySettings, type Target } from "pulumi-nats-auth";
import { mergeAdopted, readNscStore, readStaticConfig, type Adopted } from "pulumi-nats-auth/adopt";

const config = new pulumi.Config();

/** Reads a file or folder if its path is configured. */
function readConfigured<T>(key: string, read: (path: string) => T): T | undefined {
  const path = config.get(key);
  return path === undefined ? undefined : read(path);
}

// The nsc store. When all clients have new creds, set `revokedUntil` to revoke those that nsc created.
const nsc = readConfigured("store", (store) =>
  readNscStore({ store, keystore: config.get("keystore"), revokedUntil: config.get("revokedUntil") }),
);

// The configuration of a server without JWTs. Its accounts get keys, because the operator server identifies accounts by
// public keys.
const file = readConfigured("configuration", (path) =>
  readStaticConfig({
    file: path,
    accountKey: (name) => new Nkey(name, { kind: "account" }),
    names: config.getObject<Record<string, string>>("names") ?? {},
    accept: config.getObject<Record<string, string>>("accept") ?? {},
  }),
);

// The same public key in both is the same account or user: everything about it comes from the store.
const sources = [nsc, file].filter((adopted) => adopted !== undefined);
const adopted = sources.reduce<Adopted | undefined>(
  (store, own) => (store === undefined ? own : mergeAdopted(store, own, config.getObject("acceptDifferences") ?? {})),
  undefined,
);
const operator = new Operator("operator", adopted?.operator ?? {});

const accounts = Object.entries(adopted?.accounts ?? {}).map(
  ([name, settings]) => new Account(name, { operator, ...settings }),
);

const cluster = new MixedAuthCluster("adopted", {
  operator,
  accounts,
  jetstream: {}, // required by accounts with streams
  parity: config.getObject<ParitySettings>("parity") ?? {},
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

const users = [operator.systemAccount, ...accounts].flatMap((account) =>
  Object.entries(account.users).map(([name, user]) => ({ name: `${account.accountName}/${name}`, ...user })),
);

/** Client URL of each server: clients log in to the static server with their existing seeds, to the operator server with creds. */
export const clientUrls = cluster.clientUrls;
/** Public keys of the users, which stay the same. */
export const publicKeys = Object.fromEntries(users.map(({ name, publicKey }) => [name, publicKey]));
/** New creds of the users whose seeds were found, as secrets. */
export const creds = Object.fromEntries(users.map((user) => [user.name, user.creds]));
/** New JWTs, for users whose seeds were not found: a JWT and its seed make creds. */
export const jwts = Object.fromEntries(users.map(({ name, jwt }) => [name, jwt]));
/** Result of the last verification of the cluster. */
export const checked = cluster.checked;
