import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose } from "../../diagnostics/diagnostic";

/** Information about an account or an export, without effect on decisions. A comment in the static configuration. */
export interface Info {
  /** Description. At most 8 KiB. */
  readonly description?: string;
  /** URL with more information: absolute, percent-encoded. At most 8 KiB. */
  readonly infoUrl?: string;
}

/** The JWT library rejects descriptions and URLs of more bytes than this. */
export const INFO_BYTES = 8 * 1024;

/** Finds problems with descriptions and URLs (JWT library, `Info.Validate`). */
export function infoDiagnostics({ description, infoUrl }: Info): Diagnostic[] {
  return [...lengthDiagnostics(description, "description"), ...urlDiagnostics(infoUrl, "infoUrl")];
}

function lengthDiagnostics(value: string | undefined, path: string): Diagnostic[] {
  const isTooLong = value !== undefined && Buffer.byteLength(value) > INFO_BYTES;
  const problem = isTooLong ? `must be at most ${INFO_BYTES} bytes long` : undefined;
  return diagnose({ code: "NA1009", path, value, problem, remedy: "Shorten the text." });
}

/** An absolute URL with a host, in the characters of RFC 3986. */
const ABSOLUTE_URL =
  /^[a-z][a-z\d+.-]*:\/\/([^/?#@]*@)?(\[[\da-f:.]+\]|[\w.~!$&'()*+,;=-]+)(:\d+)?([/?#]([\w.~:/?#[\]@!$&'()*+,;=-]|%[\da-f]{2})*)?$/i;

/** True for an absolute URL with a host. */
export function isAbsoluteUrl(url: string): boolean {
  return ABSOLUTE_URL.test(url);
}

function urlDiagnostics(url: string | undefined, path: string): Diagnostic[] {
  if (url === undefined || isAbsoluteUrl(url)) {
    return lengthDiagnostics(url, path);
  }
  const problem = "is not a valid URL: it must be absolute, with a host, and percent-encoded";
  return diagnose({
    code: "NA1010",
    path,
    value: url,
    problem,
    remedy: "Use a URL such as `https://example.org/orders`.",
  });
}
