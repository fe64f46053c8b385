import * as pulumi from "@pulumi/pulumi";
import type { AccountSettings } from "../components/account/account-args";
import type { OperatorArgs } from "../components/operator/operator-args";
import { formatDiagnostics, type Diagnostic } from "../model/form/diagnostics";
import { isRecord } from "../model/form/shape";

/** What others made, as the arguments of a program. Seeds are secrets. */
export interface Adopted {
  /** The arguments of the `Operator`, with the system account. */
  readonly operator: OperatorArgs;
  /** The arguments of each `Account` but the system account, by name. */
  readonly accounts: Readonly<Record<string, AccountSettings>>;
  /** What is not kept: for each thing where, why, and what to do. It is a warning of the preview, too. */
  readonly leftOut: readonly Diagnostic[];
}

/** Splits the accounts, and warns of what is not kept. */
export function adopted(
  what: string,
  operator: OperatorArgs,
  accounts: Readonly<Record<string, AccountSettings>>,
  systemAccount: string | undefined,
  leftOut: readonly Diagnostic[],
): Adopted {
  if (leftOut.length > 0) {
    void pulumi.log.warn(formatDiagnostics(`what is not kept of ${what}`, leftOut));
  }
  const named = (name: string, settings: AccountSettings) => ({ ...settings, name });
  const system = systemAccount === undefined ? undefined : accounts[systemAccount];
  return {
    operator: { ...operator, ...(system && { systemAccount: named(systemAccount ?? "", system) }) },
    accounts: Object.fromEntries(Object.entries(accounts).filter(([name]) => name !== systemAccount)),
    leftOut,
  };
}

/** The names under which a seed stands in arguments. */
const SEEDS = ["seed", "signer"];

/** The same arguments, every seed in them as a secret. */
export function secretSeeds<T>(args: T): T {
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
