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

/** A resource of the stack, as far as it is read here. */
export interface KeptResource {
  type: string;
  id?: string;
}

/** What is read of a state. */
interface Deployment {
  resources?: KeptResource[];
  pending_operations?: PendingOperation[];
}

/** The file with the state of the stack. */
export function stateFile(): string {
  return join(state, ".pulumi/stacks", `${ownStack()}.json`);
}

/** The state of the stack; it is empty where none was made. */
function deployment(): Deployment {
  const file = stateFile();
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, "utf8")) as { checkpoint?: { latest?: Deployment } };
  return content.checkpoint?.latest ?? {};
}

/** What the state of the stack remembers of what was begun. */
export function pendingOperations(): PendingOperation[] {
  return deployment().pending_operations ?? [];
}

/** What is deployed, or may be: what was begun is among it. */
export function keptResources(): KeptResource[] {
  return [...(deployment().resources ?? []), ...pendingOperations().map(({ resource }) => resource)];
}

/** Removes the whole backend with its passphrase. */
export async function forget(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
