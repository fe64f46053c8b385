import { createHash } from "node:crypto";
import { labelProblem } from "../model/cluster/servers";

/** Length of the readable part of a label that stands for another text. */
const READABLE = 40;
/** Long enough that nobody finds two texts with the same digest. */
const DIGEST = 20;

/** Returns a label for a text: the text itself if it is one, otherwise a similar one with a digest, so that no two are equal. */
function toLabel(text: string): string {
  if (labelProblem("Secret", text) === undefined && !HAS_DIGEST.test(text)) {
    return text;
  }
  const readable = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, READABLE)
    .replace(/^-+|-+$/g, "");
  const digest = createHash("sha256").update(text).digest("hex").slice(0, DIGEST);
  return readable === "" ? digest : `${readable}-${digest}`;
}

/** The end of a label that stands for another text. */
const HAS_DIGEST = new RegExp(`(?:^|-)[0-9a-f]{${DIGEST}}$`);

/** Returns the name of the Secret of a user. It depends on the names of account and user alone. */
export function credsSecretName(prefix: string, account: string, user: string): string {
  return [prefix, toLabel(account), toLabel(user)].join(".");
}
