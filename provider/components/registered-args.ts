import * as pulumi from "@pulumi/pulumi";
import { redactSecrets } from "../diagnostics/diagnostic";
import { omitUndefined, sortEntries } from "../model/form/order";
import { isRecord, isReservedKey } from "../model/form/shape";

/**
 * Returns arguments as a component registers them. Transforms and policies read them, and the state stores them: so a
 * component passes only arguments that may be stored there, refers to other components by name, and leaves out seeds and
 * JWTs, which the state holds once already.
 *
 * Text that looks like a seed or a private key is replaced wherever it occurs, even in outputs. Secrets stay secret. Functions, resources
 * and other objects that are not plain data are left out, as are keys that Pulumi cannot process. Lists are sorted, because their order has no meaning.
 */
export function registeredArgs(args: Readonly<Record<string, unknown>>): pulumi.Inputs {
  return redact(args) as pulumi.Inputs;
}

function redact(value: unknown): unknown {
  if (typeof value === "string") {
    return redactSecrets(value);
  }
  if (pulumi.Output.isInstance<unknown>(value)) {
    return value.apply(redact);
  }
  if (value instanceof Promise) {
    return pulumi.output(value as Promise<object>).apply(redact);
  }
  if (Array.isArray(value)) {
    return toStableList(value.map(redact));
  }
  if (isRecord(value)) {
    const processable = Object.entries(value).filter(([key]) => !isReservedKey(key));
    const members = processable.map(([key, member]) => [redactSecrets(key), redact(member)]);
    return omitUndefined<object>(Object.fromEntries(members) as object);
  }
  return isPrimitive(value) ? value : undefined;
}

/**
 * Sorts a list and removes duplicates, since neither changes what a component declares. A list with outputs keeps its order
 * until they are resolved.
 */
function toStableList(items: readonly unknown[]): unknown[] {
  if (items.some(hasOutput)) {
    return [...items];
  }
  const byText = new Map(items.map((item) => [JSON.stringify(item), item]));
  return sortEntries(Object.fromEntries(byText)).map(([, item]) => item);
}

function hasOutput(value: unknown): boolean {
  return (
    pulumi.Output.isInstance(value) ||
    (typeof value === "object" && value !== null && Object.values(value).some(hasOutput))
  );
}

function isPrimitive(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "boolean";
}
