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
import { emptyListDiagnostics, type Role } from "../../model/users/roles";
import type { SetKeys } from "../../model/users/set-keys";
import type { SuppliedKey } from "../../model/cluster/cluster";
import type { SignedReference } from "../../model/account/reference";
import { keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { AccountClaims } from "../../resources/account-claims";
import type { DeepInput } from "../../resources/dynamic-resource";
import { Nkey, type NkeyArgs } from "../../resources/nkey";
import { markHiddenAs } from "../../resources/secrecy";
import { joinOutputs, withoutDependencies } from "../join-outputs";
import { afterGate, validate, warn, type Gate } from "../validation";
import { createActivations, findWithoutActivation, type Token } from "./account-activations";
import type { AccountSettings, AccountSigner, AuthorizationArgs, RoleArgs } from "./account-args";
import { renderRestartCallout } from "./account-callout";
import { importersOf, signerDiagnostics, type Importers } from "./account-importers";
import { sourceDiagnostics, unpermittedDiagnostics, unsignedDiagnostics } from "./account-imports";
import {
  accountKeyDiagnostics,
  createParts,
  declareAccount,
  findGivenKeys,
  findKnownKeys,
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
import { roleKeys, roleSigners, rolesOf, type AccountRole } from "./account-roles";
import { AccountSets } from "./account-sets";
import type { Renumber } from "./account-shape";
import { createUser, withSeeds, type CreatedUser } from "./account-users";
import { isRotated, rotationVersion } from "./rotation";

/** Well-formed arguments of an account. */
export type DeclaredArgs = AccountSettings & { readonly operator?: AccountSigner };

/** The declaration of an account, apart from its arguments. */
export interface DeclaredContext {
  /** Problems with the shape of the arguments. */
  readonly shape: readonly Diagnostic[];
  /** Numbers imports in problems as the program does; undefined if none of its imports was left out. */
  readonly number?: Renumber | undefined;
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
  /** Is set when the claims of the account have accepted the keys of its sets. */
  readonly accepted: pulumi.Output<unknown>;
}

/** An account whose users and keys the program manages. */
export class DeclaredAccount {
  readonly args: DeclaredArgs;
  readonly accountName: string;
  readonly publicKey: pulumi.Output<string>;
  readonly claims: AccountClaims;
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
  readonly #accepted: pulumi.Output<unknown>;
  readonly #createModel: () => pulumi.Output<AccountModel>;
  #model: pulumi.Output<AccountModel> | undefined;

  constructor(
    readonly resource: pulumi.Resource,
    readonly name: string,
    given: DeclaredArgs,
    { shape, number, roles: internal = {} }: DeclaredContext,
  ) {
    const args = { ...given, users: withSeeds(usersOf(given)) };
    this.args = args;
    this.accountName = args.name ?? name;
    const declaration = declareAccount(this.accountName, args);
    this.declaration = this.#withSets(declaration);
    const importers = importersOf(args);
    const subject = `account ${JSON.stringify(this.accountName)}`;
    this.gate = validate(subject, resource, [pulumi.output(shape), ...this.#checks(declaration, importers, number)]);
    warn({ subject, resource, gate: this.gate }, declaration, emptyListDiagnostics).catch(() => undefined);
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
    const parts = createParts(this.accountName, this.publicKey, args, this.#keys, internal);
    const importer = { name, publicKey: this.publicKey, gate: this.gate };
    const tokens = createActivations(importer, args.imports ?? [], { parent: resource });
    this.withoutActivation = findWithoutActivation(tokens);
    const claims = this.#sign(parts, tokens, importers);
    this.claims = claims;
    this.jwt = claims.jwt;
    // Unlike the JWT, a preview knows the id.
    this.#accepted = claims.id;
    warnAboutRevoked({ ...this.setContext, resource, args }, this.#keys.users).catch(() => undefined);
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

  /** Checks the arguments, apart from their shape. */
  #checks(
    declaration: pulumi.Output<AccountDeclaration>,
    importers: Importers,
    number: Renumber | undefined,
  ): pulumi.Output<readonly Diagnostic[]>[] {
    const { args, accountName } = this;
    const checks = [
      declaration.apply(accountDiagnostics),
      ...accountKeyDiagnostics(args),
      ...sourceDiagnostics(args),
      importers.diagnostics,
      ...(args.operator === undefined ? unpermittedDiagnostics(accountName, args) : []),
      ...signerDiagnostics(args, importers),
    ];
    return number === undefined
      ? checks
      : checks.map((check) => check.apply((found) => found.map((one) => number(one))));
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
      accepted: this.#accepted,
    };
  }

  /** Returns the keys that the program sets. */
  async givenKeys(): Promise<SuppliedKey[]> {
    const sets = await this.#sets.all();
    const own = findGivenKeys(this.args);
    const ofSets = sets.map(async ({ name, givenKeys }) =>
      (await givenKeys()).map(({ path, key }) => ({ path: `${keyPath("sets", name)}.${path}`, key })),
    );
    return (await Promise.all([own, ...ofSets])).flat();
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
    const own = await findKnownKeys(this.publicKey, this.#keys);
    return [...own, ...(await this.#sets.findKeys())];
  }

  #createUsers(): Record<string, CreatedUser> {
    const { args } = this;
    const context = {
      account: this,
      signingKeyOf: roleKeys(this.roles),
      signers: roleSigners(Object.values(this.roles)),
      roleArgs: rolesOf(args),
      revocations: revocationsOf(args),
    };
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
      ...(args.removedSets === undefined ? {} : { removedSets: args.removedSets }),
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

/** Returns the name of a user's or role's resource. Slashes are escaped, so that no two resources share a name. */
function childName(name: string, userName: string): string {
  return `${name}/${userName.replace(/[%/]/g, encodeURIComponent)}`;
}
