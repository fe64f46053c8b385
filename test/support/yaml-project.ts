import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKOUT } from "./stack-programs";

/** A Pulumi project in YAML, with this package installed as users install it. */
export class YamlProject {
  /** @param folder a folder that does not exist yet */
  constructor(
    readonly folder: string,
    private readonly name: string,
  ) {}

  async create(): Promise<void> {
    await mkdir(this.folder);
    await symlink(join(CHECKOUT, "node_modules"), join(this.folder, "node_modules"));
  }

  /** Writes the program: one component with its outputs. @param args its arguments, as YAML or as an object */
  async write(type: string, args: object | string, outputs: readonly string[] = []): Promise<void> {
    const text = typeof args === "string" ? args : JSON.stringify(args);
    const lines = [
      `name: ${this.name}`,
      "runtime: yaml",
      "plugins: { providers: [{ name: nats-auth, path: node_modules/pulumi-nats-auth }] }",
      "resources:",
      `  nats: { type: "${type}", properties: ${text} }`,
      `outputs: ${JSON.stringify(Object.fromEntries(outputs.map((output) => [output, `\${nats.${output}}`])))}`,
    ];
    await writeFile(join(this.folder, "Pulumi.yaml"), `${lines.join("\n")}\n`);
  }
}
