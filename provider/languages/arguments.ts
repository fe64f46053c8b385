import * as pulumi from "@pulumi/pulumi";
import { sortEntries } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { partsOf } from "../resources/secrecy";

/** Arguments of a component, as its plain data. */
export interface ReadArguments {
  readonly args: pulumi.Inputs;
  /** The resources that known arguments depend on, which are no longer outputs. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/**
 * Reads the arguments of a component. In other languages, a property with null is one that is not set. Names with null remain, and are
 * reported: a user that is left out would be removed.
 */
export async function readArguments(args: pulumi.Inputs): Promise<ReadArguments> {
  const read = await Promise.all(Object.entries(args).map(async ([key, value]) => [key, await unwrap(value)] as const));
  const values = Object.fromEntries(read.map(([key, { value }]) => [key, value]));
  return { args: normalize(values), dependsOn: read.flatMap(([, { dependsOn }]) => dependsOn) };
}

/**
 * Returns the object or list in an output whose value is known. The SDKs for Java and .NET pass the value of an output, once it is known,
 * as a plain value. The dependency of the whole argument remains, for which the SDK of the plugin wraps it.
 */
async function unwrap(argument: unknown): Promise<{ value: unknown; dependsOn: pulumi.Resource[] }> {
  if (!pulumi.Output.isInstance<unknown>(argument)) {
    return { value: argument, dependsOn: [] };
  }
  const parts = partsOf(argument);
  const [isKnown, isSecret, value] = await Promise.all([parts.isKnown, parts.isSecret, parts.promise(true)]);
  const isObject = isRecord(value) || Array.isArray(value);
  return isKnown && !isSecret && isObject
    ? { value, dependsOn: [...(await parts.allResources())] }
    : { value: argument, dependsOn: [] };
}

/** The arguments whose keys are names that the program chooses. */
const WITH_NAMES = new Set([
  ...["accounts", "users", "roles", "sets", "servers", "remotes", "hosts"],
  ...["mappings", "revocations", "accept"],
]);

/**
 * Returns a value without the properties that are null, and with the keys of all objects sorted. The engine passes objects in random
 * order, which would be the order of problems and logs.
 */
function normalize<T>(value: T, hasNames = false): T {
  if (Array.isArray(value)) {
    return value.map((item: unknown) => normalize(item)) as T;
  }
  if (!isRecord(value)) {
    return value;
  }
  const entries = sortEntries(value as Readonly<Record<string, unknown>>).filter(
    ([, member]) => hasNames || member !== null,
  );
  return Object.fromEntries(
    entries.map(([key, member]) => [key, normalize(member, !hasNames && WITH_NAMES.has(key))]),
  ) as T;
}
