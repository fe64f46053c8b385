import type { Diagnostic } from "./diagnostics";
import { shown } from "./diagnostics";

/** What an account or an export says of itself to people; it decides nothing. A comment on the static side. */
export interface Info {
  /** What it is. At most 8 KiB. */
  readonly description?: string;
  /** Where more is to be read: an absolute URL, percent-encoded. At most 8 KiB. */
  readonly infoUrl?: string;
}

/** Go's JWT library refuses descriptions and URLs longer than this many bytes. */
export const INFO_BYTES = 8 * 1024;

/** All that is wrong with what something says of itself (JWT library, `Info.Validate`). */
export function infoDiagnostics({ description, infoUrl }: Info): Diagnostic[] {
  return [...lengthDiagnostics(description, "description"), ...urlDiagnostics(infoUrl, "infoUrl")];
}

function lengthDiagnostics(text: string | undefined, path: string): Diagnostic[] {
  const problem = `is longer than ${INFO_BYTES} bytes`;
  return text === undefined || new TextEncoder().encode(text).length <= INFO_BYTES
    ? []
    : [{ path, value: shown(text), problem, remedy: "Shorten it." }];
}

/** An absolute URL with a host, of the characters that a URL is made of (RFC 3986). */
const ABSOLUTE_URL =
  /^[a-z][a-z\d+.-]*:\/\/([^/?#@]*@)?(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=-]+)(:\d+)?([/?#]([\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})*)?$/i;

/** True for a URL that names a host. */
export function isAbsoluteUrl(url: string): boolean {
  return ABSOLUTE_URL.test(url);
}

function urlDiagnostics(url: string | undefined, path: string): Diagnostic[] {
  if (url === undefined || isAbsoluteUrl(url)) {
    return lengthDiagnostics(url, path);
  }
  const problem = "is no absolute URL with a host, percent-encoded";
  return [{ path, value: shown(url), problem, remedy: "Write one such as `https://example.org/orders`." }];
}
