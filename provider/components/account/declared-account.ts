import * as pulumi from "@pulumi/pulumi";
import { accountDiagnostics } from "../../model/account/account-checks";
import type {
  Account as AccountModel,
  AccountDeclaration,
  DeclaredSet,
  ListedAccount,
} from "../../model/account/account";
import type { Remembered } from "../../model/account/remembered";
import type { Revocations } from "../../model/keys/revocations";
import type { Role } from "../../model/users/roles";
import type { SetKeys } from "../../model/users/set-keys";
import type { SuppliedKey } from "../../model/cluster/cluster";
import type { SignedReference } from "../../model/account/reference";
import { diagnose, keyPath, type Diagnostic, type Finding } from "../../diagnostics/diagnostic";
import { getOwn, omitUndefined } from "../../model/form/order";
import { AccountClaims } from "../../resources/account-claims";
import type { DeepInput } from "../../resources/dynamic-resource";
import { Nkey, type NkeyArgs } from "../../resources/nkey";
import { markHiddenAs } from "../../resources/secrecy";
import { joinOutputs, withoutDependencies } from "../join-outputs";
import { afterGate, validate, valueIfKnown, type Gate } from "../validation";
import { createActivations, findWithoutActivation, type Token } from "./account-activations";
import type { AccountSettings, AccountSigner, AuthorizationArgs, RoleArgs } from "./account-args";
import { renderRestartCallout } from "./account-callout";
import { importersOf, type Importers } from "./account-importers";
import { sourceDiagnostics, unpermittedDiagnostics, unsignedDiagnostics } from "./account-imports";
import {
  accountKeyDiagnostics,
  createParts,
  declareAccount,
  findGivenKeys,
  joinParts,
  mapValues,
  namedAccounts,
  usersOf,
  withSets,
  withTokens,
  type AccountKeys,
  type AccountParts,
} from "./account-model";
import { createReference } from "./account-reference";
import { revocationsOf, warnAboutRevoked } from "./account-revocations";
import { rolesOf, type AccountRole } from "./account-roles";
import { AccountSets } from "./account-sets";
import { createUser, withSeeds, type CreatedUser } from "./account-users";
import { isRotated, rotationVersion } from "./rotation";

/** Well-formed arguments of an account. */
export type DeclaredArgs = AccountSettings & { readonly operator?: AccountSigner };

/** The declaration of an account, apart from its arguments. */
export interface DeclaredContext {
  /** Problems with the shape of the arguments. */
  readonly shape: readonly Diagnostic[];
  /** Roles in addition to those of the program. */
  readonly roles?: Readonly<Record<string, DeepInput<Role>>>;
}

type NamedSets = Readonly<Record<string, SetKeys>>;

/** What a set of users needs of its account. */
export interface SetContext {
  readonly accountName: string;
  readonly publicKey: pulumi.Output<string>;
  readonly gate: Gate;
  readonly sets: AccountSets;
  /** The `tags` argument. */
  readonly tags: AccountSettings["tags"];
  /** The `roles` argument. */
  readonly roles: Readonly<Record<string, RoleArgs>>;
  /** Names of the users that are not in a set. */
  readonly userNames: readonly string[];
  readonly revocations: pulumi.Output<Revocations>;
}

/** An account whose users and keys the program manages. */
export class DeclaredAccount {
  readonly args: DeclaredArgs;
  readonly accountName: string;
  readonly publicKey: pulumi.Output<string>;
  readonly jwt: pulumi.Output<string>;
  readonly signer: pulumi.Output<string> | undefined;
  readonly authorizationSigner: pulumi.Output<string | undefined>;
  readonly users: Readonly<Record<string, CreatedUser>>;
  readonly roles: Readonly<Record<string, AccountRole>>;
  readonly withoutActivation: pulumi.Output<readonly number[]>;
  readonly declaration: pulumi.Output<ListedAccount>;
  /** Public key for users, available when the account, seen alone, is valid. */
  readonly validKey: pulumi.Output<string>;
  readonly callout: pulumi.Output<string> | undefined;
  readonly gate: Gate;
  /** Signs the account's reference. Programs without references to the account need none. */
  readonly createReference: () => pulumi.Output<SignedReference | undefined>;
  readonly #sets = new AccountSets();
  readonly #keys: AccountKeys;
  readonly #createModel: () => pulumi.Output<AccountModel>;
  #model: pulumi.Output<AccountModel> | undefined;

  constructor(
    readonly resource: pulumi.Resource,
    readonly name: string,
    given: DeclaredArgs,
    { shape, roles: internal = {} }: DeclaredContext,
  ) {
    const args = { ...given, users: withSeeds(usersOf(given)) };
    this.args = args;
    this.accountName = args.name ?? name;
    const declaration = declareAccount(this.accountName, args);
    this.declaration = this.#withSets(declaration);
    const importers = importersOf(args);
    this.gate = validate(`account ${JSON.stringify(this.accountName)}`, resource, [
      pulumi.output(shape),
      declaration.apply(accountDiagnostics),
      ...accountKeyDiagnostics(args),
      ...sourceDiagnostics(args),
      importers.diagnostics,
      ...(args.operator === undefined ? unpermittedDiagnostics(this.accountName, args) : []),
      ...signerDiagnostics(args, importers),
    ]);
    const key = args.publicKey === undefined ? (args.key ?? this.#createKey(name, args)) : undefined;
    this.publicKey = key?.id ?? afterGate(this.gate, pulumi.output(args.publicKey ?? ""));
    this.signer = key?.seed;
    this.validKey = withoutDependencies(afterGate(this.gate, this.publicKey));
    markHiddenAs(this.publicKey, this.validKey);
    this.roles = mapValues(rolesOf(args), (role, roleName) =>
      this.#createRole(childName(`${name}/roles`, roleName), role),
    );
    this.users = this.#createUsers();
    const service = this.#createService(args.authorization);
    this.authorizationSigner = service.seed;
    this.#keys = {
      users: mapValues(this.users, ({ keys }) => keys),
      roles: mapValues(this.roles, ({ publicKey }) => ({ signingKey: publicKey })),
      issuer: service.publicKey,
    };
    warnAboutRevoked({ ...this.setContext, resource, args }, this.#keys.users).catch(() => undefined);
    const parts = createParts(this.accountName, this.publicKey, args, this.#keys, internal);
    const importer = { name, publicKey: this.publicKey, gate: this.gate };
    const tokens = createActivations(importer, args.imports ?? [], { parent: resource });
    this.withoutActivation = findWithoutActivation(tokens);
    const claims = this.#sign(parts, tokens, importers);
    this.jwt = claims.jwt;
    // A preview does not know outputs that a state of an earlier version lacks. Without rotations they are empty.
    const { previous, revoked } = claims;
    const remembered = { previous, revoked };
    this.callout = renderRestartCallout(args, { account: this, keys: this.#keys, remembered });
    this.#createModel = () => this.#joinModel(parts, remembered);
    const activations = importers.grants === undefined ? pulumi.output(undefined) : claims.activations;
    const signed = { ...parts, ...withTokens(args, tokens) };
    const { jwt, signer: seed } = this;
    this.createReference = () => {
      const sets = this.#setKeys(true);
      return afterGate(this.gate, createReference({ args, parts: signed, remembered, activations, jwt, sets, seed }));
    };
  }

  /** The account as configurations contain it. Programs without a cluster do not need it. */
  get model(): pulumi.Output<AccountModel> {
    this.#model ??= this.#createModel();
    return this.#model;
  }

  /** What a set of users needs. */
  get setContext(): SetContext {
    const { accountName, publicKey, gate, args } = this;
    return {
      ...{ accountName, publicKey, gate },
      sets: this.#sets,
      tags: args.tags,
      roles: rolesOf(args),
      userNames: Object.keys(usersOf(args)),
      revocations: revocationsOf(args),
    };
  }

  /** Returns the keys that the program sets. */
  async givenKeys(): Promise<SuppliedKey[]> {
    const sets = await this.#sets.all();
    const lists = await Promise.all([findGivenKeys(this.args), ...sets.map((set) => set.givenKeys())]);
    return lists.flat();
  }

  #withSets(declaration: pulumi.Output<AccountDeclaration>): pulumi.Output<ListedAccount> {
    const sets = this.#sets.byName<DeclaredSet>((set) => set.declaration);
    return pulumi
      .all([declaration, sets])
      .apply(([declared, known]) => omitUndefined<ListedAccount>({ ...declared, sets: known }));
  }

  /** Returns the account as configurations contain it, with the users of its sets. */
  #joinModel(parts: AccountParts, remembered: pulumi.Inputs): pulumi.Output<AccountModel> {
    const { args, gate } = this;
    const replaced = isRotated(args)
      ? (pulumi.output(remembered) as pulumi.Output<Remembered>)
      : this.#ifSetsAreRotated(remembered);
    // Issue times matter to declared revocations only. A preview does not know them while a JWT is about to be signed.
    const sets = this.#setKeys(args.revocations !== undefined);
    const own = afterGate(gate, joinParts(parts));
    return joinOutputs<[AccountModel, Remembered, NamedSets | undefined], AccountModel>(
      [own, replaced, sets],
      (account, more, known) => withSets({ ...account, ...more }, known),
    );
  }

  /** Returns the keys of the account's sets. @param isTimed whether the times of issue are needed */
  #setKeys(isTimed: boolean): pulumi.Output<NamedSets | undefined> {
    return this.#sets.byName<SetKeys>(({ keys, issued }) => (isTimed ? { ...keys, issued } : keys));
  }

  /** Returns what the claims remember if keys of users in a set are rotated. */
  #ifSetsAreRotated(remembered: pulumi.Inputs): pulumi.Output<Remembered> {
    const areRotated = this.#sets.all().then((sets) => pulumi.all(sets.map(({ isRotated: is }) => is)));
    return pulumi
      .output(areRotated)
      .apply((each) =>
        each.includes(true) ? pulumi.output(remembered) : pulumi.output({}),
      ) as pulumi.Output<Remembered>;
  }

  /** Returns all keys of the account, its users and roles, as far as they are known. */
  async findKeys(): Promise<SuppliedKey[]> {
    const holders = [
      ["key", this.publicKey] as const,
      ...Object.entries(this.#keys.users).map(([user, { publicKey }]) => [keyPath("users", user), publicKey] as const),
      ...Object.entries(this.#keys.roles).map(
        ([role, { signingKey }]) => [keyPath("roles", role), signingKey] as const,
      ),
    ];
    // The keys of a component with problems are not created.
    const found = await Promise.allSettled(holders.map(([, key]) => valueIfKnown(key)));
    return holders.flatMap(([path], index) => {
      const result = found[index];
      return result?.status === "fulfilled" && result.value !== undefined ? [{ path, key: result.value }] : [];
    });
  }

  #createUsers(): Record<string, CreatedUser> {
    const { args, roles } = this;
    const signers = new Map<string, pulumi.Output<string>>();
    const signerOf = (role: string): pulumi.Output<string> | undefined => {
      // A role without a seed cannot sign users; the gate is closed then.
      const seed = getOwn(roles, role)?.seed as pulumi.Output<string> | undefined;
      const signer = signers.get(role) ?? (seed && withoutDependencies(seed));
      return signer && signers.set(role, signer).get(role);
    };
    const context = { account: this, signerOf, roleArgs: rolesOf(args), revocations: revocationsOf(args) };
    return mapValues(usersOf(args), (user, userName) =>
      createUser(childName(this.name, userName), userName, user, context),
    );
  }

  /** Signs the account's JWT with the seed of its operator, or with its own. */
  #sign(parts: AccountParts, tokens: readonly Token[], { grants }: Importers): AccountClaims {
    const { args, signer } = this;
    const claims = {
      ...parts,
      ...withTokens(args, tokens),
      ...namedAccounts(args),
      name: afterGate(this.#activationGate(tokens), this.accountName),
      // The gate stays closed for an account without any of them.
      signer: args.operator?.signer ?? signer ?? "",
      ...(grants === undefined ? {} : { grants, grantSigner: grantSigner(grants, signer) }),
      // Apart, because a preview does not know the times while a JWT is about to be signed.
      sets: this.#setKeys(false),
      unknownSets: this.#sets.unknown(),
      issued: this.#sets.byName<string>(({ issued }) => issued),
    };
    return new AccountClaims(this.name, claims, { parent: this.resource });
  }

  /** Opens when each import of the account has the activation that it needs: that depends on the account's key. */
  #activationGate(tokens: readonly Token[]): Gate {
    const { args, gate, accountName, resource } = this;
    const checks = args.operator === undefined ? unsignedDiagnostics(args, tokens) : [];
    return checks.length === 0
      ? gate
      : gate.then(() => validate(`account ${JSON.stringify(accountName)}`, resource, checks));
  }

  #createKey(name: string, { seed, rotation }: Pick<RoleArgs, "seed" | "rotation">): Nkey {
    const own = omitUndefined<Pick<NkeyArgs, "seed" | "version">>({ seed, version: rotationVersion(rotation) });
    return new Nkey(name, { kind: afterGate(this.gate, "account" as const), ...own }, { parent: this.resource });
  }

  /** Creates the key that the authorization service signs with, if there is such a service. */
  #createService(authorization: AuthorizationArgs | undefined): Partial<AccountRole> & Pick<AccountRole, "seed"> {
    const { issuer } = authorization ?? {};
    return authorization === undefined
      ? { seed: pulumi.output(undefined) }
      : this.#createRole(`${this.name}/authorization`, issuer === undefined ? {} : { publicKey: issuer });
  }

  #createRole(name: string, { seed, publicKey, rotation }: RoleArgs): AccountRole {
    if (publicKey !== undefined) {
      return { publicKey: afterGate(this.gate, publicKey), seed: pulumi.output(undefined) };
    }
    const key = this.#createKey(name, omitUndefined<Pick<RoleArgs, "seed" | "rotation">>({ seed, rotation }));
    return { publicKey: key.id, seed: key.seed };
  }
}

/** Returns the seed that signs activations, if there are any. */
function grantSigner(
  grants: NonNullable<Importers["grants"]>,
  signer: pulumi.Output<string> | undefined,
): pulumi.Output<string | undefined> {
  const none = pulumi.output(undefined);
  return pulumi.unsecret(grants).apply((known): pulumi.Output<string | undefined> => (known && signer) ?? none);
}

/** Finds what an account without an operator, or one with importers of other stacks, cannot sign. */
export function signerDiagnostics(
  { operator, publicKey, authorization }: DeclaredArgs,
  { grants }: Importers,
): pulumi.Output<readonly Diagnostic[]>[] {
  const unsigned: Finding = {
    code: "NA4107",
    path: "publicKey",
    problem: "has no seed here, but an account without an operator signs its own JWT",
    remedy: "Set `operator`, or set `seed` or `key` in place of `publicKey`.",
  };
  const ungranted: Finding = {
    code: "NA4107",
    path: "publicKey",
    problem: "has no seed here, but the account signs an activation for each importer of another stack",
    remedy: "Set `seed` or `key` in place of `publicKey`, or name importers of this program only.",
  };
  const foreign: Finding = {
    code: "NA4106",
    path: "authorization",
    problem: "is not supported without an operator: it would decide about the clients of all accounts of a cluster",
    remedy: "Remove it, or declare the account in the program of the operator.",
  };
  return [
    pulumi.output(operator === undefined && publicKey !== undefined ? diagnose(unsigned) : []),
    pulumi.output(operator === undefined && authorization !== undefined ? diagnose(foreign) : []),
    ...(grants === undefined || publicKey === undefined
      ? []
      : [grants.apply((known) => (known === undefined ? [] : diagnose(ungranted)))]),
  ];
}

/** Returns the name of a user's or role's resource. Slashes are escaped, so that no two resources share a name. */
function childName(name: string, userName: string): string {
  return `${name}/${userName.replace(/[%/]/g, encodeURIComponent)}`;
}
