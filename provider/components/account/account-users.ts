import * as pulumi from "@pulumi/pulumi";
import { credsText } from "../../jwt/creds";
import { issueTime } from "../../jwt/sign";
import { holdsAt } from "../../model/keys/lifetime";
import { defined, own } from "../../model/form/order";
import { nowInSeconds } from "../../resources/dynamic";
import { User, type UserResourceArgs } from "../../resources/user";
import type { GivenUsers, UserArgs } from "./account-args";
import type { Keys } from "./account-model";
import type { AccountRole } from "./account-roles";
import { versionOf } from "./rotation";
import { behind, type Gate } from "../validation";

/**
 * What a user logs in with.
 *
 * @typeParam Secret the type of what is secret: undefined where the user keeps the seed
 */
export interface AccountUser<Secret extends string | undefined = string | undefined> {
  /** The public key (`U…`). */
  readonly publicKey: pulumi.Output<string>;
  /** The seed (`SU…`), as a secret: for the static server. Undefined where the user keeps it. */
  readonly seed: pulumi.Output<Secret>;
  /** The text of a credentials file, as a secret: for the operator server. Undefined where the user keeps the seed. */
  readonly creds: pulumi.Output<Secret>;
  /** The JWT, which is of no use without the seed. */
  readonly jwt: pulumi.Output<string>;
  /** When the creds end, in UTC; undefined where they do not. */
  readonly expires: pulumi.Output<string | undefined>;
}

/** The users of an account by name. Who is given no public key has a seed for sure. */
export type UsersOf<Users extends GivenUsers> = {
  readonly [Name in keyof Users]: AccountUser<unknown extends Users[Name] ? string : string | undefined>;
};

/** The account that a user belongs to. */
interface Owner {
  readonly account: pulumi.Resource & {
    readonly accountName: string;
    readonly publicKey: pulumi.Output<string>;
    readonly gate: Gate;
  };
  readonly roles: Readonly<Record<string, AccountRole>>;
}

/** A user that was made: what it logs in with, and the keys by which servers know it. */
interface Made {
  readonly login: AccountUser;
  readonly keys: Keys["users"][string];
}

/**
 * Makes a user of an account.
 *
 * @param name the resource's
 */
export function accountUser(name: string, userName: string, user: UserArgs, { account, roles }: Owner): Made {
  const { accountName, publicKey, gate } = account;
  const args = { name: behind(gate, userName), account: publicKey, ...givenOf(user, roles) };
  const made = new User(name, args, { parent: account });
  const { id, seed, jwt, signingKey } = made;
  const times = timesOf(user, made);
  times.expires.apply((end) => {
    warnOfEnd(`${accountName}/${userName}`, end, account);
  });
  return {
    login: { publicKey: id, seed, creds: credsOf(made), jwt, expires: times.expires },
    keys: { publicKey: id, signingKey, issuedAt: jwt.apply(issueTime), ...times },
  };
}

function givenOf(user: UserArgs, roles: Owner["roles"]): Omit<UserResourceArgs, "name" | "account"> {
  const { seed, publicKey, tags, role, lifetime, renewBefore, expires, notBefore, rotation } = user;
  // A role whose key is kept elsewhere signs no user: the gate is closed then.
  const signer = role === undefined ? undefined : (own(roles, role)?.seed as pulumi.Output<string> | undefined);
  const times = { lifetime, renewBefore, expires, notBefore };
  return defined<Omit<UserResourceArgs, "name" | "account">>({
    seed,
    publicKey,
    tags,
    signer,
    version: versionOf(rotation),
    ...times,
  });
}

/**
 * When a user's credentials begin and end. Of a user whose program says nothing of it a preview knows that they do
 * neither, whatever version of the state there is.
 */
function timesOf(
  { lifetime, expires, notBefore }: UserArgs,
  made: User,
): Record<"expires" | "notBefore", pulumi.Output<string | undefined>> {
  const never = pulumi.output(undefined);
  return {
    expires: lifetime === undefined && expires === undefined ? never : made.expires,
    notBefore: notBefore === undefined ? never : made.notBefore,
  };
}

/** Credentials with one end for all time are not renewed: who has them can log in nowhere. */
function warnOfEnd(user: string, end: string | undefined, account: pulumi.Resource): void {
  if (end !== undefined && !holdsAt(nowInSeconds(), { expires: end })) {
    const what = `the credentials of ${user} ended at ${end}, and no server lets them in`;
    void pulumi.log.warn(`${what}. Give the user another \`expires\`, or take it out.`, account);
  }
}

function credsOf({ seed, jwt }: User): pulumi.Output<string | undefined> {
  return pulumi
    .all([seed, jwt])
    .apply(([own, token]): pulumi.Output<string | undefined> =>
      own === undefined ? pulumi.output(undefined) : pulumi.secret(credsText(token, own)),
    );
}
