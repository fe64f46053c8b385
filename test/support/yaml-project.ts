import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKOUT } from "./stack-programs";

/** What a program has beside the component. */
interface More {
  /** Other resources by name. */
  readonly resources?: Readonly<Record<string, object>>;
  /** Options of the component. */
  readonly options?: object;
}

/** A Pulumi project in YAML, with this package installed as users install it. */
export class YamlProject {
  /** Name of the component, and its options. A change applies from the next program on. */
  component: { readonly name: string; readonly options?: object } = { name: "nats" };

  /** @param folder a folder that does not exist yet */
  constructor(
    readonly folder: string,
    private readonly name: string,
  ) {}

  async create(): Promise<void> {
    await mkdir(this.folder);
    await symlink(join(CHECKOUT, "node_modules"), join(this.folder, "node_modules"));
  }

  /**
   * Writes the program: one component with its outputs.
   *
   * @param args its arguments, as YAML or as an object
   */
  async write(
    type: string,
    args: object | string,
    outputs: readonly string[] = [],
    { resources = {}, options }: More = {},
  ): Promise<void> {
    const { name } = this.component;
    const ofComponent = options ?? this.component.options ?? {};
    const text = typeof args === "string" ? args : JSON.stringify(args);
    const lines = [
      `name: ${this.name}`,
      "runtime: yaml",
      "plugins: { providers: [{ name: nats-auth, path: node_modules/pulumi-nats-auth }] }",
      "resources:",
      `  ${name}: { type: "${type}", properties: ${text}, options: ${JSON.stringify(ofComponent)} }`,
      ...Object.entries(resources).map(([other, resource]) => `  ${other}: ${JSON.stringify(resource)}`),
      `outputs: ${JSON.stringify(Object.fromEntries(outputs.map((output) => [output, `\${${name}.${output}}`])))}`,
    ];
    await writeFile(join(this.folder, "Pulumi.yaml"), `${lines.join("\n")}\n`);
  }
}

/** Returns the codes and paths of the problems in the output of a program in YAML. */
export function problemsIn(output: string): string[] {
  const found = output.matchAll(/^\s+- (\S+?)(?: = .*?)?: .*\[(NA\d{4})\]$/gm);
  return [...found].map(([, path, code]) => `${code} ${path}`).sort();
}
