import type { ShareType } from "../model/shares/exports";
import { commentText } from "./syntax";

/**
 * The names of accounts, users, exports and imports in the origin of a line. The renderer takes them from the model; for a
 * deployed configuration they are read from its entries and comments, so both use the same functions.
 */

/** An account, by the comment that is its name. */
export function accountOrigin(comment: string): string {
  return `account ${quoted(comment)}`;
}

/** True for the name of an account: settings of the server have no space in theirs. */
export function isAccountOrigin(name: string): boolean {
  return name.startsWith("account ");
}

/** A user, by the comment that is its name. */
export function userOrigin(comment: string): string {
  return `user ${quoted(comment)}`;
}

/** An export, or an import with its comment about the exporting account. */
export function shareOrigin(type: ShareType, subject: string, comment?: string): string {
  return [type, JSON.stringify(subject), ...(comment === undefined ? [] : [commentText(comment)])].join(" ");
}

/** The comment about the account that an import is from. */
export function exporterComment(account: string): string {
  return `from ${account}`;
}

/** A comment in quotes; one that had to be quoted as a comment has them already. */
function quoted(comment: string): string {
  const text = commentText(comment);
  return text.startsWith('"') ? text : JSON.stringify(text);
}
