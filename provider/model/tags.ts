import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";
import { sortedSet } from "./order";
import { listOf, text, type Shape } from "./shape";

/** The shape of a list of tags. */
export const TAGS: Shape = listOf(text);

/** All that is wrong with the tags of a user or account; paths start at the list. */
export function tagsDiagnostics(tags: readonly string[]): Diagnostic[] {
  return tags.flatMap(tagDiagnostics);
}

function tagDiagnostics(tag: string, index: number): Diagnostic[] {
  const problem = tagProblem(tag);
  const remedy = 'Write a tag such as "tenant:blue".';
  return problem === undefined ? [] : [{ path: `[${index}]`, value: shown(tag), problem, remedy }];
}

/** Tags are as Go's JWT library makes them (`TagList.Add`), since it finds no others again, and templates neither. */
function tagProblem(tag: string): string | undefined {
  if (tag.trim() === "") {
    return "is empty; a tag is a word, or a key, a colon and a value";
  }
  if (!tag.isWellFormed()) {
    return "is not valid Unicode; a tag is written as UTF-8";
  }
  return tag === tag.trim().toLowerCase()
    ? undefined
    : "is not in lower case without white space around, as all tags are";
}

/** The same tags, sorted and without repetition; undefined when there are none. */
export function normalTags(tags: readonly string[]): string[] | undefined {
  return tags.length === 0 ? undefined : sortedSet(tags);
}
