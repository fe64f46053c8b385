import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, formatDiagnostics, keyPath } from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import {
  revokedCredentialsDiagnostics,
  type IssuedCredentials,
  unmatchedRevocationDiagnostics,
} from "../../model/account/revoked-credentials";
import { hasShape } from "../../model/form/shape";
import { REVOCATIONS, type Revocations } from "../../model/keys/revocations";
import { getOwn } from "../../model/form/order";
import { usersOfSet } from "../../model/users/set-keys";
import { valueIfKnown, type Gate } from "../validation";
import type { AccountSettings } from "./account-args";
import { findGivenKeys, usersOf, type AccountKeys } from "./account-model";
import type { AccountSets } from "./account-sets";

/** Returns the `revocations` argument of an account; none in place of malformed ones, which are problems of the account. */
export function revocationsOf({ revocations }: AccountSettings): pulumi.Output<Revocations> {
  return pulumi
    .output(revocations as pulumi.Input<Revocations> | undefined)
    .apply((known = {}) => (hasShape(REVOCATIONS, known) ? known : {}));
}

/** An account with revocations. */
interface RevokingAccount {
  readonly resource: pulumi.Resource;
  readonly accountName: string;
  readonly args: AccountSettings;
  readonly sets: AccountSets;
  readonly gate: Gate;
}

/**
 * Warns of the users that the revocations of their account lock out, and names the keys in them that no user has. A preview
 * knows the users whose JWTs do not change.
 *
 * @param users the keys of the users by name, apart from those of sets
 */
export async function warnAboutRevoked(account: RevokingAccount, users: AccountKeys["users"]): Promise<void> {
  const revoked = (await valueIfKnown(revocationsOf(account.args))) ?? {};
  if (Object.keys(revoked).length === 0) {
    return;
  }
  await account.gate;
  const issued = Object.entries(users).map(async ([name, { publicKey, issuedAt }]) => {
    const [key, moment] = await Promise.all([valueIfKnown(publicKey), valueIfKnown(issuedAt)]);
    return [name, { publicKey: key, issuedAt: moment }] as const;
  });
  const ofSets = await findSetUsers(account.sets);
  const own = Object.fromEntries(await Promise.all(issued));
  const known = { ...own, ...ofSets.users };
  const subject = `account ${JSON.stringify(account.accountName)}`;
  const locked = revokedCredentialsDiagnostics(known, revoked, nowInSeconds());
  if (locked.length > 0) {
    await pulumi.log.warn(formatDiagnostics(subject, locked), account.resource);
  }
  const keys = await findUserKeys(account.args, own);
  const unmatched =
    keys === undefined || !ofSets.areComplete
      ? []
      : unmatchedRevocationDiagnostics(new Set([...keys, ...keysOf(ofSets.users)]), revoked);
  if (unmatched.length > 0) {
    await pulumi.log.info(
      unmatched.map((found) => `${subject}: ${formatDiagnostic(found)}`).join("\n"),
      account.resource,
    );
  }
}

/** The users of sets, as far as a preview knows them. */
interface SetUsers {
  readonly users: Readonly<Record<string, IssuedCredentials>>;
  readonly areComplete: boolean;
}

async function findSetUsers(sets: AccountSets): Promise<SetUsers> {
  const found = (await sets.all()).map(async ({ keys, issued }) => {
    const texts = pulumi.all([keys.users, keys.keys]);
    const [known, times] = await Promise.all([valueIfKnown(texts), valueIfKnown(issued)]);
    if (known === undefined) {
      return undefined;
    }
    const all = usersOfSet({ role: "", signingKey: "", users: known[0], keys: known[1], issued: times });
    return Object.entries(all).map(([name, { publicKey, issuedAt }]) => [name, { publicKey, issuedAt }] as const);
  });
  const lists = await Promise.all(found);
  return {
    users: Object.fromEntries(lists.flatMap((list) => list ?? [])),
    areComplete: !lists.includes(undefined),
  };
}

function keysOf(users: SetUsers["users"]): string[] {
  return Object.values(users).flatMap(({ publicKey }) => publicKey ?? []);
}

/**
 * Returns the public keys of an account's users. A key that is about to be generated cannot be among its revocations.
 *
 * @returns undefined if a preview does not know a key that the program sets
 */
async function findUserKeys(
  args: AccountSettings,
  users: Readonly<Record<string, IssuedCredentials>>,
): Promise<ReadonlySet<string> | undefined> {
  const given = new Map((await findGivenKeys(args)).map(({ path, key }) => [path, key]));
  const keys = Object.entries(users).map(([name, { publicKey }]) => {
    const { seed, publicKey: own } = getOwn(usersOf(args), name) ?? {};
    const isGenerated = seed === undefined && own === undefined;
    return publicKey ?? (isGenerated ? "" : given.get(keyPath("users", name)));
  });
  return keys.includes(undefined) ? undefined : new Set(keys.flatMap((key) => (typeof key === "string" ? key : [])));
}
