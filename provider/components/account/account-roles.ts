import * as pulumi from "@pulumi/pulumi";
import { keyPath, type Diagnostic } from "../../model/form/diagnostics";
import { defined } from "../../model/form/order";
import { publicKeyDiagnostics, seedDiagnostics } from "../../resources/nkey";
import type { AccountSettings, GivenRoles, RoleArgs, UserArgs } from "./account-args";

/**
 * The signing key of a role, for others who sign users with it: what they may do is what the role says.
 *
 * @example
 * ```ts
 * const service = { signer: account.roles.reader.seed, account: account.publicKey };
 * ```
 * @typeParam Secret the type of what is secret: undefined where it is kept elsewhere
 */
export interface AccountRole<Secret extends string | undefined = string | undefined> {
  /** The public key (`A…`): the issuer of its users' JWTs. */
  readonly publicKey: pulumi.Output<string>;
  /** The seed (`SA…`), as a secret: whoever has it can let users in. Undefined where it is kept elsewhere. */
  readonly seed: pulumi.Output<Secret>;
}

/** The roles of an account by name. What is given no public key has a seed for sure. */
export type RolesOf<Roles extends GivenRoles> = {
  readonly [Name in keyof Roles]: AccountRole<unknown extends Roles[Name] ? string : string | undefined>;
};

/** The keys that a program gives for a role. */
type GivenRoleKeys = Pick<RoleArgs, "seed" | "publicKey">;

/** The roles of an account's arguments. */
export function rolesOf({ roles }: AccountSettings): Readonly<Record<string, RoleArgs>> {
  return roles ?? {};
}

/** The keys that an account's arguments give for roles, with the paths of the roles. */
export function givenRoles(args: AccountSettings): [string, GivenRoleKeys][] {
  return Object.entries(rolesOf(args)).map(([name, { seed, publicKey }]) => [
    keyPath("roles", name),
    defined<GivenRoleKeys>({ seed, publicKey }),
  ]);
}

/** What is wrong with the keys that an account's arguments give for roles, and with the users that they cannot sign. */
export function roleKeyDiagnostics(args: AccountSettings): pulumi.Output<Diagnostic[]>[] {
  const users = Object.entries(args.users ?? {}) as [string, UserArgs][];
  return [
    ...givenRoles(args).map(([path, keys]) =>
      pulumi
        .output(keys)
        .apply(({ seed, publicKey }) => [
          ...seedDiagnostics(`${path}.seed`, "account", seed),
          ...publicKeyDiagnostics(`${path}.publicKey`, "account", publicKey),
          ...(keys.seed === undefined || keys.publicKey === undefined ? [] : [besideDiagnostic(path)]),
        ]),
    ),
    pulumi.output(users.flatMap(([user, { role }]) => unsignedDiagnostics(user, role, args))),
  ];
}

function besideDiagnostic(path: string): Diagnostic {
  const problem = "stands beside a seed, which has its own public key";
  return { path: `${path}.publicKey`, problem, remedy: "Give one of the two." };
}

function unsignedDiagnostics(user: string, role: string | undefined, args: AccountSettings): Diagnostic[] {
  const path = `${keyPath("users", user)}.role`;
  const problem = "is a role whose key is kept elsewhere, so that nobody here can sign its users";
  const remedy = "Give the role's `seed` instead of its public key, or have the user signed where the key is.";
  return role === undefined || rolesOf(args)[role]?.publicKey === undefined ? [] : [{ path, problem, remedy }];
}
