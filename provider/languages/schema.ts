import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A component of the schema. */
interface ComponentSchema {
  readonly inputProperties: Readonly<Record<string, { readonly description: string }>>;
}

/**
 * Returns the schema of the components for the program in a folder. The language host of YAML refuses a program at the first argument
 * of a wrong type, with a list of types in place of a path. So it gets arguments of any type, and the components report the problems
 * of all of them. Other languages generate their packages from the types.
 */
export function schemaFor(program: string, file: string): string {
  const text = readFileSync(file, "utf8");
  if (!isYaml(program)) {
    return text;
  }
  const schema = JSON.parse(text) as { readonly resources: Readonly<Record<string, ComponentSchema>> };
  const resources = Object.entries(schema.resources).map(([token, { inputProperties, ...rest }]) => {
    const names = Object.entries(inputProperties);
    const any = names.map(([name, { description }]) => [name, { $ref: "pulumi.json#/Any", description }]);
    return [token, { ...rest, inputProperties: Object.fromEntries(any) as object, requiredInputs: [] }];
  });
  return JSON.stringify({ ...schema, resources: Object.fromEntries(resources) as object });
}

/** Returns whether the project in a folder is one in YAML. */
function isYaml(folder: string): boolean {
  try {
    return /^["'\s{]*runtime["']?:\s*(?:\{?\s*["']?name["']?:\s*)?["']?yaml\b/m.test(
      readFileSync(join(folder, "Pulumi.yaml"), "utf8"),
    );
  } catch {
    return false;
  }
}
