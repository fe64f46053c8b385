/**
 * Turns the `ts` blocks of Markdown pages into modules, in which every line has its number on the page.
 *
 * - A block that imports `Operator` is a complete program: it contains all that it needs.
 * - Any other block continues the last program of its page, in a scope of its own unless it imports something. It may also
 *   use `GIVEN`: what the package exports, and what the reader's program contains.
 */

import { readBlocks, type Block } from "./page-blocks";

const OURS = "pulumi-nats-auth";
const of = (name: string, from = OURS) => `import("${from}").${name}`;

/** What blocks use that no program of their page declares. */
const GIVEN: Readonly<Record<string, string>> = {
  ...imported(OURS, "Account", "AuthConfiguration", "ClusterVerification", "MixedAuthCluster", "Operator", "UserSet"),
  ...imported(OURS, "credsSecrets", "nackAccount"),
  ...imported(`${OURS}/adopt`, "readStaticConfig"),
  ...imported("node:fs", "readFileSync"),
  kubernetes: 'import * as kubernetes from "@pulumi/kubernetes";',
  pulumi: 'import * as pulumi from "@pulumi/pulumi";',
  ...declared({
    operator: of("Operator<{ sys: {} }>"),
    a: of("Account<{ test: {} }>"),
    b: of("Account<{ test: {} }>"),
    orders: of("Account<{ nack: {} }, { tenant: {} }>"),
    cluster: of("MixedAuthCluster"),
    authority: of("SelfSignedCert", "@pulumi/tls"),
    certificate: of("LocallySignedCert", "@pulumi/tls"),
    key: of("PrivateKey", "@pulumi/tls"),
    config: of("Config", "@pulumi/pulumi"),
  }),
};

/** What blocks of one page use beside that. */
const GIVEN_ON: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "docs/adopt.md": declared({ file: "string", accountKey: `(name: string) => ${of("Nkey")}` }),
  "docs/kubernetes.md": declared({
    args: of(`MixedAuthClusterArgs<${of("PodTarget")}>`),
    ...{ config: "string", routes: "string" },
  }),
  "docs/teams.md": declared({
    team: `{ requireOutput(name: string): ${of(`Output<${of("SignedReference")}>`, "@pulumi/pulumi")} }`,
    ordersStack: of("StackReference", "@pulumi/pulumi"),
    billingStack: of("StackReference", "@pulumi/pulumi"),
  }),
  "docs/users.md": declared({ vault: "{ write(path: string, text: string): Promise<void> }" }),
};

/**
 * Types of a package that docs/foreign-deployments.md uses. The checkout does not contain it: the engine would install its
 * plugin for every program.
 */
export const COMMAND_PACKAGE = `import * as pulumi from "@pulumi/pulumi";
export declare namespace local {
  class Command extends pulumi.CustomResource {
    constructor(name: string, args?: CommandArgs, opts?: pulumi.CustomResourceOptions);
  }
  interface CommandArgs {
    create?: pulumi.Input<string>;
    environment?: pulumi.Input<{ [key: string]: pulumi.Input<string> }>;
  }
}
`;

function imported(from: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, `import { ${name} } from "${from}";`]));
}

function declared(types: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, `declare const ${name}: ${type};`]));
}

/** Whether the top level of a text declares or imports a name. */
function declares(lines: readonly string[], name: string): boolean {
  return new RegExp(`^(export )?(const|function|import) ([^;=(]*[{,\\s])?${name}\\b`, "m").test(lines.join("\n"));
}

/** Returns the text of the module of a block. @param program the program that it continues; none if it is one itself */
function moduleOf(path: string, { begin, lines }: Block, program: Block | undefined): string {
  const text: string[] = [];
  const put = (block: Block) => {
    block.lines.forEach((line, at) => (text[block.begin + 1 + at] = line));
  };
  put({ begin, lines });
  if (program !== undefined) {
    put(program);
    const isScope = !lines.some((line) => line.startsWith("import "));
    const top = [...program.lines, ...(isScope ? [] : lines)];
    const given = Object.entries({ ...GIVEN, ...GIVEN_ON[path] }).filter(([name]) => !declares(top, name));
    text[0] = `export {}; ${given.map(([, declaration]) => declaration).join(" ")}`;
    if (isScope) {
      text[begin] = "namespace continued {";
      text[begin + 1 + lines.length] = "}";
    }
  }
  return `${text.join("\n")}\n`;
}

/**
 * Returns the modules of a page, by the number of the line in which their block begins.
 *
 * @param path the path of the page in the package
 * @param page its text
 */
export function modulesOf(path: string, page: string): [line: number, text: string][] {
  let program: Block = { begin: 0, lines: [] };
  return readBlocks(page, "ts").map((block) => {
    const isProgram = declares(block.lines, "Operator");
    if (isProgram) {
      program = block;
    }
    return [block.begin + 1, moduleOf(path, block, isProgram ? undefined : program)];
  });
}
