import * as pulumi from "@pulumi/pulumi";
import { suppliedCreds } from "../../read/creds";
import type { SuppliedToken } from "../../jwt/set-jwts";
import { formatCreds, readIssueTime } from "../../jwt/sign";
import { display, formatDiagnostics, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { areRevoked } from "../../model/account/revoked-credentials";
import { isValidAt } from "../../model/keys/lifetime";
import type { Revocations } from "../../model/keys/revocations";
import { omitUndefined, getOwn } from "../../model/form/order";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import { User, type Signers, type UserResourceArgs } from "../../resources/user";
import type { InferredNames, RoleArgs, UserArgs } from "./account-args";
import { mapValues, type AccountKeys } from "./account-model";
import { rotationVersion } from "./rotation";

/**
 * Credentials of a user.
 *
 * @typeParam Secret type of `seed` and `creds`: includes undefined if the seed may not be managed here
 */
export interface AccountUser<Secret extends string | undefined = string | undefined> {
  /** Public key (`U…`). */
  readonly publicKey: pulumi.Output<string>;
  /** Seed (`SU…`), as a secret: logs in to the static server. Undefined if the seed is not managed here. */
  readonly seed: pulumi.Output<Secret>;
  /**
   * Content of a creds file, as a secret: logs in to the operator server. Undefined if the seed is not managed here, and while
   * the JWT has expired or the account's `revocations` revoke it: no server would accept the creds.
   */
  readonly creds: pulumi.Output<Secret>;
  /**
   * User JWT. It does not log in without the seed, unless the user or its role is a `bearer`: then it is a secret. It is also
   * a secret while `bearer` is an output.
   */
  readonly jwt: pulumi.Output<string>;
  /** Time at which the creds expire, in UTC; undefined if they do not expire. */
  readonly expires: pulumi.Output<string | undefined>;
}

/** Users of an account by name. `seed` and `creds` are defined for each user without a `publicKey` argument. */
export type UsersOf<Users extends InferredNames> = {
  readonly [Name in keyof Users]: AccountUser<unknown extends Users[Name] ? string : string | undefined>;
};

/**
 * The account that a user belongs to, and its roles. Users do not depend on the keys of both, as the engine understands it: they
 * are created when these are known, and deleting a user, a key or a role has no effect outside the state.
 */
interface UserContext {
  readonly account: {
    readonly resource: pulumi.Resource;
    readonly accountName: string;
    /** Public key, available when the account, seen alone, is valid. */
    readonly validKey: pulumi.Output<string>;
  };
  /** Returns the public key of a role. */
  readonly signingKeyOf: (role: string) => pulumi.Output<string> | undefined;
  /** Returns the keys of all roles. */
  readonly signers: () => pulumi.Output<Signers>;
  /** The `roles` argument of the account. */
  readonly roleArgs: Readonly<Record<string, RoleArgs>>;
  /** The `revocations` argument of the account. */
  readonly revocations: pulumi.Output<Revocations>;
}

/** A created user: its credentials, and the keys that configurations contain. */
export interface CreatedUser {
  readonly credentials: AccountUser;
  readonly keys: AccountKeys["users"][string];
}

/**
 * Creates a user of an account.
 *
 * @param name name of the user's resource
 */
export function createUser(name: string, userName: string, user: UserArgs, context: UserContext): CreatedUser {
  const { account } = context;
  const { accountName, validKey } = account;
  const args = { name: userName, account: validKey, ...userResourceArgs(user, context) };
  const resource = new User(name, args, { parent: account.resource });
  const { id: publicKey, seed, signingKey, issuedAt, expires, notBefore } = resource;
  if (user.lifetime !== undefined || user.expires !== undefined) {
    expires.apply((end) => {
      const found = expiryDiagnostics(userName, end, nowInSeconds());
      if (found.length > 0) {
        void pulumi.log.warn(formatDiagnostics(`account ${JSON.stringify(accountName)}`, found), account.resource);
      }
    });
  }
  let creds: pulumi.Output<string | undefined> | undefined;
  return {
    credentials: {
      publicKey,
      seed,
      // Most programs read the creds of few users.
      get creds() {
        return (creds ??= renderCreds(resource, context.revocations));
      },
      get jwt() {
        return resource.jwt;
      },
      expires,
    },
    keys: { publicKey, signingKey, issuedAt, expires, notBefore },
  };
}

function userResourceArgs(
  user: UserArgs,
  { signingKeyOf, signers, roleArgs }: Pick<UserContext, "signingKeyOf" | "signers" | "roleArgs">,
): Omit<UserResourceArgs, "name" | "account"> {
  const { seed, creds, publicKey, keepSeed, tags, role, lifetime, renewBefore, expires, notBefore, rotation } = user;
  const { bearer } = role === undefined ? user : (getOwn(roleArgs, role) ?? {});
  const times = { lifetime, renewBefore, expires, notBefore };
  return omitUndefined<Omit<UserResourceArgs, "name" | "account">>({
    seed,
    supplied: creds === undefined ? undefined : pulumi.unsecret(pulumi.output(creds).apply(tokenOfCreds)),
    publicKey,
    keepSeed,
    tags,
    signingKey: role === undefined ? undefined : signingKeyOf(role),
    // A user that the program takes out of its role can still have it.
    signers,
    version: rotationVersion(rotation),
    bearer: bearer ?? false,
    ...times,
  });
}

/**
 * Returns the `users` argument of an account with the seeds of their creds. Invalid creds have no seed: an empty one is
 * reported.
 */
export function withSeeds(users: Readonly<Record<string, UserArgs>>): Record<string, UserArgs> {
  const seedOf = (creds: string) => suppliedCreds(creds)?.seed ?? "";
  return mapValues(users, (user) =>
    user.creds === undefined ? user : { ...user, seed: pulumi.secret(pulumi.output(user.creds).apply(seedOf)) },
  );
}

/** The identifier of a JWT is not a secret. */
function tokenOfCreds(creds: string): SuppliedToken | undefined {
  const { token } = suppliedCreds(creds) ?? {};
  return token && { iat: token.iat, jti: token.jti };
}

/** Checks that a user's credentials have not expired: those with a fixed `expires` are not renewed. */
export function expiryDiagnostics(user: string, expires: string | undefined, now: number): Diagnostic[] {
  if (expires === undefined || isValidAt(now, { expires })) {
    return [];
  }
  const path = `${keyPath("users", user)}.expires`;
  const problem = "is in the past, so no server accepts the user's credentials";
  const remedy = "Set a later `expires`, or remove the user.";
  return [{ code: "NA4009", path, value: display(expires), problem, remedy }];
}

/** Renders the creds of a user; undefined if there are none, or all servers reject them. */
function renderCreds(
  { id, seed, jwt, expires }: User,
  revocations: pulumi.Output<Revocations>,
): pulumi.Output<string | undefined> {
  // Only creds are secret. An undefined secret would be null in the stack's outputs.
  const parts = pulumi.unsecret(pulumi.all([id, seed, jwt as pulumi.Output<string | undefined>, expires, revocations]));
  return parts.apply(([publicKey, userSeed, token, end, revoked]): pulumi.Output<string | undefined> => {
    const none = pulumi.output(undefined);
    if (userSeed === undefined || token === undefined) {
      return none;
    }
    const now = nowInSeconds();
    const hasExpired = end !== undefined && !isValidAt(now, { expires: end });
    const isDead = hasExpired || areRevoked({ publicKey, issuedAt: readIssueTime(token) }, revoked, now);
    return isDead ? none : pulumi.secret(formatCreds(token, userSeed));
  });
}
