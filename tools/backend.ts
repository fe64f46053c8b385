import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { removeOwned } from "./lib/owned";
import { checkout, localFolder } from "./local-folder";

const folder = localFolder(checkout);
/** The backend's folder. */
export const state = join(folder, "state");
/** The file with the passphrase of all its stacks. */
export const passphrase = join(folder, "passphrase");

/** The stack's name. `dev` is left to the user, who may have a Pulumi.dev.yaml for another backend. */
export const STACK = "local";

/** `mixed-auth/local`: the stack that `npm start` deploys. */
export function ownStack(): string {
  const project = /^name:\s*["']?([^"'\s]+)/m.exec(readFileSync(join(checkout, "Pulumi.yaml"), "utf8"))?.[1] ?? "";
  return `${project}/${STACK}`;
}

function filesBelow(where: string): string[] {
  return existsSync(where) ? readdirSync(where, { recursive: true }).map(String) : [];
}

/** Returns all stacks of the backend as `<project>/<stack>`. */
export function listStacks(): string[] {
  return filesBelow(join(state, ".pulumi/stacks"))
    .filter((name) => /\.json(\.gz)?$/.test(name))
    .map((name) => name.replace(/\.json(\.gz)?$/, ""))
    .sort();
}

/** Returns the stacks that `npm start` did not create. */
export function listOtherStacks(): string[] {
  return listStacks().filter((stack) => stack !== ownStack());
}

/** Returns the pids of the engines that locked the stack: engines that run, and engines that were killed. */
export async function readLockHolders(): Promise<number[]> {
  const where = join(state, ".pulumi/locks/organization", ownStack());
  const files = filesBelow(where).filter((name) => name.endsWith(".json"));
  const locks = await Promise.all(files.map((name) => readFile(join(where, name), "utf8")));
  return locks.map((text) => (JSON.parse(text) as { pid: number }).pid);
}

/** An operation that was not finished when the engine was killed. */
export interface PendingOperation {
  type: string;
  resource: { urn: string; type: string; inputs?: Record<string, unknown> };
}

/** The part of a resource's state that is read here. */
export interface StateResource {
  type: string;
  id?: string;
}

/** The part of a state that is read here. */
interface Deployment {
  resources?: StateResource[];
  pending_operations?: PendingOperation[];
}

/** Path of the stack's state. */
export function stateFile(): string {
  return join(state, ".pulumi/stacks", `${ownStack()}.json`);
}

/** Reads the state of the stack; it is empty before the first deployment. */
function readDeployment(): Deployment {
  const file = stateFile();
  if (!existsSync(file)) return {};
  const content = JSON.parse(readFileSync(file, "utf8")) as { checkpoint?: { latest?: Deployment } };
  return content.checkpoint?.latest ?? {};
}

/** Returns the unfinished operations in the stack's state. */
export function listPendingOperations(): PendingOperation[] {
  return readDeployment().pending_operations ?? [];
}

/** Returns the resources in the stack's state, including those of unfinished operations. */
export function listResources(): StateResource[] {
  return [...(readDeployment().resources ?? []), ...listPendingOperations().map(({ resource }) => resource)];
}

/** Removes the backend with its passphrase. */
export async function removeBackend(): Promise<void> {
  await removeOwned(folder);
}
