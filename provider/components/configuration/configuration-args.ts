import type * as pulumi from "@pulumi/pulumi";
import { hasShape, isRecord, optional, type Shape } from "../../model/form/shape";
import { PARITY } from "../../parity/findings";
import type { ParitySettings } from "../../parity/report";
import type { Account } from "../account/account";
import type { Operator } from "../operator/operator";
import { registeredArgs } from "../registered-args";
import { ACCOUNTS, OPERATOR } from "./configuration-parts";

/** The operator and the accounts that configurations are rendered from. */
export interface ConfigurationArgs {
  /** Operator that operator-mode servers trust. Servers of both modes use its system account. */
  operator: Operator;
  /** Accounts of both modes, in any order. The operator's system account is always included. */
  accounts: readonly Account[];
  /**
   * How to treat claims that only one of the modes enforces, such as source networks: see `AuthConfiguration.parity`.
   *
   * Plain, because it determines which claims are errors of a preview.
   *
   * @default strict: each security gap is an error of the preview, until the claim is removed, or accepted with a reason
   */
  parity?: ParitySettings;
}

/** Returns the accounts of a configuration, including the system account. */
export function accountsOf({ operator, accounts }: ConfigurationArgs): readonly Account[] {
  return [...new Set<Account>([...accounts, operator.systemAccount])];
}

/** The shape of each of these arguments. */
export const CONFIGURATION_SHAPES: Readonly<Record<keyof ConfigurationArgs, Shape>> = {
  operator: OPERATOR,
  accounts: ACCOUNTS,
  parity: optional(PARITY),
};

/** Returns whether the operator and the accounts are those of this package: nothing can be derived from others. */
export function hasParts(args: ConfigurationArgs): boolean {
  return isRecord(args) && hasShape(OPERATOR, args.operator) && hasShape(ACCOUNTS, args.accounts);
}

/** Returns a configuration's arguments as its component registers them, with the operator and the accounts by name. */
export function registeredConfigurationArgs(args: ConfigurationArgs): pulumi.Inputs {
  const { operator, accounts, parity } = isRecord(args) ? args : ({} as Partial<ConfigurationArgs>);
  return registeredArgs({
    operator: hasShape(OPERATOR, operator) ? operator?.operatorName : undefined,
    accounts: hasShape(ACCOUNTS, accounts) ? accounts?.map(({ accountName }) => accountName) : undefined,
    parity,
  });
}
