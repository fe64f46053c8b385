import { join } from "node:path";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { putFiles } from "../../provider/servers/process/files";
import { MAIN_FILE } from "../../provider/servers/server";
import type { DeclaredImport } from "../../provider/model/shares/imports";
import { matches } from "../differential/reference/subjects";
import { everywhere, type Comparison } from "../differential/trial";
import { keyOf } from "../support/keys";
import { newCluster, removeCluster } from "../support/local-server";
import { filesOf, type Listeners } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { loginOf, type World } from "../support/world";
import {
  accountClaimsOf,
  activationClaimsOf,
  userClaimsOf,
  type AccountClaims,
  type ImportClaims,
} from "./expected-claims";
import { flatten } from "./flatten";
import type { ConfigAnswer, Oracle } from "./oracle";
import { expectedAccount, expectedCallout, expectedUsers } from "./expected-config";

/** Listeners in the configurations. The oracle's servers do not listen. */
const LISTENERS: Listeners = {
  static: { serverName: "static", clusterName: "nats", clientPort: 4222, clusterPort: 6222 },
  operator: { serverName: "operator", clusterName: "nats", clientPort: 4223, clusterPort: 6223 },
};

/** Compares everything rendered from a model with what the NATS project's code reads in it. */
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
      const read = (side: Side) => flatten(found[side]?.accounts[keyOf("account", account.name)]);
      const places = SIDES.map((side) => {
        return [side, { expected: flatten(expectedAccount(account, side)), observed: read(side) }] as const;
      });
      return { about: `account ${account.name}`, places: Object.fromEntries(places) };
    });
    const callout = { static: flatten(found.static?.callout), operator: flatten(found.operator?.callout) };
    const expected = { static: flatten(expectedCallout(accounts)), operator: {} };
    const places = SIDES.map((side) => [side, { expected: expected[side], observed: callout[side] }] as const);
    return [
      ...ofAccounts,
      ...accounts.map((account) => aboutUsers(account, found.static?.users ?? {})),
      { about: "authorization", places: Object.fromEntries(places) },
    ];
  } finally {
    removeCluster(folder);
  }
}

function aboutUsers(account: AccountDeclaration, users: ConfigAnswer["users"]): Comparison {
  const key = keyOf("account", account.name);
  const own = Object.entries(users).filter(([, user]) => (user as { readonly account: string }).account === key);
  return everywhere(`users of ${account.name}`, flatten(expectedUsers(account)), {
    static: flatten(Object.fromEntries(own)),
  });
}

async function aboutTokens(oracle: Oracle, { tokens, ...world }: World, accounts: readonly AccountDeclaration[]) {
  const found: Comparison[] = [];
  for (const account of accounts) {
    const token = tokens.accounts[keyOf("account", account.name)] ?? "";
    const activations = activationsIn(token);
    const claims = withActivations(accountClaimsOf(account), activations);
    found.push(await aboutToken(oracle, `token of ${account.name}`, token, claims));
    found.push(...(await aboutActivations(oracle, account, accounts, activations)));
    for (const user of Object.keys(account.users ?? {})) {
      const name = `${account.name}/${user}`;
      const { jwt } = loginOf({ tokens, ...world }, name);
      found.push(await aboutToken(oracle, `token of ${name}`, jwt, userClaimsOf(account, user)));
    }
  }
  return found;
}

/** Returns the activations in an account JWT, by the label of their import. */
function activationsIn(token: string): ReadonlyMap<string, string> {
  const { nats } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
    readonly nats: { readonly imports?: readonly (ImportClaims & { readonly token?: string })[] };
  };
  return new Map((nats.imports ?? []).flatMap((entry) => (entry.token ? [[labelOf(entry), entry.token]] : [])));
}

function labelOf({ type, subject, account, local_subject: local = "" }: ImportClaims): string {
  return [type, subject, account, local].join(" ");
}

/** Accepts any activation: they are compared separately. */
function withActivations(claims: AccountClaims, activations: ReadonlyMap<string, string>): AccountClaims {
  const imports = claims.nats.imports?.map((entry) => ({ ...entry, token: activations.get(labelOf(entry)) }));
  return { ...claims, nats: { ...claims.nats, imports } };
}

/** Compares the activations: each import of a private export has one, and no other import has. */
async function aboutActivations(
  oracle: Oracle,
  { name, imports = [] }: AccountDeclaration,
  accounts: readonly AccountDeclaration[],
  activations: ReadonlyMap<string, string>,
): Promise<Comparison[]> {
  const wanted = imports.filter((entry) => isPrivate(entry, accounts));
  const count = { wanted: String(wanted.length), found: String(activations.size) };
  const found = [everywhere(`activations of ${name}`, { count: count.wanted }, { token: { count: count.found } })];
  for (const entry of wanted) {
    const claims = activationClaimsOf(entry, name);
    const { type, localSubject: local } = entry;
    const label = labelOf({ ...claims.nats, type, account: claims.iss, local_subject: local });
    const token = activations.get(label) ?? "";
    found.push(await aboutToken(oracle, `activation of ${name} for ${entry.subject}`, token, claims));
  }
  return found;
}

/** True for an import of a private export. Of several exports, one is exact, or all have the same importers. */
function isPrivate({ account, subject, type }: DeclaredImport, accounts: readonly AccountDeclaration[]): boolean {
  const { exports = [] } = accounts.find(({ name }) => name === account) ?? {};
  const offers = exports.filter((entry) => entry.type === type && matches(entry.subject, subject));
  return (offers.find((entry) => entry.subject === subject) ?? offers[0])?.importers !== undefined;
}

/** Claims that do not come from the model. */
const NOT_OF_MODEL = [".iat", ".jti", ".iss"];

async function aboutToken(oracle: Oracle, about: string, token: string, expected: unknown): Promise<Comparison> {
  const { claims, findings, unknown } = await oracle.token(token);
  const problems = findings.filter(({ blocking }) => blocking).map(({ problem }) => problem);
  const read = { ...flatten(claims), ...flatten({ problems, unknown }) };
  const wanted = flatten(expected);
  const observed = Object.entries(read).filter(([path]) => path in wanted || !NOT_OF_MODEL.includes(path));
  return everywhere(about, wanted, { "Go's JWT library": Object.fromEntries(observed) });
}
