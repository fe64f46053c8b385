import * as pulumi from "@pulumi/pulumi";
import { display, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { getOwn, omitUndefined } from "../../model/form/order";
import { publicKeyDiagnostics, seedDiagnostics } from "../../nkeys/key-checks";
import { keyPairFromSeed } from "../../nkeys/keys";
import type { Signers } from "../../resources/user";
import { withoutDependencies } from "../join-outputs";
import { valueIfKnown } from "../validation";
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

/** Returns a function that finds the key pairs of all roles with a known seed, by public key. Each call returns the same output. */
export function roleSigners(roles: readonly AccountRole[]): () => pulumi.Output<Signers> {
  let signers: pulumi.Output<Signers> | undefined;
  const find = async (): Promise<Signers> => {
    // What reads a JWT does not depend on roles of other users, which a preview may not know.
    const seeds = await Promise.all(roles.map(({ seed }) => valueIfKnown(seed)));
    const pairs = seeds.flatMap((seed) => (seed === undefined ? [] : [keyPairFromSeed("account", seed)]));
    return new Map(pairs.map((pair) => [pair.getPublicKey(), pair]));
  };
  return () => (signers ??= pulumi.output(0).apply(find));
}

/** Returns a function that returns the public key of a role by its name, as the resources of its users need it. */
export function roleKeys(
  roles: Readonly<Record<string, AccountRole>>,
): (role: string) => pulumi.Output<string> | undefined {
  // Many users share one, and each output takes long to create.
  const keys = new Map<string, pulumi.Output<string>>();
  return (role) => {
    const declared = getOwn(roles, role);
    const key = keys.get(role) ?? (declared && withoutDependencies(declared.publicKey));
    return key && keys.set(role, key).get(role);
  };
}

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
