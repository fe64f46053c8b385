/** A line of `--diff` that names a resource to be changed: its type, and what happens to it. */
const CHANGED =
  /^ *(?:\+-|-\+|\+\+|--|\+|-|~) ?(\S+): \((create|update|delete|replace|create-replacement|delete-replaced)\)/;
const URN = /^ *\[urn=urn:pulumi:[^:]+::[^:]+::[^\]]*?([^:$\]]+)::([^\]]+)\]/;

/** The resources that a preview with `--diff` says will change, by type and name, sorted; the stack itself is left out. */
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
  return [...new Set(found)].sort();
}
