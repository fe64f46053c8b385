import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";
import type { CreatedModel } from "./create-model";
import type { ModelData } from "./model-data";

/**
 * Finds an operator without keys whose accounts are signed already: a program in another language has it under another name. An account
 * is signed only once its operator has keys, so that an interrupted first update leaves no such state. Updates find nothing: they know
 * all keys.
 */
export async function findReplacedOperator(
  { operator, accounts }: CreatedModel,
  { operator: data }: Partial<ModelData>,
): Promise<Diagnostic[]> {
  if (!pulumi.runtime.isDryRun() || (isRecord(data) && data.resourceName !== undefined)) {
    return [];
  }
  const isNew = await operator.isNew();
  const wereSigned = await Promise.all(accounts.map((account) => account.wasSigned()));
  return isNew && wereSigned.includes(true) ? [replacedOperator()] : [];
}

/** Returns the problem of such an operator. */
export function replacedOperator(): Diagnostic {
  return {
    code: "NA1725",
    path: "operator.name",
    problem:
      "is not the name of the operator that has signed the accounts: a new operator would replace it, with a new system account, new keys of its users and new JWTs of all accounts",
    remedy:
      "Set `operator.resourceName` to the name of the `Operator` resource in the program that this one continues. For a new operator, set it to the name of this component.",
  };
}
