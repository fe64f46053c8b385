import type * as pulumi from "@pulumi/pulumi";
import { Account } from "../components/account/account";
import type { AccountSettings, AccountSigner, AnyNames, OtherAccount } from "../components/account/account-args";
import type { FromReferenceArgs } from "../components/account/referenced-account";
import { Operator } from "../components/operator/operator";
import { DEFAULT_SYSTEM_ACCOUNT } from "../components/operator/operator-args";
import { UserSet } from "../components/user-set/user-set";
import type { Gate } from "../components/validation";
import { keyPath } from "../diagnostics/diagnostic";
import { omitUndefined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { AccountLinks } from "./account-links";
import type { Container } from "./container";
import type {
  AccountData,
  ExportData,
  ImportData,
  ModelData,
  OperatorData,
  SystemAccountData,
  UserSetData,
} from "./model-data";

/** A component with the path of its arguments. */
export interface Part {
  readonly component: pulumi.Resource & { readonly gate: Gate };
  readonly path: string;
}

/** An account with its sets, and its key in the arguments. */
export interface NamedAccount {
  readonly key: string;
  readonly account: Account;
  readonly sets: readonly { readonly set: UserSet; readonly data: UserSetData }[];
  /** Whether the outputs have its reference. */
  readonly outputsReference: boolean;
}

/** The components of a model. */
export interface CreatedModel {
  readonly operator: Operator;
  readonly accounts: readonly Account[];
  /** The accounts, and the system account. */
  readonly named: readonly NamedAccount[];
  readonly parts: readonly Part[];
}

/**
 * Creates the operator, the accounts and the sets of a model. Accounts refer to each other by outputs that are set once all of them
 * are created, so that they can import from each other in any direction. Malformed parts of the model are left out; the components
 * report malformed arguments.
 *
 * @param name the name of the component, which begins the names of all resources
 */
export function createModel(name: string, parent: Container, model: Partial<ModelData>): CreatedModel {
  const operatorData: OperatorData = isRecord(model.operator) ? model.operator : {};
  const entries = Object.entries(recordOf(model.accounts)).filter(([, data]) => isRecord(data));
  const systemData: SystemAccountData = isRecord(operatorData.systemAccount) ? operatorData.systemAccount : {};
  const links = new AccountLinks(entries, [systemName(operatorData), systemData]);
  const operator = createOperator(name, parent, operatorData, links);
  links.resolveSystem(operator.systemAccount);
  const accounts = entries.map(([key, data]) => {
    const account = createAccount(name, parent, [key, data], { operator, links });
    links.resolve(key, account);
    return { key, account, data, path: keyPath("accounts", key) };
  });
  const { systemAccount } = operator;
  const all = [
    ...accounts,
    {
      key: systemAccount.accountName,
      account: systemAccount,
      data: systemData,
      path: "operator.systemAccount",
    },
  ];
  const withSets = all.map(({ account, data, ...rest }) => ({
    ...rest,
    account,
    sets: createSets(childName(name, rest.key), parent, account, data),
    outputsReference: (data as AccountData).outputReference === true,
  }));
  return {
    operator,
    accounts: accounts.map(({ account }) => account),
    named: withSets,
    parts: [
      { component: operator, path: "operator" },
      ...withSets.flatMap(({ account, path, sets }): Part[] => [
        { component: account, path },
        ...sets.map(({ set, key }) => ({ component: set, path: keyPath(`${path}.sets`, key) })),
      ]),
    ],
  };
}

/** Returns the name of the system account. */
export function systemName(operator: OperatorData | undefined): string {
  const { name } = isRecord(operator?.systemAccount) ? operator.systemAccount : {};
  return typeof name === "string" ? name : DEFAULT_SYSTEM_ACCOUNT;
}

function createOperator(name: string, parent: Container, data: OperatorData, links: AccountLinks): Operator {
  const { resourceName, systemAccount, ...rest } = data;
  const [former = name] = [resourceName, data.name].filter((text) => typeof text === "string");
  const args = { ...rest, ...(systemAccount === undefined ? {} : { systemAccount: toSettings(systemAccount, links) }) };
  return new Operator<AnyNames, AnyNames>(name, args, parent.childOptions(name, former));
}

function createAccount(
  name: string,
  parent: Container,
  [key, given]: [string, AccountData],
  { operator, links }: { readonly operator: AccountSigner; readonly links: AccountLinks },
): Account {
  const { outputReference: _, ...data } = given;
  const path = keyPath("accounts", key);
  const resourceName = childName(name, key);
  const options = parent.childOptions(resourceName, key);
  if (data.reference !== undefined) {
    const { name: accountName = key, reference } = data;
    const referenced = { name: accountName, reference, operator } as FromReferenceArgs;
    return new Account(resourceName, {}, options, { referenced, path });
  }
  return new Account(resourceName, { name: key, ...toSettings(data, links), operator }, options, { path });
}

function createSets(
  name: string,
  parent: Container,
  account: Account,
  { sets, reference }: AccountData,
): { readonly key: string; readonly set: UserSet; readonly data: UserSetData }[] {
  return Object.entries(recordOf(reference === undefined ? sets : undefined))
    .filter(([, data]) => isRecord(data))
    .map(([key, data]) => {
      const { name: own, outputCreds: _, template: __, ...args }: UserSetData & { readonly template?: unknown } = data;
      const resourceName = childName(name, key);
      const setName = typeof own === "string" ? own : key;
      const set = new UserSet(setName, { ...args, account }, parent.childOptions(resourceName, key), resourceName);
      return { key, set, data };
    });
}

/** The data of an account, also with an argument that only a program can have. */
type GivenAccount = SystemAccountData & { readonly key?: unknown };

/** Returns the arguments of an account, with references in place of the names of others. Malformed ones remain unchanged. */
function toSettings(data: SystemAccountData, links: AccountLinks): AccountSettings {
  if (!isRecord(data)) {
    return data;
  }
  const { sets: _, key: __, imports, exports, authorization, ...rest }: GivenAccount = data;
  const allowed = isRecord(authorization) ? authorization.allowedAccounts : undefined;
  const settings = {
    ...rest,
    imports: mapList(imports, (entry: ImportData) => ({ ...entry, account: links.find(entry.account) })),
    exports: mapList(exports, (entry: ExportData) => ({
      ...entry,
      importers: mapItems(entry.importers, (one) => links.nameOf(one)),
    })),
    authorization: isRecord(authorization)
      ? omitUndefined<object>({
          ...authorization,
          allowedAccounts: mapItems(allowed, (one) => links.find(one as OtherAccount)),
        })
      : authorization,
  };
  return omitUndefined<AccountSettings>(settings as AccountSettings);
}

/** Replaces each object of a list. Anything else remains unchanged, and is reported by the component that it is an argument of. */
function mapList<T extends object>(list: readonly T[] | undefined, change: (item: T) => object): unknown {
  return mapItems(list, (item) => (isRecord(item) ? omitUndefined<object>(change(item as T)) : item));
}

function mapItems(list: unknown, change: (item: unknown) => unknown): unknown {
  return Array.isArray(list) ? list.map(change) : list;
}

function recordOf<T>(value: Readonly<Record<string, T>> | undefined): Readonly<Record<string, T>> {
  return isRecord(value) ? value : {};
}

/** Returns the name of a resource inside of another one. Slashes are escaped, so that no two resources share a name. */
function childName(name: string, key: string): string {
  return `${name}/${key.replace(/[%/]/g, encodeURIComponent)}`;
}
