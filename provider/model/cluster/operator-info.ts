import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { isAbsoluteUrl } from "../form/info";
import { sortedSet } from "../form/order";
import { listOf, text } from "../form/shape";
import { normalTags, TAGS, tagsDiagnostics } from "../form/tags";
import { term, Terms } from "../form/terms";

/**
 * What an operator's JWT tells tools and servers, beside who signs what. The static server trusts no operator and has no
 * word for it. A change is a new JWT of the operator, for which the operator server restarts.
 */
export interface OperatorInfo {
  /**
   * Where tools find the accounts' JWTs (`account_server_url`): a URL, to which they append `/accounts/<key>`. Servers do
   * not read it.
   *
   * @default nowhere
   */
  readonly accountServerUrl?: string;
  /**
   * Where tools connect to the servers (`operator_service_urls`): URLs such as `"nats://nats.example.org:4222"`, of the
   * kinds nats, tls, ws and wss, without users and paths.
   *
   * @default nowhere
   */
  readonly serviceUrls?: readonly string[];
  /**
   * The oldest version that servers may have, such as `"2.15.2"` (`assert_server_version`): an older operator server does
   * not start. The static server is not asked.
   *
   * @default any
   */
  readonly assertServerVersion?: string;
  /**
   * Words for people and tools, in lower case. No template finds them.
   *
   * @default none
   */
  readonly tags?: readonly string[];
}

/** The terms of an operator. */
export const OPERATOR_INFO = new Terms<OperatorInfo>({
  accountServerUrl: term(text, accountServerDiagnostics),
  serviceUrls: term(listOf(text), serviceDiagnostics, (urls: readonly string[]) =>
    urls.length === 0 ? undefined : sortedSet(urls),
  ),
  assertServerVersion: term(text, versionDiagnostics),
  tags: term(TAGS, tagsDiagnostics, normalTags),
});

function accountServerDiagnostics(url: string): Diagnostic[] {
  const problem = "is no absolute URL with a host, percent-encoded";
  const remedy = "Write one such as `https://accounts.example.org/jwt/v1`.";
  return isAbsoluteUrl(url) ? [] : [{ path: "", value: shown(url), problem, remedy }];
}

/** A protocol and a host, perhaps with a port (JWT library, `ValidateOperatorServiceURL`). */
const SERVICE_URL = /^(nats|tls|wss?):\/\/(\[[\da-f:.]+\]|[\w.~-]+)(:\d+)?$/i;

function serviceDiagnostics(urls: readonly string[]): Diagnostic[] {
  const problem = "is no URL of the kind nats, tls, ws or wss without users, paths and the like";
  const remedy = "Write one such as `nats://nats.example.org:4222`.";
  return urls.flatMap((url, index) =>
    SERVICE_URL.test(url) && URL.canParse(url) ? [] : [{ path: `[${index}]`, value: shown(url), problem, remedy }],
  );
}

function versionDiagnostics(version: string): Diagnostic[] {
  const problem = "is no version of nats-server: three numbers with dots between them";
  return /^\d{1,9}\.\d{1,9}\.\d{1,9}$/.test(version)
    ? []
    : [{ path: "", value: shown(version), problem, remedy: "Write one such as `2.15.2`." }];
}
