import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** The checkout that these tools belong to. */
export const checkout = dirname(__dirname);

/** What the local stack leaves in a checkout beside its Pulumi.local.yaml: its state and its passphrase. */
export const localFolder = (path: string): string => join(path, ".pulumi-local");

/** Whether something was deployed from a checkout by these tools. */
export function isThere(path: string): boolean {
  return existsSync(localFolder(path));
}
