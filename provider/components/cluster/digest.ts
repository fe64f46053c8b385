import { createHash } from "node:crypto";

/** A short digest of a text, for something to be compared by. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
