import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { isAbsoluteUrl } from "../form/info";
import { sortUnique } from "../form/order";
import { listOf, stringShape } from "../form/shape";
import { normalizeTags, TAGS, tagsDiagnostics } from "../form/tags";
import { term, Terms } from "../form/terms";

/**
 * Information in an operator's JWT for tools and servers. Static configuration has no equivalent. A change results in a new
 * operator JWT, for which the operator server restarts.
 */
export interface OperatorInfo {
  /**
   * URL of the account server (`account_server_url`). Tools append `/accounts/<key>` to it to find account JWTs; servers do not
   * read it.
   *
   * @default none
   */
  readonly accountServerUrl?: string;
  /**
   * URLs of the servers, for tools (`operator_service_urls`): such as `"nats://nats.example.org:4222"`, with the schemes nats,
   * tls, ws or wss, without user information and path.
   *
   * @default none
   */
  readonly serviceUrls?: readonly string[];
  /**
   * Minimum version of the servers, such as `"2.15.2"` (`assert_server_version`). An older operator server does not start;
   * the static server does not check it.
   *
   * @default any version
   */
  readonly assertServerVersion?: string;
  /**
   * Tags for people and tools, with keys in lower case. Templates do not match them.
   *
   * @default none
   */
  readonly tags?: readonly string[];
}

/** The terms of an operator. */
export const OPERATOR_INFO = new Terms<OperatorInfo>({
  accountServerUrl: term(stringShape, accountServerDiagnostics),
  serviceUrls: term(listOf(stringShape), serviceDiagnostics, (urls: readonly string[]) =>
    urls.length === 0 ? undefined : sortUnique(urls),
  ),
  assertServerVersion: term(stringShape, versionDiagnostics),
  tags: term(TAGS, tagsDiagnostics, normalizeTags),
});

function accountServerDiagnostics(url: string): Diagnostic[] {
  return diagnose({
    code: "NA1010",
    value: url,
    problem: isAbsoluteUrl(url)
      ? undefined
      : "is not a valid URL: it must be absolute, with a host, and percent-encoded",
    remedy: "Use a URL such as `https://accounts.example.org/jwt/v1`.",
  });
}

/** A scheme and a host, optionally with a port (JWT library, `ValidateOperatorServiceURL`). */
const SERVICE_URL = /^(nats|tls|wss?):\/\/(\[[\da-f:.]+\]|[\w.~-]+)(:\d+)?$/i;

function serviceDiagnostics(urls: readonly string[]): Diagnostic[] {
  return urls.flatMap((url, index) => {
    const isValid = SERVICE_URL.test(url) && URL.canParse(url);
    return diagnose({
      code: "NA1712",
      path: `[${index}]`,
      value: url,
      problem: isValid
        ? undefined
        : "is not a valid service URL: it must have the scheme nats, tls, ws or wss, without user information and path",
      remedy: "Use a URL such as `nats://nats.example.org:4222`.",
    });
  });
}

function versionDiagnostics(version: string): Diagnostic[] {
  const isValid = /^\d{1,9}\.\d{1,9}\.\d{1,9}$/.test(version);
  const problem = isValid ? undefined : "is not a valid server version: it must be three numbers, separated by dots";
  return diagnose({ code: "NA1713", value: version, problem, remedy: "Use a version such as `2.15.2`." });
}
