import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../model/form/shape";

/** The values of outputs with the names of accounts in place of public keys. */
const NAMED = new WeakMap<object, unknown>();

/** Records what an output contains, with the names of accounts in place of the public keys that a preview may not know. */
export function withNames<T>(output: pulumi.Output<T>, named: T): pulumi.Output<T> {
  NAMED.set(output, named);
  return output;
}

/** Replaces each output, also in lists and records, by its value with names. An output of another kind stays. */
export function toNamed(value: unknown): unknown {
  if (pulumi.Output.isInstance(value)) {
    return NAMED.get(value) ?? value;
  }
  if (Array.isArray(value)) {
    return value.map(toNamed);
  }
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, own]): [string, unknown] => [key, toNamed(own)]))
    : value;
}
