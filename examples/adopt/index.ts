import * as pulumi from "@pulumi/pulumi";
import { Account, MixedAuthCluster, Nkey, Operator, type ParitySettings, type Target } from "pulumi-nats-auth";
import { readNscStore, readStaticConfig } from "pulumi-nats-auth/adopt";

const config = new pulumi.Config();

/** What there is of a thing that not everybody has. */
function ifGiven<T>(key: string, read: (path: string) => T): T | undefined {
  const path = config.get(key);
  return path === undefined ? undefined : read(path);
}

// What nsc has. Once everybody has new creds, `revokedUntil` ends those that nsc made.
const nsc = ifGiven("store", (store) =>
  readNscStore({ store, keystore: config.get("keystore"), revokedUntil: config.get("revokedUntil") }),
);

// What the server has that knows no JWTs. Its accounts get keys, since the other server knows accounts by keys alone.
const file = ifGiven("configuration", (path) =>
  readStaticConfig({
    file: path,
    accountKey: (name) => new Nkey(name, { kind: "account" }),
    names: config.getObject<Record<string, string>>("names") ?? {},
  }),
);

// Where both have one, the system account is the store's, with the users of both.
const [ofStore, ofFile] = [nsc, file].map((adopted) => adopted?.operator.systemAccount);
const operator = new Operator("operator", {
  ...nsc?.operator,
  systemAccount: { ...(ofStore ?? ofFile), users: { ...ofStore?.users, ...ofFile?.users } },
});

const accounts = Object.entries({ ...nsc?.accounts, ...file?.accounts }).map(
  ([name, settings]) => new Account(name, { operator, ...settings }),
);

const cluster = new MixedAuthCluster("adopted", {
  operator,
  accounts,
  jetstream: {}, // for accounts that may have streams
  parity: config.getObject<ParitySettings>("parity") ?? {},
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

const users = [operator.systemAccount, ...accounts].flatMap((account) =>
  Object.entries(account.users).map(([name, user]) => ({ name: `${account.accountName}/${name}`, ...user })),
);

/** Where clients connect to: with the seeds that they have to the static server, with creds to the operator server. */
export const clientUrls = cluster.clientUrls;
/** Who is who, as before. */
export const publicKeys = Object.fromEntries(users.map(({ name, publicKey }) => [name, publicKey]));
/** New creds of those whose seeds were found, as secrets. */
export const creds = Object.fromEntries(users.map((user) => [user.name, user.creds]));
/** New JWTs, for those who keep their seeds to themselves: a JWT and a seed make creds. */
export const jwts = Object.fromEntries(users.map(({ name, jwt }) => [name, jwt]));
/** What has no place in the new cluster. */
export const leftOut = [nsc, file].flatMap((adopted) => adopted?.leftOut ?? []);
/** What the servers said of themselves at the last update. */
export const checked = cluster.checked;
