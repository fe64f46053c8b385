import { createHash } from "node:crypto";
import { SetCredentials } from "../../provider/components/user-set/set-credentials";
import { formatCreds } from "../../provider/jwt/sign";
import type { Account } from "../../provider/model/account/account";
import { omitUndefined } from "../../provider/model/form/order";
import { formatIssued, planKeys, usersOfSet, type SetKeys } from "../../provider/model/users/set-keys";
import { formatLines } from "../../provider/model/users/set-text";
import { formatUsers, type SetUser } from "../../provider/model/users/set-users";
import { keyOf, seedOf } from "../support/keys";
import { ISSUED_AT, roleLabel, type Login, type World } from "../support/world";

/**
 * Moves half of the users of the first role of each account to a set, with their keys: servers must decide about them as before, and
 * as about the others.
 */
export async function withUserSets({ model, tokens, logins }: World): Promise<World> {
  const moved = await Promise.all(model.accounts.map(withUserSet));
  return {
    model: { ...model, accounts: moved.map(({ account }) => account) },
    tokens,
    logins: Object.assign({ ...logins }, ...moved.map((one) => one.logins)) as World["logins"],
  };
}

type Logins = Readonly<Record<string, Login>>;

async function withUserSet(account: Account): Promise<{ readonly account: Account; readonly logins: Logins }> {
  const [role, own] = Object.entries(account.roles ?? {})[0] ?? [];
  const members = Object.entries(account.users).filter(([name, user]) => user.role === role && isMoved(name));
  if (role === undefined || own === undefined || members.length === 0) {
    return { account, logins: {} };
  }
  const label = (user: string) => `${account.name}/${user}`;
  const users = formatUsers(new Map(members.map(([name, { tags }]) => [name, omitUndefined<SetUser>({ tags })])));
  const maker = {
    supplied: (user: string) => keyOf("user", label(user)),
    suppliedEnd: () => undefined,
    derive: () => Promise.resolve(undefined),
  };
  const { keys = "" } = await planKeys(undefined, { users }, maker, ISSUED_AT);
  const issued = formatIssued(new Map(members.map(([name]) => [name, ISSUED_AT])));
  const set = { role, signingKey: own.signingKey, users, keys, issued } satisfies SetKeys;
  const credentials = new SetCredentials({
    set,
    account: account.publicKey,
    signer: seedOf("account", roleLabel(account.name, role)),
    since: 1,
    given: formatLines(members.map(([name]) => [name, seedOf("user", label(name))] as const)),
  });
  const entries = members.map(([name, { publicKey }]): [string, Login] => {
    const [jwt = "", seed = ""] = [credentials.jwt(name), credentials.seed(name)];
    return [label(name), { publicKey, seed, jwt, creds: formatCreds(jwt, seed) }];
  });
  const others = Object.entries(account.users).filter((entry) => !members.some(([name]) => name === entry[0]));
  return {
    account: { ...account, users: { ...Object.fromEntries(others), ...usersOfSet(set) } },
    logins: Object.fromEntries(entries),
  };
}

/** Depends on the name alone, so that a repeated run moves the same users. */
function isMoved(name: string): boolean {
  return createHash("sha256").update(name).digest().readUInt8() % 2 === 0;
}
