import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FAILSAFE_SCHEMA, load } from "js-yaml";

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
  if (runtimeOf(program) !== "yaml") {
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

/** The files of a project, in the order in which the Pulumi CLI looks for them. */
const PROJECT_FILES = ["Pulumi.json", "Pulumi.yaml", "Pulumi.yml"];

/** The setting `runtime` of a project: a name, or a name with options. */
interface ProjectFile {
  readonly runtime?: string | { readonly name?: string };
  /** Folder of the program. */
  readonly main?: string;
}

/** Returns the language of the program in a folder; undefined if there is none. */
function runtimeOf(folder: string): string | undefined {
  const file = projectFile(folder);
  if (file === undefined) {
    return undefined;
  }
  try {
    // The failsafe schema has strings, lists and maps only. Further keys of the same name are for the CLI to report.
    const { runtime, main = "" } = load(readFileSync(file, "utf8"), {
      schema: FAILSAFE_SCHEMA,
      json: true,
    }) as ProjectFile;
    // A folder below can also be another program, for which the CLI generates a package.
    const isProgram = [dirname(file), resolve(dirname(file), main)].includes(resolve(folder));
    const name = typeof runtime === "string" ? runtime : runtime?.name;
    return isProgram ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the project file in a folder, or in the next one above that has one: `main` of the project may be a folder below. */
function projectFile(folder: string): string | undefined {
  const paths = PROJECT_FILES.map((name) => join(folder, name));
  const found = paths.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  const parent = dirname(folder);
  return found ?? (parent === folder ? undefined : projectFile(parent));
}
