import type * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import { type Diagnostic, formatDiagnostic } from "../../diagnostics/diagnostic";
import { firstChange } from "./first-change";
import { changesHidden, hiddenAs, withoutHidden } from "./hidden";
import { migrate, type Migrations, stamped, type Stored } from "./state-version";

/** The methods of a dynamic provider, for inputs and state of known shape. */
export type LifeCycle<Inputs, State> = pulumi.dynamic.ResourceProvider<Inputs, State>;

/**
 * Adapts a provider to states of every version so far: its methods receive each state in the current shape, and the
 * states that they return carry the current version. It also remembers whether derived outputs are secrets: see `hidden.ts`.
 *
 * @param migrations how a state of each version becomes one of the next
 */
export function withStateVersion<Inputs, State extends object>(
  provider: LifeCycle<Inputs, State>,
  migrations: Migrations = {},
): LifeCycle<Inputs, State> {
  const current = (state: State) => migrate(state as Stored, migrations) as State;
  const { check, diff, update, read, delete: remove } = provider;
  return {
    ...provider,
    ...(check && {
      async check(olds: Inputs, news: Inputs) {
        const { inputs = news, failures = [] } = await check(withoutHidden(olds), withoutHidden(news));
        return { inputs: hiddenAs(news, inputs), failures };
      },
    }),
    async create(inputs) {
      firstChange.begin();
      const { id, outs } = await provider.create(withoutHidden(inputs));
      return outs === undefined ? { id } : { id, outs: stamped(hiddenAs(inputs, outs)) };
    },
    ...(diff && {
      async diff(id: string, olds: State, news: Inputs) {
        const found = await diff(id, current(withoutHidden(olds)), withoutHidden(news));
        return changesHidden(olds, news) ? { ...found, changes: true } : found;
      },
    }),
    ...(update && {
      async update(id: string, olds: State, news: Inputs) {
        firstChange.begin();
        const { outs } = await update(id, current(withoutHidden(olds)), withoutHidden(news));
        return outs === undefined ? {} : { outs: stamped(hiddenAs(news, outs)) };
      },
    }),
    ...(read && {
      async read(id: string, state?: State) {
        const before = state && current(state);
        const { props, ...rest } = await read(id, before);
        if (props === undefined) {
          return rest;
        }
        // A refresh shows every difference as drift, and the engine keeps a property secret only under its own name. So an
        // earlier shape stays until an update, with the properties that have drifted.
        return { ...rest, props: state === undefined ? props : withChanges(state, differences(before, props)) };
      },
    }),
    ...(remove && { delete: (id: string, state: State) => remove(id, current(state)) }),
  };
}

/** Returns a state with changed properties; the same state if there are none. */
function withChanges<State extends object>(state: State, changed: Partial<State>): State {
  return Object.keys(changed).length === 0 ? state : { ...state, ...changed };
}

/** Returns the properties that differ from those before. */
export function differences<T extends object>(before: T | undefined, after: T): Partial<T> {
  const entries = Object.entries(after) as [keyof T, unknown][];
  return Object.fromEntries(entries.filter(([key, value]) => !isDeepStrictEqual(before?.[key], value))) as Partial<T>;
}

/**
 * Converts diagnostics to failures of `check`. The path is part of the text only: for a property that a failure names,
 * the engine prints the value, even if it is a seed.
 */
export function toCheckFailures(diagnostics: readonly Diagnostic[]): pulumi.dynamic.CheckFailure[] {
  return diagnostics.map((d) => ({ property: "", reason: formatDiagnostic(d) }));
}

/** True when some properties differ between a resource's state and its new inputs. */
export function hasChanged<T extends object>(keys: readonly (keyof T)[], olds: T, news: T): boolean {
  return keys.some((key) => !isDeepStrictEqual(olds[key], news[key]));
}
