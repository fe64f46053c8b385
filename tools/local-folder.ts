import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Path of the checkout that contains these tools. */
export const checkout = dirname(__dirname);

/** The folder in a checkout that contains the state of the local stack and its passphrase. */
export const localFolder = (path: string): string => join(path, ".pulumi-local");

/** Whether these tools have deployed something from a checkout. */
export function hasLocalFolder(path: string): boolean {
  return existsSync(localFolder(path));
}
