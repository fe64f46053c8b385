import * as pulumi from "@pulumi/pulumi";
import { laterPartsOf, partsOf, type Later } from "./later-parts";

/** Outputs that are never secret, such as the ids of resources. */
const neverHidden = new WeakSet<object>();

/** Remembers that an output is never secret, and its value contains no other output. */
export function markNeverHidden(output: pulumi.Output<unknown>): void {
  neverHidden.add(output);
}

/** Remembers that an output is never secret if another one never is. */
export function markHiddenAs(other: pulumi.Output<unknown>, output: pulumi.Output<unknown>): void {
  if (neverHidden.has(other)) {
    neverHidden.add(output);
  }
}

/** Returns true if a program can make these parts secret, as an input. */
export function mayBeHidden(parts: unknown): boolean {
  return laterPartsOf(parts, neverHidden).length > 0;
}

/** Whether outputs are secret, by output. */
const hidden = new WeakMap<object, Promise<boolean>>();

/**
 * Returns true if some of these parts are secret, as an input. Unlike `pulumi.isSecret`, it creates no outputs, which takes long for
 * thousands of users.
 */
export async function areHidden(parts: unknown): Promise<boolean> {
  const found = await Promise.all(laterPartsOf(parts, neverHidden).map(isHidden));
  return found.includes(true);
}

function isHidden(part: Later): Promise<boolean> {
  const known = hidden.get(part);
  if (known !== undefined) {
    return known;
  }
  const found = part instanceof Promise ? part.then(areHidden) : isHiddenOutput(part);
  hidden.set(part, found);
  return found;
}

async function isHiddenOutput(output: pulumi.Output<unknown>): Promise<boolean> {
  // The value can contain other outputs.
  const [isSecret, value] = await Promise.all([pulumi.isSecret(output), partsOf(output).promise(true)]);
  return isSecret || areHidden(value);
}
