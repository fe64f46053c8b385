import { join } from "node:path";
import type { AccountDeclaration } from "../../provider/model/account";
import { SIDES, type Side } from "../../provider/servers/places";
import { putFiles } from "../../provider/servers/process/files";
import { MAIN_FILE } from "../../provider/servers/server";
import { everywhere, type Comparison } from "../differential/trial";
import { keyOf } from "../support/keys";
import { newCluster, removeCluster } from "../support/local-server";
import { filesOf, type Listeners } from "../support/pair";
import { loginOf, type World } from "../support/world";
import { accountClaimsOf, userClaimsOf } from "./claims";
import { flat } from "./flat";
import type { ConfigAnswer, Oracle } from "./oracle";
import { understoodAccount, understoodUsers } from "./understanding";

/** Where the servers would listen that the oracle makes: they do not. */
const LISTENERS: Listeners = {
  static: { serverName: "static", clusterName: "nats", clientPort: 4222, clusterPort: 6222 },
  operator: { serverName: "operator", clusterName: "nats", clientPort: 4223, clusterPort: 6223 },
};

/** Holds everything that was made of a model against what the code of the NATS project reads in it. */
export async function consult(oracle: Oracle, world: World, accounts: readonly AccountDeclaration[]) {
  return [...(await aboutConfigs(oracle, world, accounts)), ...(await aboutTokens(oracle, world, accounts))];
}

async function aboutConfigs(oracle: Oracle, world: World, accounts: readonly AccountDeclaration[]) {
  const folder = newCluster();
  try {
    const found: Partial<Record<Side, ConfigAnswer>> = {};
    for (const side of SIDES) {
      await putFiles(folder, filesOf(side, world, LISTENERS));
      const keys = accounts.map(({ name }) => keyOf("account", name));
      found[side] = await oracle.config(join(folder, MAIN_FILE), keys);
    }
    const ofAccounts = accounts.map((account): Comparison => {
      const read = (side: Side) => flat(found[side]?.accounts[keyOf("account", account.name)]);
      const places = SIDES.map((side) => {
        return [side, { expected: flat(understoodAccount(account, side)), observed: read(side) }] as const;
      });
      return { about: `account ${account.name}`, places: Object.fromEntries(places) };
    });
    return [...ofAccounts, ...accounts.map((account) => aboutUsers(account, found.static?.users ?? {}))];
  } finally {
    removeCluster(folder);
  }
}

function aboutUsers(account: AccountDeclaration, users: ConfigAnswer["users"]): Comparison {
  const key = keyOf("account", account.name);
  const own = Object.entries(users).filter(([, user]) => (user as { readonly account: string }).account === key);
  return everywhere(`users of ${account.name}`, flat(understoodUsers(account)), {
    static: flat(Object.fromEntries(own)),
  });
}

async function aboutTokens(oracle: Oracle, { tokens, ...world }: World, accounts: readonly AccountDeclaration[]) {
  const found: Comparison[] = [];
  for (const account of accounts) {
    const token = tokens.accounts[keyOf("account", account.name)] ?? "";
    found.push(await aboutToken(oracle, `token of ${account.name}`, token, accountClaimsOf(account)));
    for (const user of Object.keys(account.users ?? {})) {
      const name = `${account.name}/${user}`;
      const { jwt } = loginOf({ tokens, ...world }, name);
      found.push(await aboutToken(oracle, `token of ${name}`, jwt, userClaimsOf(account, user)));
    }
  }
  return found;
}

/** When a token was issued, and what identifies it, is nothing that a model says. */
const OF_THE_TOKEN = [".iat", ".jti", ".iss"];

async function aboutToken(oracle: Oracle, about: string, token: string, expected: unknown): Promise<Comparison> {
  const { claims, findings, unknown } = await oracle.token(token);
  const problems = findings.filter(({ blocking }) => blocking).map(({ problem }) => problem);
  const read = { ...flat(claims), ...flat({ problems, unknown }) };
  const wanted = flat(expected);
  const observed = Object.entries(read).filter(([path]) => path in wanted || !OF_THE_TOKEN.includes(path));
  return everywhere(about, wanted, { "Go's JWT library": Object.fromEntries(observed) });
}
