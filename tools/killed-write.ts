import { existsSync, readFileSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";

/** Whether a file is there and holds less than a whole JSON value. */
function isCut(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return false;
  } catch {
    return true;
  }
}

/**
 * Mends the state of a stack in a folder where the engine was killed while it wrote it: such a state is `EOF` to Pulumi.
 * The state before takes its place, and what the backend notes beside a file, which it can do without, goes.
 *
 * @param file the path of the state, `<stack>.json`
 * @returns whether there was something to mend
 */
export async function mendKilledWrite(file: string): Promise<boolean> {
  const [state, notes] = [isCut(file), isCut(`${file}.attrs`)];
  if (state && existsSync(`${file}.bak`)) await copyFile(`${file}.bak`, file);
  if (state || notes) await rm(`${file}.attrs`, { force: true });
  return state || notes;
}
