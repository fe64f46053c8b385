import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import type * as Rpc from "@pulumi/pulumi/runtime/rpc";
import { omitUndefined, sortEntries } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { partsOf } from "../resources/later-parts";

/** The module itself: an import can be a copy of it. */
const rpc = createRequire(__filename)("@pulumi/pulumi/runtime/rpc") as typeof Rpc;

/** Arguments of a component, as its plain data. */
export interface ReadArguments {
  readonly args: pulumi.Inputs;
  /** The resources that known arguments depend on, which are no longer outputs. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Lets the SDK read null in arguments as undefined. It looks for outputs in an argument that depends on a resource
 * (`containsOutputs` in provider/server.js), and fails on null. Outputs of resources remain as they are.
 */
export function acceptNull(): void {
  const read = rpc.deserializeProperties;
  const deserializeProperties: typeof read = (struct, keepUnknowns) => {
    const values = read(struct, keepUnknowns) as Record<string, unknown>;
    return keepUnknowns === undefined ? omitUndefined<object>(withoutNull(values)) : values;
  };
  Object.assign(rpc, { deserializeProperties });
}

/** Returns a value with undefined in place of null. */
function withoutNull<T>(value: T): T {
  if (Array.isArray(value)) {
    return value.map(withoutNull) as T;
  }
  return isRecord(value)
    ? (Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withoutNull(member)])) as T)
    : (value ?? (undefined as T));
}

/**
 * Reads the arguments of a component. In other languages, a property with null is one that is not set. Names with null remain, and are
 * reported: a user that is left out would be removed.
 */
export async function readArguments(args: pulumi.Inputs): Promise<ReadArguments> {
  const dependsOn = new Set<pulumi.Resource>();
  const values = (await unwrap(args, dependsOn)) as pulumi.Inputs;
  return { args: normalize(values), dependsOn: [...dependsOn] };
}

/**
 * Returns a value with objects and lists in place of outputs of which they are the known value, such as those of another stack. The SDKs
 * for Java and .NET pass the value of an output, once it is known, as a plain value. The dependency of the whole argument remains, for
 * which the SDK of the plugin wraps it.
 *
 * @param dependsOn gets the resources that these outputs depend on
 */
async function unwrap(value: unknown, dependsOn: Set<pulumi.Resource>): Promise<unknown> {
  if (pulumi.Output.isInstance<unknown>(value)) {
    const parts = partsOf(value);
    const [isKnown, isSecret, inside] = await Promise.all([parts.isKnown, parts.isSecret, parts.promise(true)]);
    if (!isKnown || isSecret || !(isRecord(inside) || Array.isArray(inside))) {
      return value;
    }
    (await parts.allResources()).forEach((resource) => dependsOn.add(resource));
    return unwrap(inside, dependsOn);
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map((item) => unwrap(item, dependsOn)));
  }
  if (!isRecord(value)) {
    return value;
  }
  const entries = Object.entries(value).map(async ([key, member]) => [key, await unwrap(member, dependsOn)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** The arguments whose keys are names that the program chooses. */
const WITH_NAMES = new Set([
  ...["accounts", "users", "roles", "sets", "servers", "remotes", "hosts"],
  ...["mappings", "revocations", "accept"],
]);

/**
 * Returns a value without the properties that are null or undefined, and with the keys of all objects sorted. The engine passes objects
 * in random order, which would be the order of problems and logs. Names and items that are undefined become null again.
 */
function normalize<T>(value: T, hasNames = false): T {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => normalize(item ?? null)) as T;
  }
  if (!isRecord(value)) {
    return value;
  }
  const entries = sortEntries(value as Readonly<Record<string, unknown>>).filter(
    ([, member]) => hasNames || (member ?? null) !== null,
  );
  return Object.fromEntries(
    entries.map(([key, member]) => [key, normalize(member ?? null, !hasNames && WITH_NAMES.has(key))]),
  ) as T;
}
