import { diagnose, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import {
  anyValue,
  booleanShape,
  checkShape,
  fatal,
  isRecord,
  mapOf,
  matching,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../model/form/shape";
import { systemName } from "./create-model";
import type { AccountData, ModelData } from "./model-data";

const object = matching("an object", "Use an object.", isRecord);

/** An object with these members among others, which are arguments of the component that is created from it. */
function objectWith(members: Readonly<Record<string, Shape>>): Shape {
  return (value, path) =>
    isRecord(value)
      ? Object.entries(members).flatMap(([key, shape]) => shape(value[key], keyPath(path, key)))
      : object(value, path);
}

/** An argument of a component that plain data does not have: the component inside gets it from its place, or only a program has it. */
function noneBut(remedy: string): Shape {
  return (value, path) =>
    value === undefined ? [] : fatal({ code: "NA1001", path, problem: "is not a known property here", remedy });
}

const none = noneBut("Remove the property.");

const SET: Shape = objectWith({
  name: optional(stringShape),
  outputCreds: optional(booleanShape),
  account: none,
  template: none,
});
const SETS: Shape = optional(mapOf(SET));
const DECLARED: Shape = objectWith({
  sets: SETS,
  operator: none,
  key: noneBut("Use `seed` for an existing key."),
  outputReference: optional(booleanShape),
});
/** The account checks the values. */
const REFERENCED = objectOf<Pick<AccountData, "reference" | "name" | "outputReference">>({
  reference: anyValue,
  name: anyValue,
  outputReference: optional(booleanShape),
});
const ACCOUNT: Shape = (value, path) =>
  (isRecord(value) && value.reference !== undefined ? REFERENCED : DECLARED)(value, path);
const MODEL: Shape = objectWith({
  operator: optional(objectWith({ resourceName: optional(stringShape), systemAccount: optional(DECLARED) })),
  accounts: mapOf(ACCOUNT),
});

/** Finds problems with the arguments that no component of a TypeScript program has. */
export function modelDiagnostics(model: Partial<ModelData>): Diagnostic[] {
  return [...checkShape("", MODEL, model, () => []), ...systemNameDiagnostics(model)];
}

/** Finds an account with the key of the system account: the outputs of both would have the same names. */
function systemNameDiagnostics({ operator, accounts }: Partial<ModelData>): Diagnostic[] {
  const name = systemName(operator);
  return isRecord(accounts) && Object.hasOwn(accounts, name)
    ? diagnose({
        code: "NA1702",
        path: keyPath("accounts", name),
        problem: "has the name of the system account",
        remedy: "Rename one of the two, or declare the system account as `operator.systemAccount` only.",
      })
    : [];
}

/** Checks the shape of the verification of a configuration. */
export function verificationDiagnostics(verification: unknown): Diagnostic[] {
  return checkShape("verification", optional(objectWith({ configuration: none })), verification, () => []);
}
