import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkout, localFolder } from "./local-folder";

const folder = localFolder(checkout);
/** Where the backend keeps its stacks. */
export const state = join(folder, "state");
/** The file with the passphrase of them all. */
export const passphrase = join(folder, "passphrase");

/** Not `dev`, which may be this person's own stack on another backend, with its Pulumi.dev.yaml. */
export const STACK = "local";

/** `mixed-auth/local`: the stack that `npm start` deploys. */
export function ownStack(): string {
  const project = /^name:\s*["']?([^"'\s]+)/m.exec(readFileSync(join(checkout, "Pulumi.yaml"), "utf8"))?.[1] ?? "";
  return `${project}/${STACK}`;
}

function filesBelow(where: string): string[] {
  return existsSync(where) ? readdirSync(where, { recursive: true }).map(String) : [];
}

/** The stacks of the backend as `<project>/<stack>`, whoever made them. */
export function stacks(): string[] {
  return filesBelow(join(state, ".pulumi/stacks"))
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .map((name) => name.replace(/\.json(\.gz)?$/, ""))
    .sort();
}

/** Those of them that `npm start` did not make. */
export function otherStacks(): string[] {
  return stacks().filter((stack) => stack !== ownStack());
}

/** The process ids that hold the lock of the stack: one of an engine that works, or one of an engine that was killed. */
export async function lockHolders(): Promise<number[]> {
  const where = join(state, ".pulumi/locks/organization", ownStack());
  const files = filesBelow(where).filter((name) => name.endsWith(".json"));
  const locks = await Promise.all(files.map((name) => readFile(join(where, name), "utf8")));
  return locks.map((text) => (JSON.parse(text) as { pid: number }).pid);
}

/** What an engine had begun when it was killed. */
export interface PendingOperation {
  type: string;
  resource: { urn: string; type: string; inputs?: Record<string, unknown> };
}

/** What of it the state of the stack remembers. */
export async function pendingOperations(): Promise<PendingOperation[]> {
  const file = join(state, ".pulumi/stacks", `${ownStack()}.json`);
  if (!existsSync(file)) return [];
  const content = JSON.parse(await readFile(file, "utf8")) as {
    checkpoint?: { latest?: { pending_operations?: PendingOperation[] } };
  };
  return content.checkpoint?.latest?.pending_operations ?? [];
}

/** Removes the whole backend with its passphrase. */
export async function forget(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
