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

/** What a user's tags may take in its JWT, which must fit into a client's CONNECT line beside the longest name. */
const LONGEST_TAGS = 512;

/** All that is wrong with the tags of a user; paths start at the list. */
export function userTagsDiagnostics(tags: readonly string[]): Diagnostic[] {
  const bytes = new TextEncoder().encode(JSON.stringify(tags)).length;
  const problem = `take ${bytes} bytes in the user's JWT, of which there are ${LONGEST_TAGS}`;
  const remedy = "Shorten them, or give tags to the account: templates find those by `{{account-tag(key)}}`.";
  return [...tagsDiagnostics(tags), ...(bytes <= LONGEST_TAGS ? [] : [{ path: "", problem, remedy }])];
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
