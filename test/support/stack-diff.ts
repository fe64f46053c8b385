/** A line of `--diff` with a changed resource: its type and the operation. */
const CHANGED =
  /^ *(?:\+-|-\+|\+\+|--|\+|-|~) ?(\S+): \((create|update|delete|replace|create-replacement|delete-replaced)\)/;
const URN = /^ *\[urn=urn:pulumi:[^:]+::[^:]+::[^\]]*?([^:$\]]+)::([^\]]+)\]/;

/** Components of this package: their diffs repeat the arguments that the program changed. */
const COMPONENT = /^(Operator|Account|MixedAuthCluster) /;

/**
 * Returns the type and name of each resource that a preview with `--diff` reports as changed, sorted, without the stack and
 * components.
 */
export function changedResources(output: string): string[] {
  const lines = output.split("\n");
  const found = lines.flatMap((line, index) => {
    if (!CHANGED.test(line)) {
      return [];
    }
    const urn = lines.slice(index + 1, index + 4).map((next) => URN.exec(next));
    const [, type = "?", name = "?"] = urn.find((match) => match !== null) ?? [];
    return [`${type} ${name}`];
  });
  return [...new Set(found)].filter((resource) => !COMPONENT.test(resource)).sort();
}
