/** One step into a value: a key of an object, or an index of a list. */
type Step = string | number;

/** The steps of a property path, as diagnostics write them: `users["odd name"].permissions.publish.allow[0]`. */
function stepsOf(path: string): Step[] {
  const steps = path.matchAll(/\[(?<index>\d+)\]|\[(?<quoted>"(?:[^"\\]|\\.)*")\]|\.?(?<key>[^.[\]]+)/g);
  return Array.from(steps, ({ groups: { index, quoted, key } = {} }) =>
    index === undefined ? (key ?? (JSON.parse(quoted ?? '""') as string)) : Number(index),
  );
}

/**
 * A copy of a value without what the paths name: the innermost element of a list on the way, or else the last key.
 */
export function without<T>(value: T, paths: readonly string[]): T {
  return pruned(value, paths.map(stepsOf)) as T;
}

function pruned(value: unknown, paths: readonly Step[][]): unknown {
  if (paths.length === 0) {
    return value;
  }
  const inside = (step: Step) => paths.filter(([first]) => first === step).map(([, ...rest]) => rest);
  if (Array.isArray(value)) {
    return value.flatMap((element: unknown, index) => {
      const rest = inside(index);
      const named = rest.some((steps) => steps.every((step) => typeof step !== "number"));
      return named ? [] : [pruned(element, rest)];
    });
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const rest = inside(key);
    return rest.some((steps) => steps.length === 0) ? [] : [[key, pruned(member, rest)] as const];
  });
  return Object.fromEntries(entries);
}
