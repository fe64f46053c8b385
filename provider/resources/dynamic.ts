import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, type Diagnostic } from "../model/form/diagnostics";
import { migrate, stamped, type Migrations, type Stored } from "./state-version";

/** What a dynamic provider's methods look like, for inputs and state of known shape. */
export type LifeCycle<Inputs, State> = pulumi.dynamic.ResourceProvider<Inputs, State>;

/**
 * The same provider for states of every version up to now: its methods see each as one of the present shape, and what
 * they make says that it is one.
 *
 * @param migrations how a state of each version becomes one of the next
 */
export function versioned<Inputs, State extends object>(
  provider: LifeCycle<Inputs, State>,
  migrations: Migrations = {},
): LifeCycle<Inputs, State> {
  const present = (state: State) => migrate(state as Stored, migrations) as State;
  const { diff, update, read, delete: remove } = provider;
  return {
    ...provider,
    async create(inputs) {
      const { id, outs } = await provider.create(inputs);
      return outs === undefined ? { id } : { id, outs: stamped(outs) };
    },
    ...(diff && { diff: (id: string, olds: State, news: Inputs) => diff(id, present(olds), news) }),
    ...(update && {
      async update(id: string, olds: State, news: Inputs) {
        const { outs } = await update(id, present(olds), news);
        return outs === undefined ? {} : { outs: stamped(outs) };
      },
    }),
    ...(read && { read: (id: string, state?: State) => read(id, state && present(state)) }),
    ...(remove && { delete: (id: string, state: State) => remove(id, present(state)) }),
  };
}

/**
 * The text that the engine keeps in the state of each resource to find its provider again, also to delete the resource
 * years later: so these paths stay as they are for ever. A constant text, unlike the serialized provider that
 * `pulumi.dynamic.Resource` would put there, is small and does not change with versions.
 */
function handler(module: string): string {
  return `exports.handler = () => require("pulumi-nats-auth/dynamic/${module}").provider`;
}

/** A resource whose provider is the `provider` that a file of this folder exports. */
export abstract class DynamicResource extends pulumi.CustomResource {
  /**
   * @param module the file of this folder
   * @param type the resource's type, as the preview shows it
   * @param props inputs, and outputs as undefined
   */
  constructor(
    module: string,
    type: string,
    name: string,
    props: Record<string, unknown>,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(`pulumi-nodejs:dynamic/nats-auth:${type}`, name, { ...props, __provider: handler(module) }, opts);
  }
}

/** How an engine writes a value that is not known yet in the inputs of a preview. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** True when a value is not known yet, or holds one that is not. */
export function hasUnknown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).some(hasUnknown);
  }
  return value === UNKNOWN;
}

/** The value, or undefined when it is not known yet or holds something that is not. */
export function known<T>(value: T): T | undefined {
  return hasUnknown(value) ? undefined : value;
}

/** True when nothing of a value is known, not even its shape. */
export function isUnknown(value: unknown): boolean {
  return value === UNKNOWN;
}

/** The given function's result for a value that is wholly known, and any other value as it is. */
export function whenKnown<T>(value: T, change: (value: T) => T): T {
  return value === undefined || hasUnknown(value) ? value : change(value);
}

/**
 * Diagnostics as an engine shows them: one failure of `check` for each. The path stands in the text alone: of a property
 * that is named to it, the engine would print the value, a seed too.
 */
export function failures(diagnostics: readonly Diagnostic[]): pulumi.dynamic.CheckFailure[] {
  return diagnostics.map((d) => ({ property: "", reason: formatDiagnostic(d) }));
}

/** True when some properties differ between a resource's state and its new inputs. */
export function differ<T extends object>(keys: readonly (keyof T)[], olds: T, news: T): boolean {
  return keys.some((key) => !isDeepStrictEqual(olds[key], news[key]));
}

/** The time in whole seconds since 1970: what a token issued now says. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
