import * as pulumi from "@pulumi/pulumi";
import { accountDiagnostics } from "../../model/account/account-checks";
import type { Account as AccountModel, AccountDeclaration } from "../../model/account/account";
import type { Role } from "../../model/users/roles";
import type { GivenKey } from "../../model/cluster/cluster";
import { defined } from "../../model/form/order";
import { AccountClaims } from "../../resources/account-claims";
import type { DeepInput } from "../../resources/inputs";
import { Nkey, type NkeyArgs } from "../../resources/nkey";
import type {
  AccountReference,
  AccountSettings,
  AccountSigner,
  AnyRoles,
  AnyUsers,
  AuthorizationArgs,
  GivenRoles,
  GivenUsers,
  NoRoles,
  NoUsers,
  RoleArgs,
} from "./account-args";
import { activationsOf } from "./account-activations";
import { calloutOf } from "./account-callout";
import { rolesOf, type AccountRole, type RolesOf } from "./account-roles";
import { argsDiagnostics, wellFormed } from "./account-shape";
import {
  accountModel,
  accountParts,
  declaredAccount,
  givenKeys,
  keyDiagnostics,
  mapValues,
  usersOf,
  withTokens,
} from "./account-model";
import { accountUser, type UsersOf } from "./account-users";
import { isRotated, versionOf } from "./rotation";
import { behind, valid, type Gate } from "../validation";

/** Arguments of {@link Account}. */
export type AccountArgs<Users extends GivenUsers = AnyUsers, Roles extends GivenRoles = AnyRoles> = AccountSettings<
  Users,
  Roles
> & {
  /** The operator that signs the account. */
  operator: AccountSigner;
};

/** @internal What an operator gives to the accounts that it makes itself. */
export interface AccountInternals {
  /** Roles beside those of the program. */
  readonly roles: Readonly<Record<string, DeepInput<Role>>>;
}

/**
 * An account with its users: the same on the static and on the operator server.
 *
 * @example
 * ```ts
 * const orders = new Account("orders", {
 *   operator,
 *   exports: [{ subject: "orders.place", type: "service" }],
 *   users: { clerk: { permissions: { publish: { allow: ["orders.>"] } } } },
 * });
 * export const creds = orders.users.clerk.creds;
 * ```
 */
export class Account<Users extends GivenUsers = NoUsers, Roles extends GivenRoles = NoRoles>
  extends pulumi.ComponentResource
  implements AccountReference
{
  /** The account's name. */
  readonly accountName: string;
  /** The account's public key (`A…`). */
  readonly publicKey: pulumi.Output<string>;
  /** The account's JWT. */
  readonly jwt: pulumi.Output<string>;
  /** The users, by name. */
  readonly users: UsersOf<Users>;
  /**
   * The account's seed (`SA…`), as a secret: it signs what lets other accounts import private exports. Undefined where the
   * program has the account's public key alone.
   */
  readonly signer?: pulumi.Output<string>;
  /**
   * The seed (`SA…`), as a secret, with which the service signs that decides about clients. Undefined where there is no such
   * service, or its key is kept elsewhere.
   */
  readonly authorizationSigner: pulumi.Output<string | undefined>;
  /** @internal The imports, by index, for which there is no activation. */
  readonly withoutActivation: readonly number[];
  /** @internal What the account exports, as the program says it. */
  readonly exportsArg: AccountSettings["exports"];
  /** The roles, by name. */
  readonly roles: RolesOf<Roles>;
  /** @internal The account before any key exists, for what only all accounts together can tell. */
  readonly declaration: pulumi.Output<AccountDeclaration>;
  /** @internal The keys that the program gave, for what only all accounts together can tell. */
  readonly givenKeys: () => Promise<GivenKey[]>;
  /** @internal Who signs the account. */
  readonly signedBy: AccountSigner;
  /** @internal The account as configurations say it. */
  readonly model: pulumi.Output<AccountModel>;
  /** @internal What the static server is told of the service that decides about clients; undefined where there is none. */
  readonly callout: pulumi.Output<string> | undefined;
  /** @internal Open once the account, seen alone, is valid. */
  readonly gate: Gate;

  constructor(name: string, args: AccountArgs<Users, Roles>, opts?: pulumi.ComponentResourceOptions);
  /** @internal */
  constructor(
    name: string,
    args: AccountArgs<Users, Roles>,
    opts: pulumi.ComponentResourceOptions,
    // eslint-disable-next-line @typescript-eslint/unified-signatures -- This one alone is not public.
    internals: AccountInternals,
  );
  constructor(
    name: string,
    given: AccountArgs<Users, Roles>,
    opts?: pulumi.ComponentResourceOptions,
    internals?: AccountInternals,
  ) {
    super("nats-auth:index:Account", name, {}, opts);
    const args = wellFormed(given);
    this.accountName = args.name ?? name;
    this.declaration = declaredAccount(this.accountName, args);
    this.givenKeys = () => givenKeys(args);
    this.signedBy = args.operator;
    const shape = pulumi.output(argsDiagnostics(given));
    const found = [shape, this.declaration.apply(accountDiagnostics), ...keyDiagnostics(args)];
    this.gate = valid(`account ${JSON.stringify(this.accountName)}`, this, found);

    const child = { parent: this };
    const key = args.publicKey === undefined ? (args.key ?? this.#newKey(name, args)) : undefined;
    this.publicKey = key?.id ?? behind(this.gate, pulumi.output(args.publicKey ?? ""));
    if (key !== undefined) {
      this.signer = key.seed;
    }
    this.exportsArg = args.exports;
    const roles = mapValues(rolesOf(args), (role, roleName) =>
      this.#newRole(childName(`${name}/roles`, roleName), role),
    );
    this.roles = roles as RolesOf<Roles>;
    const users = mapValues(usersOf(args), (user, userName) =>
      accountUser(childName(name, userName), userName, user, { account: this, roles }),
    );
    this.users = mapValues(users, ({ login }) => login) as UsersOf<Users>;

    const service = this.#newService(name, args.authorization);
    this.authorizationSigner = service.seed;
    const keys = {
      users: mapValues(users, ({ keys: own }) => own),
      roles: mapValues(roles, ({ publicKey: signingKey }) => ({ signingKey })),
      issuer: service.publicKey,
    };
    const parts = accountParts(this.accountName, this.publicKey, args, keys, internals?.roles ?? {});
    const importer = { name, publicKey: this.publicKey, gate: this.gate };
    const tokens = activationsOf(importer, args.imports ?? [], child);
    this.withoutActivation = tokens.flatMap((token, index) => (token === undefined ? [index] : []));
    const claimed = {
      ...parts,
      ...withTokens(args, tokens),
      name: behind(this.gate, this.accountName),
      signer: args.operator.signer,
    };
    const { jwt, previous, revoked } = new AccountClaims(name, claimed, child);
    this.jwt = jwt;
    // What a state of an earlier version does not have, no preview knows; it is empty where nothing is rotated.
    const remembered = { previous, revoked };
    const replaced = isRotated(args) ? remembered : {};
    this.callout = calloutOf(args, { account: this, keys, remembered });
    this.model = behind(this.gate, accountModel({ ...parts, ...replaced }));
    this.registerOutputs({ publicKey: this.publicKey });
  }

  #newKey(name: string, { seed, rotation }: Pick<RoleArgs, "seed" | "rotation">): Nkey {
    const own = defined<Pick<NkeyArgs, "seed" | "version">>({ seed, version: versionOf(rotation) });
    return new Nkey(name, { kind: behind(this.gate, "account" as const), ...own }, { parent: this });
  }

  /** The key with which the service signs that decides about clients, if there is one. */
  #newService(
    name: string,
    authorization: AuthorizationArgs | undefined,
  ): Partial<AccountRole> & Pick<AccountRole, "seed"> {
    const { issuer } = authorization ?? {};
    return authorization === undefined
      ? { seed: pulumi.output(undefined) }
      : this.#newRole(`${name}/authorization`, issuer === undefined ? {} : { publicKey: issuer });
  }

  #newRole(name: string, { seed, publicKey, rotation }: RoleArgs): AccountRole {
    if (publicKey !== undefined) {
      return { publicKey: behind(this.gate, publicKey), seed: pulumi.output(undefined) };
    }
    const key = this.#newKey(name, defined<Pick<RoleArgs, "seed" | "rotation">>({ seed, rotation }));
    return { publicKey: key.id, seed: key.seed };
  }
}

/** The name of a user's or role's resource: slashes in their names are escaped, so that no two can share one. */
function childName(name: string, userName: string): string {
  return `${name}/${userName.replace(/[%/]/g, encodeURIComponent)}`;
}
