import { ACCESS, type Access } from "../model/access/access";
import type { Account } from "../model/account/account";
import { keyPath, shown, under, type Diagnostic } from "../model/form/diagnostics";
import type { Lifetime } from "../model/keys/lifetime";
import { defined, firstIndexes } from "../model/form/order";
import { revokedUntil } from "../model/keys/revocations";
import type { Role } from "../model/users/roles";
import type { ReadUser } from "./claims/user";
import { ending, writtenTime, type JwtTimes } from "./ending";
import { keyOf, type Context, type Holder, type StoredKey } from "./store-keys";

/** A user of a store, with what it may do, or the role that says so, and from when until when. */
export type StoredUser = Access &
  Pick<Lifetime, "notBefore" | "expires"> &
  StoredKey & { readonly role?: string; readonly tags?: readonly string[] };

/**
 * The users of an account of a store as arguments of a program, by name: where two have one name, the later goes by its key.
 *
 * @param path where messages say that the account is
 */
export function storedUsers(holder: Holder, path: string, context: Context): Record<string, StoredUser> {
  const names = namesOf(holder);
  const named = holder.users.flatMap((user) => storedUser(user, names, holder, path, context));
  return Object.fromEntries(named);
}

/** What the users whom an account of a store lets in are called in a program, by their public keys. */
export function namesOf({ account, users }: Holder): ReadonlyMap<string, string> {
  const letIn = users.filter((user) => refusalOf(user, account) === undefined);
  const firsts = firstIndexes(letIn.map(({ name }) => name));
  return new Map(
    letIn.map(({ name, publicKey }, index) => [
      publicKey,
      name === undefined || firsts.get(name) !== index ? publicKey : name,
    ]),
  );
}

/**
 * A user as the argument of a program.
 *
 * @param names what those are called there whom the account lets in
 * @param path where messages say that its account is
 * @returns its name and the argument; nothing where the account does not let it in
 */
function storedUser(
  user: ReadUser,
  names: ReadonlyMap<string, string>,
  { account }: Holder,
  path: string,
  context: Context,
): [string, StoredUser][] {
  const name = names.get(user.publicKey) ?? user.name ?? user.publicKey;
  const at = keyPath(`${path}.users`, name);
  const refused = refusalOf(user, account);
  if (refused !== undefined) {
    const remedy = "Add the user to the program to let it in again.";
    context.leftOut.push({ path: at, problem: refused, remedy });
    return [];
  }
  if (user.name !== undefined && user.name !== name) {
    const problem = `is called ${shown(user.name)}, as another user of its account is`;
    const remedy = "It goes by its key here. Nothing is to be done.";
    context.leftOut.push({ path: at, problem, remedy });
  }
  const [role, said] = roleOf(user, account) ?? [];
  const { times, strange } = timesOf(user);
  context.leftOut.push(...under(at, [...user.leftOut, ...strange]));
  const tags = user.tags.length === 0 ? {} : { tags: user.tags };
  const rest = { ...tags, ...times, ...keyOf(user.publicKey, context) };
  if (role === undefined || said === undefined) {
    return [[name, { ...user.access, ...rest }]];
  }
  const { signingKey } = said;
  const access = defined<Access>(ACCESS.each((term) => said[term]) as Access);
  // Nobody can sign for a role whose seed is elsewhere: its user says itself what the role says.
  return [[name, { ...(context.seedOf(signingKey) === undefined ? access : { role }), ...rest }]];
}

/** The role whose key signed a user's JWT, with its name. */
function roleOf({ issuer }: ReadUser, { roles = {} }: Account): [string, Role] | undefined {
  return Object.entries(roles).find(([, { signingKey }]) => signingKey === issuer);
}

/** Why the account lets a user of the store in no longer: what the server asks of the JWT, in its order. */
function refusalOf(user: ReadUser, account: Account): string | undefined {
  const isOfRole = roleOf(user, account) !== undefined;
  const keys = [account.publicKey, ...(account.signingKeys ?? [])];
  if (user.account !== account.publicKey || !(isOfRole || keys.includes(user.issuer))) {
    return "is signed by a key that the account does not list";
  }
  if (isOfRole && user.access !== undefined) {
    return "says itself what it may do, which a role's key cannot sign";
  }
  if (!isOfRole && user.access === undefined) {
    return "does not say what it may do, and is of no role";
  }
  return (revokedUntil(account.revocations ?? {}, user.publicKey) ?? -1) >= user.issuedAt ? "is revoked" : undefined;
}

/** When a user's JWT begins and ends, as a program says it; and what no program can say. */
function timesOf(user: ReadUser): { times: Pick<Lifetime, "notBefore" | "expires">; strange: Diagnostic[] } {
  const written = (seconds = 0) => (seconds === 0 ? undefined : writtenTime(seconds));
  const [notBefore, expires] = [written(user.notBefore), written(user.expires)];
  const left = defined<JwtTimes>({
    notBefore: notBefore === undefined ? user.notBefore : undefined,
    expires: expires === undefined ? user.expires : undefined,
  });
  return { times: defined({ notBefore, expires }), strange: ending("", left, "Say in the program what is meant.") };
}
