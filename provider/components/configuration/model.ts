import * as pulumi from "@pulumi/pulumi";
import { usedProtocols } from "../../config/protocols";
import type { ProtocolSettings } from "../../model/cluster/protocols";
import { protocolsOf } from "./protocols";
import { normalizeListener, type Listener } from "../../config/listener";
import { renderOperatorConfig, type AccountRoster, type Tokens } from "../../config/operator";
import { renderStaticConfig } from "../../config/static";
import type { Account as AccountModel, ListedAccount } from "../../model/account/account";
import { withNamesAsKeys, withTemplates } from "../../model/account/names-as-keys";
import { withValidUsers } from "../../model/account/previous-account-keys";
import {
  activationDiagnostics,
  clusterDiagnostics,
  clusterNameDiagnostics,
  duplicateKeyDiagnostics,
  type Model,
  type SuppliedKey,
} from "../../model/cluster/cluster";
import { namedPath } from "../../model/cluster/account-paths";
import { listenerDiagnostics } from "../../model/cluster/listeners";
import { joinPath, display, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../../model/form/order";
import { checkShape, stringShape } from "../../model/form/shape";
import type { ServerSettings } from "../../model/cluster/server-settings";
import { serverName, type Mode } from "../../model/cluster/servers";
import { staticCheckUser } from "../../dynamic/cluster/check-credentials";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { Account } from "../account/account";
import { ACCOUNT_KEY } from "../account/account-model";
import { accountsOf, type ConfigurationArgs } from "./configuration-args";
import { CHECK_ROLE } from "../operator/operator-args";
import { joinOutputs } from "../join-outputs";
import { afterGate } from "../validation";
import { type DeclaredServer } from "./declared-server";

/** Returns the declarations of these accounts, with their paths in the arguments. */
export function declarationsOf(args: ConfigurationArgs): pulumi.Output<readonly ListedAccount[]> {
  return pulumi.all(
    accountsOf(args).map((account) =>
      account.declaration.apply((declared): ListedAccount => ({ ...declared, path: pathOf(args, account) })),
    ),
  );
}

/** Returns the path of an account in the arguments. The first of several counts; a system account need not be listed. */
function pathOf({ operator, accounts }: ConfigurationArgs, account: Account): string {
  const index = accounts.indexOf(account);
  return (
    account.path ?? (index < 0 && account === operator.systemAccount ? "operator.systemAccount" : `accounts[${index}]`)
  );
}

/** Returns the names of a configuration's accounts by their public keys. */
export function accountNames(args: ConfigurationArgs): pulumi.Output<Record<string, string>> {
  const accounts = accountsOf(args).map(({ accountName, publicKey }) => ({ accountName, publicKey }));
  return pulumi
    .output(accounts)
    .apply((known) => Object.fromEntries(known.map(({ publicKey, accountName }) => [publicKey, accountName])));
}

/**
 * Checks a configuration across its accounts, which the accounts themselves cannot.
 *
 * @param servers the servers with the configuration; without any, their listeners are unknown, and not compared with users
 */
export function authorizationDiagnostics(
  args: ConfigurationArgs,
  servers: readonly Pick<DeclaredServer, "ports">[],
): pulumi.Output<readonly Diagnostic[]>[] {
  const declarations = declarationsOf(args);
  return [
    declarations.apply(clusterDiagnostics),
    ...(servers.length === 0
      ? []
      : [declarations.apply((accounts) => listenerDiagnostics(accounts, protocolsOf(servers)))]),
    pulumi
      .all([declarations, pulumi.all(accountsOf(args).map(({ withoutActivation }) => withoutActivation))])
      .apply(([declared, without]) => activationDiagnostics(declared, without)),
    pulumi.output(foreignAccountDiagnostics(args)),
    pulumi.output(findSharedKeys(args)),
    ...replacedAccountDiagnostics(args),
  ];
}

/** Checks the name of a cluster that an argument sets. */
export function clusterNameArgDiagnostics(clusterName: string): Diagnostic[] {
  const misfits = checkShape("clusterName", stringShape, clusterName, () => []);
  return misfits.length > 0 ? misfits : clusterNameDiagnostics(clusterName, "clusterName");
}

/**
 * Finds keys that are used twice. Generated keys are unique, unless the program sets one of them elsewhere, or an account of another
 * stack lists those of an account of this program, which are public.
 */
async function findSharedKeys(args: ConfigurationArgs): Promise<Diagnostic[]> {
  const accounts = accountsOf(args);
  const given = await Promise.all(accounts.map((account) => account.givenKeys()));
  const canBeShared =
    given.some((keys) => keys.length > 0) || accounts.some(({ knownAccounts }) => knownAccounts !== undefined);
  const known = canBeShared ? await Promise.all(accounts.map((account) => account.findKeys())) : [];
  const keys = accounts.flatMap((account, index) =>
    joinKeys(given[index] ?? [], known[index] ?? []).map(({ path, key }) => ({
      path: joinPath(accountPath(args, account), path),
      key,
    })),
  );
  return duplicateKeyDiagnostics(keys);
}

/** Joins the keys that an account's arguments set and those that it has: a key that is set for a user is also the one that it has. */
function joinKeys(given: readonly SuppliedKey[], known: readonly SuppliedKey[]): readonly SuppliedKey[] {
  const paths = new Map<SuppliedKey["key"], string[]>();
  for (const { path, key } of given) {
    paths.set(key, [...(paths.get(key) ?? []), path]);
  }
  // An account's own key is set by one of several arguments.
  const isGiven = ({ path, key }: SuppliedKey) =>
    path === ACCOUNT_KEY ? paths.has(key) : paths.get(key)?.includes(path) === true;
  return [...given, ...known.filter((one) => !isGiven(one))];
}

/** Checks that the cluster's operator signs every account: the operator server loads no others. */
function foreignAccountDiagnostics(args: ConfigurationArgs): Diagnostic[] {
  return accountsOf(args).flatMap((account): Diagnostic[] => {
    const { signedBy } = account;
    const path = `${accountPath(args, account)}.operator`;
    if (signedBy === undefined) {
      return [{ code: "NA4108", path, ...UNSIGNED }];
    }
    return signedBy === args.operator || signedBy.signer === args.operator.signer
      ? []
      : [{ code: "NA4020", path, ...FOREIGN }];
  });
}

const UNSIGNED = {
  problem:
    "is missing: the account signs itself, and the operator server accepts only accounts that its operator signed",
  remedy: "Set `operator` of the account, or create it with `Account.fromReference` from its `reference`.",
};

const FOREIGN = {
  problem: "is not the cluster's operator; the operator server rejects accounts that a different operator signed",
  remedy: "Use the cluster's operator, or remove the account from the cluster.",
};

/** Checks that the accounts that a reference names are those of the cluster: static configurations contain these names. */
function replacedAccountDiagnostics(args: ConfigurationArgs): pulumi.Output<readonly Diagnostic[]>[] {
  return accountsOf(args).flatMap((account) =>
    account.knownAccounts === undefined
      ? []
      : [
          pulumi
            .all([account.knownAccounts, accountNames(args)])
            .apply(([known, names]) => otherKeyDiagnostics(`${accountPath(args, account)}.reference`, known, names)),
        ],
  );
}

/** Accounts that are not in the cluster are reported where the reference uses them. */
function otherKeyDiagnostics(
  path: string,
  known: Readonly<Record<string, string>>,
  names: Readonly<Record<string, string>>,
): Diagnostic[] {
  const problem = "is the name of an account of the cluster that has a different key than the account in the reference";
  return Object.entries(known)
    .filter(([key, name]) => !Object.hasOwn(names, key) && Object.values(names).includes(name))
    .map(([, name]) => ({ code: "NA4109", path, value: display(name), problem, remedy: UPDATE }));
}

const UPDATE = "Update the stack that exports the reference, so that it refers to the account of the cluster.";

function accountPath(args: ConfigurationArgs, account: Account): string {
  return namedPath(pathOf(args, account), account.accountName);
}

/** The settings of a listener that depend on where its server runs, on JetStream and on proxies. */
export type ListenerSettings = DeepInput<
  Pick<
    Listener,
    | "address"
    | "clusterAddress"
    | "monitoringAddress"
    | "files"
    | "isAlone"
    | "jetstream"
    | "trustedProxies"
    | "routesFile"
    | "advertise"
  >
>;

/** Settings of a listener that the program sets. They must be valid. */
export interface ListenerOptions {
  readonly settings?: pulumi.Output<ServerSettings> | undefined;
  readonly protocols?: pulumi.Output<ProtocolSettings> | undefined;
}

/** Returns the listener of one server: its names, ports, settings, and those that depend on where it runs. */
export function createListener(
  clusterName: pulumi.Output<string>,
  { name, mode, ports }: Pick<DeclaredServer, "name" | "mode" | "ports">,
  placed: ListenerSettings = {},
  { settings, protocols }: ListenerOptions = {},
): pulumi.Output<Listener> {
  return pulumi
    .output({ ...ports, clusterName, placed, settings, protocols })
    .apply(({ placed: known, clusterName: cluster, protocols: given, ...rest }) => {
      const names = { serverName: serverName(cluster, name), clusterName: cluster };
      const used = usedProtocols(mode, rest, given);
      return normalizeListener(omitUndefined<Listener>({ ...names, ...rest, ...known, protocols: used }));
    });
}

/** Returns the model that static configurations are rendered from. It contains the users whose credentials are valid now. */
export function staticModel(args: ConfigurationArgs): pulumi.Output<Model> {
  const { operatorName, systemAccount } = args.operator;
  const models = accountsOf(args).map(({ model }) => model);
  return joinOutputs<[string, string, ...AccountModel[]], Model>(
    [operatorName, systemAccount.publicKey, ...models],
    (operator, key, ...accounts) => {
      const now = nowInSeconds();
      return { operator, systemAccount: key, accounts: accounts.map((account) => withValidUsers(now, account)) };
    },
  );
}

/** The name of the user that verifies servers in static mode: a comment in their configurations. */
const CHECK_USER = "verification by pulumi-nats-auth";

/** Adds the user that verifies servers in static mode to the system account. */
function withCheckUser({ operator }: ConfigurationArgs, model: pulumi.Output<Model>): pulumi.Output<Model> {
  const publicKey = pulumi.unsecret(operator.checkSigner.apply((signer) => staticCheckUser(signer).getPublicKey()));
  return joinOutputs<[Model, string], Model>([model, publicKey], (known, key) => {
    const user = { publicKey: key, signingKey: key, role: CHECK_ROLE, issuedAt: Infinity };
    const accounts = known.accounts.map((account) =>
      account.publicKey === known.systemAccount
        ? { ...account, users: { ...account.users, [CHECK_USER]: user } }
        : account,
    );
    return { ...known, accounts };
  });
}

/** The JWTs of a configuration, and whose they are. */
export interface OperatorTokens extends Tokens {
  readonly roster: AccountRoster;
}

/** Returns the JWTs that operator-mode configurations are rendered from. */
export function operatorTokens(args: ConfigurationArgs): pulumi.Output<OperatorTokens> {
  const { operatorName, systemAccount, jwt } = args.operator;
  const accounts = accountsOf(args).map(({ accountName: name, publicKey, jwt: token }) => ({ name, publicKey, token }));
  return pulumi
    .all([operatorName, systemAccount.publicKey, jwt, pulumi.output(accounts)])
    .apply(([operator, key, operatorJwt, known]) => ({
      operator: operatorJwt,
      accounts: Object.fromEntries(known.map(({ publicKey, token }) => [publicKey, token])),
      roster: { operator, systemAccount: key, accounts: known.map(({ name, publicKey }) => ({ name, publicKey })) },
    }));
}

/**
 * Returns a function that renders the configuration of each server, by its mode.
 *
 * @param needsUser whether a verification logs in to servers in static mode
 */
export function configRenderer(
  args: ConfigurationArgs,
  needsUser: boolean,
): (server: Pick<DeclaredServer, "mode">, listener: pulumi.Output<Listener>) => pulumi.Output<string> {
  const model = needsUser ? withCheckUser(args, staticModel(args)) : staticModel(args);
  const tokens = operatorTokens(args);
  return ({ mode }, listener) => {
    switch (mode) {
      case "static":
        return joinOutputs<[Model, Listener], string>(
          [model, listener],
          (known, at) => renderStaticConfig(known, at).text,
        );
      case "operator":
        return pulumi
          .all([tokens, listener])
          .apply(([{ roster, ...known }, at]) => renderOperatorConfig(roster, known, at).text);
    }
  };
}

/**
 * Returns the settings that a server reads only when it starts: it rejects a reload that changes one of them.
 *
 * @param startup those of its listener
 */
export function startupSettings(
  args: ConfigurationArgs,
  mode: Mode,
  startup: pulumi.Output<object>,
): pulumi.Output<string> {
  const { operator } = args;
  const system = operator.systemAccount.publicKey;
  switch (mode) {
    case "static":
      return pulumi.jsonStringify([startup, system, ...accountsOf(args).flatMap(({ callout }) => callout ?? [])]);
    case "operator":
      return pulumi.jsonStringify([startup, system, operator.jwt]);
  }
}

/**
 * Returns a function that renders the configuration of each server with names in place of keys and JWTs. A preview knows it
 * while keys are about to be created.
 */
export function outlineRenderer(
  args: ConfigurationArgs,
): (server: DeclaredServer, listener: pulumi.Output<Listener>) => pulumi.Output<string> {
  const { operatorName, systemAccount, gate: ofOperator } = args.operator;
  const declared = accountsOf(args).map(({ gate, declaration }) => afterGate(gate, declaration));
  const model = pulumi
    .all([afterGate(ofOperator, operatorName), pulumi.all(declared)])
    .apply(([operator, accounts]): Model => {
      return { operator, systemAccount: systemAccount.accountName, accounts: accounts.map(withNamesAsKeys) };
    });
  return ({ mode }, listener) =>
    pulumi.all([model, listener]).apply(([known, at]) => {
      switch (mode) {
        case "static":
          return withTemplates(renderStaticConfig(known, at).text);
        case "operator":
          return renderOperatorConfig(known, toNamedTokens(known), at).text;
      }
    });
}

function toNamedTokens({ accounts }: Model): Tokens {
  return { operator: JWT, accounts: Object.fromEntries(accounts.map(({ name }) => [name, JWT])) };
}

/** Stands for a JWT. */
const JWT = "(JWT)";
