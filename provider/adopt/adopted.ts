import * as pulumi from "@pulumi/pulumi";
import type { AccountSettings } from "../components/account/account-args";
import type { OperatorArgs } from "../components/operator/operator-args";
import { formatDiagnostic, redactSecrets, type Diagnostic } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";

/** The public keys of an adopted account. */
export interface AdoptedKeys {
  /** The account's public key (`A…`); undefined if the program creates the key. */
  readonly account?: string;
  /** The public keys (`U…`) of the users by name. */
  readonly users: Readonly<Record<string, string>>;
}

/** Public keys of the accounts and users of a store that are not adopted. */
export interface OmittedKeys {
  /** Public keys (`A…`) of accounts. */
  readonly accounts: readonly string[];
  /** Public keys (`U…`) of users, by the public key of their account. Revoked keys without a JWT are among them. */
  readonly users: Readonly<Record<string, readonly string[]>>;
}

/** An existing store or configuration, as the arguments of a program. Seeds are secrets. */
export interface Adopted {
  /** The arguments of the `Operator`, including the system account. */
  readonly operator: OperatorArgs;
  /** The arguments of each `Account` except the system account, by name. */
  readonly accounts: Readonly<Record<string, AccountSettings>>;
  /** The public keys of every account and its users, by name. */
  readonly keys: Readonly<Record<string, AdoptedKeys>>;
  /**
   * The keys that a store contains but the program does not: `mergeAdopted` does not admit them either.
   *
   * @default none
   */
  readonly omitted?: OmittedKeys;
  /** Everything that is not adopted, with path, reason and remedy. The preview also shows it as a warning. */
  readonly leftOut: readonly Diagnostic[];
}

/**
 * Separates the system account from the others, and warns of everything that is not adopted.
 *
 * @param origin the store or file, for messages
 */
export function toAdopted(
  origin: string,
  operator: OperatorArgs,
  accounts: Readonly<Record<string, AccountSettings>>,
  systemAccount: string | undefined,
  keys: Readonly<Record<string, AdoptedKeys>>,
  leftOut: readonly Diagnostic[],
): Adopted {
  warnOf(origin, leftOut);
  const named = (name: string, settings: AccountSettings) => ({ ...settings, name });
  const system = systemAccount === undefined ? undefined : accounts[systemAccount];
  return {
    operator: { ...operator, ...(system && { systemAccount: named(systemAccount ?? "", system) }) },
    accounts: Object.fromEntries(Object.entries(accounts).filter(([name]) => name !== systemAccount)),
    keys,
    leftOut,
  };
}

/** Warns of everything that is not adopted as is. */
export function warnOf(origin: string, leftOut: readonly Diagnostic[]): void {
  if (leftOut.length > 0) {
    void pulumi.log.warn(formatWarning(origin, leftOut));
  }
}

/** Formats everything that is not adopted. Items with the same problem and remedy share a line. */
function formatWarning(origin: string, leftOut: readonly Diagnostic[]): string {
  const head = `${origin}: ${leftOut.length} ${leftOut.length === 1 ? "item is" : "items are"} not adopted as is:`;
  const groups = new Map<string, Diagnostic[]>();
  for (const found of leftOut) {
    const kind = JSON.stringify([found.code, found.problem, found.remedy]);
    groups.set(kind, [...(groups.get(kind) ?? []), found]);
  }
  return [head, ...[...groups.values()].map((group) => `  - ${formatGroup(group)}`)].join("\n");
}

/** The maximum number of items that a line lists. */
const MAX_LISTED = 20;

function formatGroup(group: readonly Diagnostic[]): string {
  const [first, ...others] = group;
  if (first === undefined || others.length === 0) {
    return first === undefined ? "" : formatDiagnostic(first);
  }
  const places = group
    .slice(0, MAX_LISTED)
    .map(({ path, value }) => (value === undefined ? path : `${path} (${value})`));
  const more = group.length > MAX_LISTED ? [`${group.length - MAX_LISTED} more in \`leftOut\``] : [];
  const { code, problem, remedy } = first;
  return (
    redactSecrets([...places, ...more].join(", ")) +
    formatDiagnostic({ code, path: "", problem: `each ${problem}`, remedy })
  );
}

/** Properties of arguments that contain a seed. */
const SEEDS = ["seed", "signer"];

/** Returns the same arguments with every seed as a secret. */
export function toSecretSeeds<T>(args: T): T {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(copy);
    }
    if (!isRecord(value)) {
      return value;
    }
    const members = Object.entries(value).map(([key, own]): [string, unknown] => [
      key,
      SEEDS.includes(key) && typeof own === "string" ? pulumi.secret(own) : copy(own),
    ]);
    return Object.fromEntries(members);
  };
  return copy(args) as T;
}
