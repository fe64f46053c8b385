import { existsSync, readFileSync } from "node:fs";
import { copyFile, rm } from "node:fs/promises";

/** Whether a file exists and is not complete JSON. */
function isTruncated(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return false;
  } catch {
    return true;
  }
}

/**
 * Restores the state of a stack in a file backend after the engine was killed while writing it; Pulumi reports such a state
 * as `EOF`. The backup replaces it. The attributes that the backend stores beside it are optional and are removed.
 *
 * @param file path of the state, `<stack>.json`
 * @returns whether anything was restored
 */
export async function repairKilledWrite(file: string): Promise<boolean> {
  const [state, attributes] = [isTruncated(file), isTruncated(`${file}.attrs`)];
  if (state && existsSync(`${file}.bak`)) await copyFile(`${file}.bak`, file);
  if (state || attributes) await rm(`${file}.attrs`, { force: true });
  return state || attributes;
}
