import * as pulumi from "@pulumi/pulumi";

/** What every output consists of. The types do not show it. */
interface OutputParts<T> {
  /** Returns the value, a new promise each time. */
  promise(withUnknowns: boolean): Promise<T>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  /** Returns the resources that the value depends on. */
  allResources(): Promise<Set<pulumi.Resource>>;
}

/** Returns the parts of an output. */
export function partsOf<T>(output: pulumi.Output<T>): OutputParts<T> {
  return output as unknown as OutputParts<T>;
}

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
  return laterPartsOf(parts).length > 0;
}

/** Whether outputs are secret, by output. */
const hidden = new WeakMap<object, Promise<boolean>>();

/**
 * Returns true if some of these parts are secret, as an input. Unlike `pulumi.isSecret`, it creates no outputs, which takes long for
 * thousands of users.
 */
export async function areHidden(parts: unknown): Promise<boolean> {
  const found = await Promise.all(laterPartsOf(parts).map(isHidden));
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

type Later = Promise<unknown> | pulumi.Output<unknown>;

/** Returns the outputs and promises in a value that may be secret. */
function laterPartsOf(value: unknown): Later[] {
  const found: Later[] = [];
  const seen = new Set<object>();
  const search = (part: unknown) => {
    if (typeof part !== "object" || part === null || seen.has(part) || neverHidden.has(part)) {
      return;
    }
    seen.add(part);
    if (pulumi.Output.isInstance<unknown>(part) || part instanceof Promise) {
      found.push(part as Later);
    } else if (!pulumi.Resource.isInstance(part)) {
      Object.values(part).forEach(search);
    }
  };
  search(value);
  return found;
}
