import { prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import type { Problem } from "../diagnostics/unreadable";
import { isTag } from "../model/form/tags";

const UNUSED: Problem = {
  code: "NA3048",
  problem: "is a tag that templates do not find, and will be dropped",
  remedy: "To keep it, write its key in lower case and remove the white space around it.",
};

/** Names the tags that have no effect on servers, and that programs do not accept. */
export function unusedTags(tags: readonly string[] = []): Diagnostic[] {
  return prefixPaths(
    "tags",
    tags.flatMap((tag, index) => (isTag(tag) ? [] : [{ ...UNUSED, path: `[${index}]` }])),
  );
}
