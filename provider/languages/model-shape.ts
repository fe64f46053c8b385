import { keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import {
  booleanShape,
  checkShape,
  isRecord,
  mapOf,
  matching,
  optional,
  stringShape,
  type Shape,
} from "../model/form/shape";
import type { ModelData } from "./model-data";

const object = matching("an object", "Use an object.", isRecord);

/** An object with these members among others, which are arguments of the component that is created from it. */
function objectWith(members: Readonly<Record<string, Shape>>): Shape {
  return (value, path) =>
    isRecord(value)
      ? Object.entries(members).flatMap(([key, shape]) => shape(value[key], keyPath(path, key)))
      : object(value, path);
}

const SETS: Shape = optional(mapOf(objectWith({ outputCreds: optional(booleanShape) })));
const MODEL: Shape = objectWith({
  operator: optional(
    objectWith({ resourceName: optional(stringShape), systemAccount: optional(objectWith({ sets: SETS })) }),
  ),
  accounts: mapOf(objectWith({ sets: SETS })),
});

/** Finds problems with the arguments that no component of a TypeScript program has. */
export function modelDiagnostics(model: Partial<ModelData>): Diagnostic[] {
  return checkShape("", MODEL, model, () => []);
}

/** Checks the shape of the verification of a configuration. */
export function verificationDiagnostics(verification: unknown): Diagnostic[] {
  return checkShape("verification", optional(object), verification, () => []);
}
