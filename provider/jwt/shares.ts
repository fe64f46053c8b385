import { sortEntries } from "../model/form/order";
import { parseDuration, type Duration } from "../model/form/quantities";
import { parseTimestamp, type Revocations } from "../model/keys/revocations";
import type { Export, ResponseType, ServiceLatency } from "../model/shares/exports";
import { resolveImportSubject, type Import } from "../model/shares/imports";
import { claim, claimsOf, type ClaimTable } from "./claim-table";

/** The JWT library's name of each response type. */
export const RESPONSE_TYPE_CLAIMS: Readonly<Record<ResponseType, string>> = {
  singleton: "Singleton",
  stream: "Stream",
  chunked: "Chunked",
};

const LATENCY: ClaimTable<ServiceLatency> = {
  sampling: claim("sampling"),
  results: claim("results"),
};

const EXPORT: ClaimTable<Export> = {
  name: (name, { subject }) => ({ name: name ?? subject }),
  subject: claim("subject"),
  type: claim("type"),
  // Each importer has an activation instead.
  importers: claim("token_req", () => true),
  revocations: claim("revocations", activationRevocations),
  responseType: claim("response_type", (type: ResponseType) => RESPONSE_TYPE_CLAIMS[type]),
  responseThreshold: claim("response_threshold", (threshold: Duration) => parseDuration(threshold)),
  latency: claim("service_latency", (latency: ServiceLatency) => claimsOf(LATENCY, latency, undefined)),
  accountTokenPosition: claim("account_token_position"),
  advertise: claim("advertise"),
  allowTrace: claim("allow_trace"),
  description: claim("description"),
  infoUrl: claim("info_url"),
};

/** The claims of an export, in the JWT of the exporting account. */
export function exportClaim(entry: Export): Record<string, unknown> {
  return claimsOf(EXPORT, entry, undefined);
}

/** Times of revoked activations, in seconds since 1970. */
function activationRevocations(revocations: Revocations): Record<string, unknown> {
  return Object.fromEntries(sortEntries(revocations).map(([key, moment]) => [key, parseTimestamp(moment)]));
}

/** Renders an import for the account with a public key. */
const IMPORT: ClaimTable<Import, string> = {
  name: (name, entry, importer) => ({ name: name ?? resolveImportSubject(entry, importer) }),
  subject: (_, entry, importer) => ({ subject: resolveImportSubject(entry, importer) }),
  account: claim("account"),
  token: claim("token"),
  localSubject: claim("local_subject"),
  type: claim("type"),
  share: claim("share"),
  allowTrace: claim("allow_trace"),
};

/**
 * The claims of an import, in the JWT of the importing account.
 *
 * @param importer public key of the importing account
 */
export function importClaim(entry: Import, importer: string): Record<string, unknown> {
  return claimsOf(IMPORT, entry, importer);
}
