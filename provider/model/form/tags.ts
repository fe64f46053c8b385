import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose } from "../../diagnostics/diagnostic";
import { sortUnique } from "./order";
import { listOf, stringShape, type Shape } from "./shape";

/** The shape of a list of tags. */
export const TAGS: Shape = listOf(stringShape);

/** Finds problems with the tags of an account or operator; paths start at the list. */
export function tagsDiagnostics(tags: readonly string[]): Diagnostic[] {
  return tags.flatMap((tag, index) =>
    diagnose({
      code: "NA1011",
      path: `[${index}]`,
      value: tag,
      problem: tagProblem(tag),
      remedy: 'Use a tag such as "tenant:blue".',
    }),
  );
}

/** Bytes of a user's tags in its JWT, which must fit into a client's CONNECT line together with the longest name. */
const MAX_TAG_BYTES = 512;

/** Finds problems with the tags of a user; paths start at the list. */
export function userTagsDiagnostics(tags: readonly string[]): Diagnostic[] {
  const bytes = Buffer.byteLength(JSON.stringify(tags));
  return [
    ...tagsDiagnostics(tags),
    ...diagnose({
      code: "NA1012",
      problem: bytes > MAX_TAG_BYTES ? `take ${bytes} bytes in the JWT; the maximum is ${MAX_TAG_BYTES}` : undefined,
      remedy: "Shorten the tags, or move some to the account, where `{{account-tag(key)}}` refers to them.",
    }),
  ];
}

/** Returns whether templates find a tag, and programs accept it. */
export function isTag(tag: string): boolean {
  return tagProblem(tag) === undefined;
}

/**
 * A tag consists of a key and a value, or of a key alone. Templates look for a key in lower case, and insert the value as it
 * is (`processUserPermissionsTemplate`).
 */
function tagProblem(tag: string): string | undefined {
  if (tag.trim() === "") {
    return "must not be empty";
  }
  const [key = ""] = tag.split(":", 1);
  if (tag !== tag.trim()) {
    return "must not begin or end with white space";
  }
  return key === key.toLowerCase() ? undefined : "must have a key in lower case";
}

/** Sorts tags and removes duplicates; undefined when there are none. */
export function normalizeTags(tags: readonly string[]): string[] | undefined {
  return tags.length === 0 ? undefined : sortUnique(tags);
}
