/**
 * The schemas of the components for other languages, from the types of their arguments. `npm run docs` writes them, and lint fails when
 * they are stale.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../package.json";
import { COMPONENTS } from "../../provider/languages/container";
import { SECRET_OUTPUTS } from "../../provider/languages/outputs";
import { pulumiSchema, type Component } from "./pulumi";
import { pulumiYamlSchema } from "./pulumi-yaml";
import { TypeReader } from "./types";

const ARGS = "provider/languages/model-data.ts";
const OUTPUTS = "provider/languages/outputs.ts";

/** Settings of the generated packages: they have the version of this package. */
const LANGUAGES = {
  csharp: { respectSchemaVersion: true },
  // Types that are only members of plain maps would have no arguments otherwise.
  go: { generateExtraInputTypes: true, respectSchemaVersion: true },
  nodejs: { packageName: "pulumi-nats-auth-components", respectSchemaVersion: true },
  python: { pyproject: { enabled: true }, respectSchemaVersion: true },
};

/** The schemas by their paths. */
function schemas(): Readonly<Record<string, object>> {
  const reader = new TypeReader([ARGS, OUTPUTS]);
  const components = (["Cluster", "Configuration"] as const).map((name): Component => {
    const args = reader.read(ARGS, `${name}Data`);
    return {
      token: COMPONENTS[name],
      description: args.description,
      args,
      outputs: reader.read(OUTPUTS, `${name}Outputs`),
    };
  });
  const { version, description, keywords, homepage, license, repository } = packageJson;
  return {
    "schemas/pulumi.json": {
      name: "nats-auth",
      displayName: "NATS authentication",
      version,
      description,
      keywords,
      homepage,
      license,
      // Paths of Go modules begin with it.
      repository: repository.url.replace(/^git\+|\.git$/g, ""),
      ...pulumiSchema(reader, components, SECRET_OUTPUTS),
      meta: { supportPack: true },
      language: LANGUAGES,
    },
    "schemas/pulumi-yaml.json": pulumiYamlSchema(reader, components),
  };
}

/** Writes the schemas. @returns the paths of those that had another content */
function main(): string[] {
  return Object.entries(schemas()).flatMap(([path, schema]) => {
    const file = join(__dirname, "../..", path);
    const text = `${JSON.stringify(schema, undefined, 1)}\n`;
    const isCurrent = read(file) === text;
    if (!isCurrent && !process.argv.includes("--check")) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    return isCurrent ? [] : [path];
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const stale = main();
if (stale.length > 0 && process.argv.includes("--check")) {
  console.error(`Stale: ${stale.join(", ")}. Run \`npm run docs\`.`);
  process.exitCode = 1;
}
