import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../model/form/shape";

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

/** A part of a value that is there later. */
export type Later = Promise<unknown> | pulumi.Output<unknown>;

/** Returns the outputs and promises in a value. @param omitted objects that are not searched */
export function laterPartsOf(value: unknown, omitted?: WeakSet<object>): Later[] {
  const found: Later[] = [];
  const seen = new Set<object>();
  const search = (part: unknown) => {
    if (typeof part !== "object" || part === null || seen.has(part) || omitted?.has(part) === true) {
      return;
    }
    seen.add(part);
    if (isLater(part)) {
      found.push(part);
    } else if (!pulumi.Resource.isInstance(part)) {
      Object.values(part).forEach(search);
    }
  };
  search(value);
  return found;
}

function isLater(part: object): part is Later {
  return pulumi.Output.isInstance<unknown>(part) || part instanceof Promise;
}

/** A value whose outputs and promises were waited for. */
export interface Settled {
  /** The value, in which parts that are not known are `pulumi.unknown`. */
  readonly value: unknown;
  readonly isKnown: boolean;
  /** The resources that it depends on. */
  readonly resources: ReadonlySet<pulumi.Resource>;
}

/**
 * Waits for the outputs and promises in a value. Unlike `pulumi.output`, it creates no outputs, which takes long for thousands of
 * users.
 */
export async function settle(value: unknown): Promise<Settled> {
  const settled = await Promise.all(
    laterPartsOf(value).map(async (part): Promise<[Later, Settled]> => [part, await settleLater(part)]),
  );
  const parts = new Map<unknown, Settled>(settled);
  const replace = (part: unknown): unknown => {
    const later = parts.get(part);
    if (later !== undefined) {
      return later.value;
    }
    if (Array.isArray(part)) {
      return part.map(replace);
    }
    return isRecord(part)
      ? Object.fromEntries(Object.entries(part).map(([name, member]) => [name, replace(member)]))
      : part;
  };
  const all = [...parts.values()];
  return {
    value: replace(value),
    isKnown: all.every(({ isKnown }) => isKnown),
    resources: new Set(all.flatMap(({ resources }) => [...resources])),
  };
}

async function settleLater(part: Later): Promise<Settled> {
  if (part instanceof Promise) {
    return settle(await part);
  }
  const parts = partsOf(part);
  const [isKnown, content, needed] = await Promise.all([parts.isKnown, parts.promise(true), parts.allResources()]);
  if (!isKnown) {
    return { value: pulumi.unknown, isKnown: false, resources: needed };
  }
  const inner = await settle(content);
  return { ...inner, resources: new Set([...needed, ...inner.resources]) };
}
