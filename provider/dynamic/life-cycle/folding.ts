import { isRecord } from "../../model/form/shape";
import { DETAILS } from "./details";
import { differences, type LifeCycle } from "./life-cycle";
import { isUnknown } from "./unknown";

/** Properties of which only some are visible to people. */
export type Folded<T, Visible extends keyof T> = Pick<T, Visible> & { readonly [DETAILS]: Omit<T, Visible> };

/**
 * Converts a resource's properties between two forms: flat, as its handler uses them, and folded, as the engine stores
 * and shows them.
 */
export interface Folding<Flat, Stored> {
  fold(properties: Flat): Stored;
  /** Accepts properties that are flat already, as earlier versions stored them. */
  unfold(properties: Stored | Flat): Flat;
}

/** The foldings of a resource's inputs and of its state. */
export interface Foldings<Inputs, State, StoredState> {
  readonly inputs: Folding<Inputs, object>;
  readonly state: Folding<State, StoredState>;
}

/** Folds all properties except the visible ones. Properties of the engine and the state's version stay where they are. */
export function foldingExcept<T extends object, Visible extends keyof T & string>(
  visible: readonly Visible[],
): Folding<T, Folded<T, Visible>> {
  const stays = (key: string) => key.startsWith("__") || [...visible, "stateVersion"].includes(key);
  return {
    fold(properties) {
      const { [DETAILS]: details = {}, ...rest } = properties as Record<string, unknown>;
      const parts = [true, false].map((kept) =>
        Object.fromEntries(Object.entries(rest).filter(([key]) => stays(key) === kept)),
      );
      return { ...parts[0], [DETAILS]: { ...(details as object), ...parts[1] } } as unknown as Folded<T, Visible>;
    },
    unfold(properties) {
      const { [DETAILS]: details, ...rest } = properties as Record<string, unknown>;
      return { ...rest, ...(isRecord(details) ? details : {}) } as T;
    },
  };
}

/** Leaves all properties visible. */
export const UNFOLDED = { fold: <T>(properties: T) => properties, unfold: <T>(properties: T) => properties };

/** Adapts a provider of flat properties to an engine that stores folded ones. */
export function withFolding<Inputs extends object, State extends object, StoredState extends object>(
  provider: LifeCycle<Inputs, State>,
  { inputs, state }: Foldings<Inputs, State, StoredState>,
): LifeCycle<Inputs, StoredState> {
  const { check, diff, update, read, delete: remove } = provider;
  return {
    async check(olds, news) {
      const flat = inputs.unfold(news);
      const { inputs: checked = flat, failures = [] } = (await check?.(inputs.unfold(olds), flat)) ?? {};
      return { inputs: (failures.length > 0 ? news : inputs.fold(checked)) as Inputs, failures };
    },
    async create(news) {
      const { id, outs } = await provider.create(inputs.unfold(news));
      return outs === undefined ? { id } : { id, outs: state.fold(outs) };
    },
    ...(diff && {
      diff(id: string, olds: StoredState, news: Inputs) {
        // The engine asks for the effect of replacing a resource that a part of the details depends on: then it knows none.
        return DETAILS in news && isUnknown(news[DETAILS])
          ? Promise.resolve({ changes: true, replaces: [], deleteBeforeReplace: false })
          : diff(id, state.unfold(olds), inputs.unfold(news));
      },
    }),
    ...(update && {
      async update(id: string, olds: StoredState, news: Inputs) {
        const { outs } = await update(id, state.unfold(olds), inputs.unfold(news));
        return outs === undefined ? {} : { outs: state.fold(outs) };
      },
    }),
    ...(read && {
      async read(id: string, found?: StoredState) {
        const { id: same = "", props } = await read(id, found && state.unfold(found));
        if (props === undefined || found === undefined) {
          return props === undefined ? { id: same } : { id: same, props: state.fold(props) };
        }
        // Properties that have not drifted stay as they are stored: earlier versions fold them in another way, and a refresh would
        // show that as drift.
        const drifted = differences(state.fold(state.unfold(found)), state.fold(props));
        return { id: same, props: { ...found, ...drifted } };
      },
    }),
    ...(remove && { delete: (id: string, olds: StoredState) => remove(id, state.unfold(olds)) }),
  };
}
