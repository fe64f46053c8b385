import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CHECKOUT, DECLARED, type TestStack } from "./stack";

/** Makes a stack run a program that the test writes. @returns writes the program */
export async function useWrittenProgram(stack: TestStack): Promise<(program: string) => Promise<void>> {
  const project = join(stack.folder, "written");
  await mkdir(project);
  await symlink(join(CHECKOUT, "node_modules"), join(project, "node_modules"));
  await writeFile(join(project, "package.json"), "{}");
  await writeFile(
    join(project, "Pulumi.yaml"),
    `name: ${DECLARED.project}\nruntime: { name: nodejs, options: { typescript: false, nodeargs: --import tsx } }\nmain: index.ts\n`,
  );
  stack.runProject(project);
  return (program) => writeFile(join(project, "index.ts"), program);
}

/** Gives a stack a kubeconfig in which the cluster of the tests has the context of the programs of pages. */
export async function useDocumentedContext(stack: TestStack): Promise<void> {
  const { KUBECONFIG: kubeconfig = "" } = process.env;
  const config = JSON.parse(await readFile(kubeconfig, "utf8")) as { readonly contexts: readonly object[] };
  const contexts = config.contexts.map((context) => ({ ...context, name: "production" }));
  stack.env.KUBECONFIG = join(stack.folder, "kubeconfig.json");
  await writeFile(stack.env.KUBECONFIG, JSON.stringify({ ...config, contexts, "current-context": "" }), {
    mode: 0o600,
  });
}

/** Replaces a text that must be there once. */
export function replaceOnce(text: string, from: string, to: string): string {
  const parts = text.split(from);
  if (parts.length !== 2) {
    throw new Error(`the text occurs ${parts.length - 1} times: ${from}`);
  }
  return parts.join(to);
}
