import * as pulumi from "@pulumi/pulumi";
import { areManyUsers } from "../../dynamic/state/packed-users";
import type { Account as AccountModel, ListedAccount } from "../../model/account/account";
import type { IssuedActivation, SignedReference } from "../../model/account/reference";
import type { Role } from "../../model/users/roles";
import type { SuppliedKey } from "../../model/cluster/cluster";
import type { DeepInput } from "../../resources/dynamic-resource";
import type {
  AccountReference,
  AccountSettings,
  AccountSigner,
  AnyNames,
  InferredNames,
  NoNames,
} from "./account-args";
import { mapValues } from "./account-model";
import type { AccountRole, RolesOf } from "./account-roles";
import { accountArgsDiagnostics, importNumbering, omitMalformed, registeredAccountArgs } from "./account-shape";
import type { CreatedUser, UsersOf } from "./account-users";
import { DeclaredAccount, type SetContext } from "./declared-account";
import {
  readReferenceArgs,
  ReferencedAccount,
  registeredReference,
  type FromReferenceArgs,
} from "./referenced-account";
import { hideInternals } from "../internals";
import { removeReservedKeys } from "../reserved-keys";
import { valueIfKnown, type Gate } from "../validation";

/** Arguments of an `Account`. */
export type AccountArgs<
  Users extends InferredNames = AnyNames,
  Roles extends InferredNames = AnyNames,
> = AccountSettings<Users, Roles> & {
  /**
   * Operator that signs the account.
   *
   * @default the account signs itself, for an operator of another stack: see `Account.reference`
   */
  operator?: AccountSigner;
};

/** The members of an account that only this package uses. */
const INTERNALS = [
  "withoutActivation",
  "exportsArg",
  "declaration",
  "givenKeys",
  "findKeys",
  "wasSigned",
  "signedBy",
  "issued",
  "knownAccounts",
  "model",
  "callout",
  "gate",
  "setContext",
  "path",
] as const satisfies (keyof Account)[];

/**
 * Hides the diffs of registered arguments in previews. Pulumi compares lists by position, so that one insertion would show
 * as many changes, and shows a line for each path here; the diff of `AccountClaims` shows each change.
 */
const HIDDEN_DIFFS: pulumi.ComponentResourceOptions = { hideDiffs: ["*"] };

/** @internal Settings that an operator adds to its own system account, or that replace the arguments of an account. */
export interface AccountInternals {
  /** Roles in addition to those of the program. */
  readonly roles?: Readonly<Record<string, DeepInput<Role>>>;
  /** The account of another stack. */
  readonly referenced?: FromReferenceArgs;
  /** Path of the account in the arguments of a component that creates it. */
  readonly path?: string;
}

/**
 * An account with its users and roles, the same on the static and on the operator server.
 *
 * Without an operator, the account signs itself. Its stack exports `reference`, and the stack of the operator creates the
 * account from it: see {@link Account.fromReference}.
 *
 * Transforms, policies and the state see the arguments without seeds and activation JWTs; other accounts are referred to by
 * name. Of 50 users or more, they see the `User` resources and `AccountClaims` alone, and of sets of another stack the numbers of users. A transform cannot change the arguments of a
 * component: transform the resources that it creates instead.
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
 * @typeParam Users inferred from `users`
 * @typeParam Roles inferred from `roles`
 */
export class Account<Users extends InferredNames = NoNames, Roles extends InferredNames = NoNames>
  extends pulumi.ComponentResource
  implements AccountReference
{
  /** Account name. */
  readonly accountName: string;
  /** Public key (`A…`) of the account. */
  readonly publicKey: pulumi.Output<string>;
  /** Account JWT. */
  readonly jwt: pulumi.Output<string>;
  /** Users by name. */
  readonly users: UsersOf<Users>;
  /**
   * Seed (`SA…`) of the account, as a secret. It signs the activations that other accounts need to import private exports.
   * Undefined if the account is created from its public key.
   */
  readonly signer?: pulumi.Output<string>;
  /**
   * Seed (`SA…`) of the key that the authorization service signs with, as a secret. Undefined if there is no such service,
   * or its seed is not managed here.
   */
  readonly authorizationSigner: pulumi.Output<string | undefined>;
  /** @internal Indexes of the imports without an activation. */
  readonly withoutActivation: pulumi.Output<readonly number[]>;
  /** @internal The `exports` argument. */
  readonly exportsArg: AccountSettings["exports"];
  /** Roles by name. */
  readonly roles: RolesOf<Roles>;
  /** @internal The account before any key exists: input of the checks across accounts. */
  readonly declaration: pulumi.Output<ListedAccount>;
  /** @internal Returns the keys that the program sets: input of the checks across accounts. */
  readonly givenKeys: () => Promise<SuppliedKey[]>;
  /** @internal Returns all keys that are known: input of the checks across accounts of several stacks. */
  readonly findKeys: () => Promise<SuppliedKey[]>;
  /** @internal Returns true if the account has a JWT in the state, in a preview. */
  readonly wasSigned: () => Promise<boolean>;
  /** @internal The operator that signs the account; undefined if the account signs itself. */
  readonly signedBy: AccountSigner | undefined;
  /** @internal Activations in the reference of an account of another stack. */
  readonly issued?: pulumi.Output<readonly IssuedActivation[]>;
  /** @internal Names of the accounts that an account of another stack refers to, by public key. */
  readonly knownAccounts?: pulumi.Output<Readonly<Record<string, string>>>;
  /** @internal The account as configurations contain it. */
  declare readonly model: pulumi.Output<AccountModel>;
  /** @internal The static server's auth callout lines; undefined if no service authorizes the account's clients. */
  readonly callout: pulumi.Output<string> | undefined;
  /** @internal Opens when the account, seen alone, is valid. */
  readonly gate: Gate;
  /** @internal What sets of users need. */
  readonly setContext?: SetContext;
  /** @internal Path of the account in the arguments of the component that creates it; undefined if the program creates it. */
  readonly path: string | undefined;

  readonly #createReference: () => pulumi.Output<SignedReference | undefined>;
  #reference: pulumi.Output<SignedReference | undefined> | undefined;

  constructor(name: string, args: AccountArgs<Users, Roles>, opts?: pulumi.ComponentResourceOptions);
  /** @internal */
  constructor(
    name: string,
    args: AccountArgs<Users, Roles>,
    opts: pulumi.ComponentResourceOptions | undefined,

    internals: AccountInternals,
  );
  constructor(
    name: string,
    declared: AccountArgs<Users, Roles>,
    opts?: pulumi.ComponentResourceOptions,
    { roles, referenced, path }: AccountInternals = {},
  ) {
    const { value: given, diagnostics: reserved } = removeReservedKeys(declared);
    const elsewhere = referenced && readReferenceArgs(name, referenced);
    const registered = elsewhere === undefined ? registeredAccountArgs(given) : registeredReference(elsewhere);
    super("nats-auth:index:Account", name, registered, pulumi.mergeOptions(opts, HIDDEN_DIFFS));
    const account =
      elsewhere === undefined
        ? new DeclaredAccount(this, name, omitMalformed(given), {
            shape: [...reserved, ...accountArgsDiagnostics(given)],
            number: importNumbering(given),
            ...(roles === undefined ? {} : { roles }),
          })
        : new ReferencedAccount(this, name, elsewhere);
    this.accountName = account.accountName;
    this.publicKey = account.publicKey;
    this.jwt = account.jwt;
    this.authorizationSigner = account.authorizationSigner;
    this.users = mapValues(account.users, ({ credentials }) => credentials) as UsersOf<Users>;
    this.roles = account.roles as RolesOf<Roles>;
    if (account.signer !== undefined) {
      this.signer = account.signer;
    }
    if (account instanceof DeclaredAccount) {
      this.setContext = account.setContext;
    }
    if (account instanceof ReferencedAccount) {
      this.issued = account.issued;
      this.knownAccounts = account.knownAccounts;
    }
    this.exportsArg = account.args.exports;
    this.signedBy = account.args.operator;
    this.withoutActivation = account.withoutActivation;
    this.declaration = account.declaration;
    Object.defineProperty(this, "model", { configurable: true, get: () => account.model });
    this.callout = account.callout;
    this.gate = account.gate;
    this.path = path;
    this.givenKeys = () => account.givenKeys();
    this.findKeys = () => account.findKeys();
    this.wasSigned = async () => (await valueIfKnown(account.claims.id)) !== undefined;
    this.#createReference = account.createReference;
    hideInternals<Account<Users, Roles>>(this, INTERNALS);
    this.registerOutputs(publicOutputs(this, account.users, account.roles));
  }

  /**
   * Creates an account of another stack from the reference that this stack exports: verifies that the account signed it, and
   * signs the account with the operator's key. It is an account like any other, except that its users and seeds are in its
   * own stack.
   *
   * @example
   * ```ts
   * const team = new pulumi.StackReference("organization/billing/prod");
   * const billing = Account.fromReference("billing", { reference: team.requireOutput("billing"), operator });
   * ```
   */
  static fromReference(name: string, args: FromReferenceArgs, opts?: pulumi.ComponentResourceOptions): Account {
    return new Account(name, {}, opts, { referenced: args });
  }

  /**
   * Reference to the account for other stacks, as a plain value: export it as an output of the stack. It contains the account
   * with its public keys, its JWT, its revocations, and activations for accounts of other stacks, but no secret, and is signed
   * by the account. Undefined if the account's seed is not managed here.
   */
  get reference(): pulumi.Output<SignedReference | undefined> {
    this.#reference ??= this.#createReference();
    return this.#reference;
  }
}

/** Returns the outputs that the state stores: names and public keys. */
function publicOutputs(
  { accountName, publicKey }: AccountReference,
  users: Readonly<Record<string, CreatedUser>>,
  roles: Readonly<Record<string, AccountRole>>,
): pulumi.Inputs {
  return {
    accountName,
    publicKey,
    ...(areManyUsers(users) ? {} : { users: mapValues(users, ({ credentials }) => credentials.publicKey) }),
    roles: mapValues(roles, (role) => role.publicKey),
  };
}
