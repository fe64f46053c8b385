import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../model/form/shape";

/** Facts about an output that contains public keys of accounts. */
interface Named {
  /** Its value with the names of accounts in place of public keys. */
  readonly value: unknown;
  /** Returns the same output with another key in place of one. */
  readonly replaceKey: (from: pulumi.Input<string>, to: string) => unknown;
}

const NAMED = new WeakMap<object, Named>();

/**
 * Inserts the public keys of accounts. The result is plain if all keys are; otherwise, an output that {@link toNamed} shows with
 * the names of the accounts in place of the keys that a preview may not know.
 *
 * @param keys a key for each name
 */
export function withKeys<T>(
  names: readonly string[],
  keys: readonly pulumi.Input<string>[],
  insert: (keys: readonly string[]) => T,
): pulumi.Input<T> {
  if (keys.every((key) => typeof key === "string")) {
    return insert(keys);
  }
  const output: pulumi.Output<unknown> = pulumi.all([...keys]).apply((known) => insert(known));
  const replaceOwn: Named["replaceKey"] = (from, to) =>
    withKeys(
      names,
      keys.map((key) => (key === from ? to : key)),
      (known) => replaceKey(insert(known), from, to),
    );
  NAMED.set(output, { value: insert(names), replaceKey: replaceOwn });
  return output as pulumi.Output<T>;
}

/** Replaces the public key of an account in subjects, also in outputs that contain others beside it, in lists and in records. */
export function replaceKey<T>(value: T, from: pulumi.Input<string>, to: string): T {
  const replaceIn = (part: unknown): unknown => {
    if (pulumi.Output.isInstance(part)) {
      return NAMED.get(part)?.replaceKey(from, to) ?? part;
    }
    if (typeof part === "string") {
      // The key alone is the name of the account.
      return typeof from === "string" && part !== from ? part.replaceAll(from, to) : part;
    }
    if (Array.isArray(part)) {
      return part.map(replaceIn);
    }
    return isRecord(part)
      ? Object.fromEntries(Object.entries(part).map(([key, own]) => [replaceIn(key), replaceIn(own)]))
      : part;
  };
  return replaceIn(value) as T;
}

/** Replaces each output, also in lists and records, by its value with names. An output of another kind stays. */
export function toNamed(value: unknown): unknown {
  if (pulumi.Output.isInstance(value)) {
    return NAMED.get(value)?.value ?? value;
  }
  if (Array.isArray(value)) {
    return value.map(toNamed);
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, own]): [string, unknown] => [key, toNamed(own)]))
    : value;
}
