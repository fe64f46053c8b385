import * as pulumi from "@pulumi/pulumi";
import { signedAccountDiagnostics } from "../../dynamic/checks/account";
import { UNKNOWN } from "../../dynamic/life-cycle/unknown";
import { areManyUsers } from "../../dynamic/state/packed-users";
import { diagnose, display, keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import type { Account as AccountModel, ListedAccount } from "../../model/account/account";
import { eachTerm } from "../../model/account/account-terms";
import { toDeclaration, toModel, type IssuedActivation, type SignedReference } from "../../model/account/reference";
import type { SuppliedKey } from "../../model/cluster/cluster";
import { anyValue, checkShape, hasShape, isRecord, objectOf, optional, stringShape } from "../../model/form/shape";
import { parseKey } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import { readReference, type ReadReference } from "../../read/reference";
import { AccountClaims, type AccountClaimsArgs } from "../../resources/account-claims";
import { registeredArgs } from "../registered-args";
import { afterGate, validate, valueIfKnown, type Gate } from "../validation";
import type { AccountSigner } from "./account-args";
import type { AccountRole } from "./account-roles";
import { SIGNER } from "./account-shape";
import type { CreatedUser } from "./account-users";
import { referencedSetsDiagnostics } from "./referenced-sets";

/** Arguments of `Account.fromReference`. */
export interface FromReferenceArgs {
  /**
   * Reference of the account: the `Account.reference` that the account's own stack exports, typically an output of a
   * `pulumi.StackReference`.
   */
  reference: pulumi.Input<SignedReference | undefined>;
  /** Operator that signs the account. */
  operator: AccountSigner;
  /**
   * Account name, which must be that of the reference.
   *
   * Plain, because paths of diagnostics and rows of the parity report contain it.
   *
   * @default the name of the resource
   */
  name?: string;
}

const ARGS = objectOf<FromReferenceArgs>({ reference: anyValue, operator: SIGNER, name: optional(stringShape) });

/** The arguments of an account of another stack, as far as they are well-formed. */
export interface ReferenceInput {
  readonly accountName: string;
  readonly operator: AccountSigner;
  readonly read: pulumi.Output<ReadReference>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the arguments of an account of another stack. Malformed ones are problems, and do not fail. */
export function readReferenceArgs(name: string, args: FromReferenceArgs): ReferenceInput {
  const given: Partial<FromReferenceArgs> = isRecord(args) ? args : {};
  const accountName = typeof given.name === "string" ? given.name : name;
  return {
    accountName,
    operator: hasShape(SIGNER, given.operator) && given.operator !== undefined ? given.operator : { signer: "" },
    read: pulumi.output(given.reference).apply((value) => checkReference(value, accountName)),
    diagnostics: checkShape("", ARGS, args, () => []),
  };
}

/** Reads a reference and checks its account like any other: its stack can run any program. */
function checkReference(value: unknown, accountName: string): ReadReference {
  const { reference, diagnostics } = readReference(value);
  if (reference === undefined) {
    return { diagnostics };
  }
  const { account } = reference;
  const ofAccount = prefixPaths("account", [
    ...signedAccountDiagnostics({ ...account, signer: UNKNOWN }),
    ...nameDiagnostics(account, accountName),
    ...authorizationDiagnostics(account),
  ]);
  const found = ofAccount.length > 0 ? ofAccount : referencedSetsDiagnostics(reference);
  return found.length > 0 ? { diagnostics: found } : { reference, diagnostics: [] };
}

function nameDiagnostics({ name }: AccountModel, accountName: string): Diagnostic[] {
  return diagnose({
    code: "NA4105",
    path: "name",
    value: name,
    problem: name === accountName ? undefined : `is not the name of the account here, which is ${display(accountName)}`,
    remedy: `Use the output of the right account, or set \`name\` to ${display(name)}.`,
  });
}

function authorizationDiagnostics({ authorization }: AccountModel): Diagnostic[] {
  const problem = "is an authorization service of another stack, which would decide about the clients of all accounts";
  return diagnose({
    code: "NA4106",
    path: "authorization",
    problem: authorization === undefined ? undefined : problem,
    remedy: "Remove it in the stack of the account, or declare the account in this program.",
  });
}

/** An account of another stack: its reference is verified, and its account signed with the key of the operator. */
export class ReferencedAccount {
  readonly accountName: string;
  readonly args: { readonly operator: AccountSigner; readonly exports?: undefined };
  readonly publicKey: pulumi.Output<string>;
  readonly claims: AccountClaims;
  readonly jwt: pulumi.Output<string>;
  /** The seeds are in the account's own stack. */
  readonly signer = undefined;
  readonly authorizationSigner = pulumi.output(undefined);
  readonly users: Readonly<Record<string, CreatedUser>> = {};
  readonly roles: Readonly<Record<string, AccountRole>> = {};
  /** It has no authorization service. */
  readonly callout = undefined;
  readonly withoutActivation: pulumi.Output<readonly number[]>;
  readonly declaration: pulumi.Output<ListedAccount>;
  readonly model: pulumi.Output<AccountModel>;
  readonly gate: Gate;
  /** Activations that the account has signed. */
  readonly issued: pulumi.Output<readonly IssuedActivation[]>;
  /** Names of the accounts that it refers to, by public key. */
  readonly knownAccounts: pulumi.Output<Readonly<Record<string, string>>>;
  readonly createReference: () => pulumi.Output<SignedReference>;
  readonly #reference: pulumi.Output<SignedReference>;

  constructor(resource: pulumi.Resource, name: string, { accountName, operator, read, diagnostics }: ReferenceInput) {
    this.accountName = accountName;
    this.args = { operator };
    this.gate = validate(`account ${JSON.stringify(accountName)}`, resource, [
      pulumi.output(diagnostics),
      read.apply(({ diagnostics: found }) => prefixPaths("reference", found)),
    ]);
    // With an open gate, there is a reference if it is known.
    const reference = afterGate(
      this.gate,
      read.apply((found) => (found as Required<ReadReference>).reference),
    );
    this.#reference = reference;
    this.createReference = () => reference;
    this.issued = reference.apply(({ activations }) => activations);
    this.knownAccounts = reference.apply(({ accounts }) => accounts);
    this.model = reference.apply(toModel);
    this.publicKey = this.model.apply(({ publicKey }) => publicKey);
    this.declaration = read.apply((found) =>
      found.reference === undefined ? UNREADABLE : toDeclaration(found.reference),
    );
    this.withoutActivation = this.model.apply(({ imports = [] }) =>
      imports.flatMap(({ token }, index) => (token === undefined ? [index] : [])),
    );
    this.claims = this.#sign(resource, name);
    this.jwt = this.claims.jwt;
  }

  /** The program sets no key. */
  givenKeys(): Promise<SuppliedKey[]> {
    return this.findKeys();
  }

  /** Returns the keys of the account, if they are known: those of its users, also replaced ones, and of its roles. */
  async findKeys(): Promise<SuppliedKey[]> {
    const [result] = await Promise.allSettled([valueIfKnown(this.#reference)]);
    return result.status === "fulfilled" && result.value !== undefined ? listKeys(result.value) : [];
  }

  #sign(resource: pulumi.Resource, name: string): AccountClaims {
    // Without the users of sets, of which no JWT of an account contains anything; the account's stack remembers what they revoke.
    const model = this.#reference.apply(({ account }) => toModel({ account }));
    const claims = {
      ...eachTerm((term) => model.apply((known) => known[term])),
      name: afterGate(this.gate, this.accountName),
      publicKey: this.publicKey,
      users: model.apply(({ users }) => users),
      roles: model.apply(({ roles = {} }) => roles),
      imports: model.apply(({ imports }) => imports),
      remembered: model.apply(({ previous = {}, revoked = {} }) => ({ previous, revoked })),
      signer: this.args.operator.signer,
    };
    return new AccountClaims(name, claims as unknown as AccountClaimsArgs, { parent: resource });
  }
}

/** Not well-formed, so that checks between accounts skip it: its problems are reported already. */
const UNREADABLE = { users: null } as unknown as ListedAccount;

function listKeys({ account, sets = {} }: SignedReference): SuppliedKey[] {
  const { publicKey, users, roles = {}, previous = {} } = account;
  const own = [
    { path: "account.publicKey", key: publicKey },
    ...Object.entries(users).map(([user, { publicKey: key }]) => ({ path: keyPath("account.users", user), key })),
    ...Object.entries(roles).map(([role, { signingKey: key }]) => ({ path: keyPath("account.roles", role), key })),
    ...Object.entries(sets).flatMap(([set, { keys }]) =>
      Array.from(parseLines(keys), ([user, line]) => ({
        path: keyPath(`${keyPath("sets", set)}.users`, user),
        key: parseKey(line).publicKey,
      })),
    ),
  ];
  const replaced = Object.entries(previous.users ?? {}).flatMap(([user, keys]) =>
    keys.flatMap(({ publicKey: key }) =>
      key === undefined ? [] : [{ path: keyPath("account.previous.users", user), key }],
    ),
  );
  // A key with a renewed JWT is listed with each JWT.
  const distinct = new Map([...replaced, ...own].map(({ path, key }) => [key, path]));
  const repeated = own.filter(({ path, key }) => distinct.get(key) !== path);
  return [...[...distinct].map(([key, path]) => ({ path, key })), ...repeated].map(({ path, key }) => ({
    path: `reference.${path}`,
    key,
  }));
}

/**
 * Returns the account of a reference as its component registers it: transforms and policies read it like any other. Of many users, they
 * see the claims alone, as for other accounts.
 */
export function registeredReference({ accountName, read }: ReferenceInput): pulumi.Inputs {
  const declared = read.apply(({ reference }) => (reference === undefined ? undefined : toDeclaration(reference)));
  const key = read.apply(({ reference }) => reference?.account.publicKey);
  return registeredArgs({
    name: accountName,
    publicKey: key,
    ...eachTerm((term) => declared.apply((known) => known?.[term])),
    users: declared.apply((known) => (areManyUsers(known?.users ?? {}) ? undefined : known?.users)),
    sets: declared.apply((known) => known?.sets),
    roles: declared.apply((known) => known?.roles),
    imports: declared.apply((known) => known?.imports),
  });
}
