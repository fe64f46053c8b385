import { lstatSync } from "node:fs";
import { rm } from "node:fs/promises";
import { ToolError } from "./terminal";

/** Whether a path is a folder of this user, and not a symbolic link to one. Clean-up touches nothing else. */
export function isOwned(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && (process.geteuid === undefined || found.uid === process.geteuid());
}

/** @throws ToolError when the path exists and is not {@link isOwned} */
export function requireOwned(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined || isOwned(folder)) return;
  throw new ToolError(
    `${folder} is not removed: it is a symbolic link, not a folder, or belongs to another user.`,
    "Check what it is, then remove it by hand.",
  );
}

/**
 * Removes a folder with its content; a missing folder is not an error.
 *
 * @throws ToolError when it is a symbolic link, or belongs to another user
 */
export async function removeOwned(folder: string): Promise<void> {
  requireOwned(folder);
  await rm(folder, { recursive: true, force: true });
}
