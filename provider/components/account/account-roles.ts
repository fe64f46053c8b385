import * as pulumi from "@pulumi/pulumi";
import { display, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { publicKeyDiagnostics, seedDiagnostics } from "../../nkeys/key-checks";
import type { AccountSettings, InferredNames, RoleArgs, UserArgs } from "./account-args";

/**
 * Scoped signing key of a role, for services that sign users themselves. The role defines what those users may do.
 *
 * @example
 * ```ts
 * const service = { signer: account.roles.reader.seed, account: account.publicKey };
 * ```
 * @typeParam Secret type of `seed`: includes undefined if the seed may not be managed here
 */
export interface AccountRole<Secret extends string | undefined = string | undefined> {
  /** Public key (`A…`): the issuer of the JWTs of the role's users. */
  readonly publicKey: pulumi.Output<string>;
  /** Seed (`SA…`), as a secret: it can sign JWTs for new users. Undefined if the seed is not managed here. */
  readonly seed: pulumi.Output<Secret>;
}

/** Roles of an account by name. `seed` is defined for each role without a `publicKey` argument. */
export type RolesOf<Roles extends InferredNames> = {
  readonly [Name in keyof Roles]: AccountRole<unknown extends Roles[Name] ? string : string | undefined>;
};

/** The key arguments of a role. */
type RoleKeyArgs = Pick<RoleArgs, "seed" | "publicKey">;

/** Returns the `roles` argument of an account. */
export function rolesOf({ roles }: AccountSettings): Readonly<Record<string, RoleArgs>> {
  return roles ?? {};
}

/** Returns the key arguments of each role, with the path of the role. */
export function givenRoleKeys(args: AccountSettings): [string, RoleKeyArgs][] {
  return Object.entries(rolesOf(args)).map(([name, { seed, publicKey }]) => [
    keyPath("roles", name),
    omitUndefined<RoleKeyArgs>({ seed, publicKey }),
  ]);
}

/** Checks the key arguments of roles, and that the program can sign each role's users. */
export function roleKeyDiagnostics(args: AccountSettings): pulumi.Output<Diagnostic[]>[] {
  const users = Object.entries(args.users ?? {}) as [string, UserArgs][];
  return [
    ...givenRoleKeys(args).map(([path, keys]) =>
      pulumi
        .output(keys)
        .apply(({ seed, publicKey }) => [
          ...seedDiagnostics(`${path}.seed`, "account", seed),
          ...publicKeyDiagnostics(`${path}.publicKey`, "account", publicKey),
          ...(keys.seed === undefined || keys.publicKey === undefined ? [] : [roleKeyConflict(path)]),
        ]),
    ),
    pulumi.output(users.flatMap(([user, { role }]) => roleSignerDiagnostics(user, role, args))),
  ];
}

function roleKeyConflict(path: string): Diagnostic {
  const problem = "conflicts with `seed`, which determines the public key";
  return { code: "NA4001", path: `${path}.publicKey`, problem, remedy: "Remove `seed` or `publicKey`." };
}

function roleSignerDiagnostics(user: string, role: string | undefined, args: AccountSettings): Diagnostic[] {
  const path = `${keyPath("users", user)}.role`;
  const problem = "is a role whose signing key is not managed here, so the user's JWT cannot be signed";
  const remedy = "Set the role's `seed` instead of its `publicKey`, or sign the user where the key is managed.";
  const isSigned = role === undefined || rolesOf(args)[role]?.publicKey === undefined;
  return isSigned ? [] : [{ code: "NA4003", path, value: display(role), problem, remedy }];
}
