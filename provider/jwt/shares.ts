import type { Export, ResponseType, ServiceLatency } from "../model/shares/exports";
import { importedSubject, type Import } from "../model/shares/imports";
import { defined, sortedEntries } from "../model/form/order";
import { nanosecondsOf } from "../model/form/quantities";
import { momentSeconds, type Revocations } from "../model/keys/revocations";

/** The JWT library's word for each type of response. */
const RESPONSE_CLAIM: Readonly<Record<ResponseType, string>> = {
  singleton: "Singleton",
  stream: "Stream",
  chunked: "Chunked",
};

/** An export, as the account's token says it. */
export function exportClaim(entry: Export): Record<string, unknown> {
  const { name, subject, type, importers, responseType, responseThreshold, latency } = entry;
  return defined<Record<string, unknown>>({
    name: name ?? subject,
    subject,
    type,
    token_req: importers === undefined ? undefined : true,
    revocations: entry.revocations === undefined ? undefined : activationRevocationsClaim(entry.revocations),
    response_type: responseType === undefined ? undefined : RESPONSE_CLAIM[responseType],
    response_threshold: responseThreshold === undefined ? undefined : nanosecondsOf(responseThreshold),
    service_latency: latency === undefined ? undefined : latencyClaim(latency),
    account_token_position: entry.accountTokenPosition,
    advertise: entry.advertise,
    allow_trace: entry.allowTrace,
    description: entry.description,
    info_url: entry.infoUrl,
  });
}

/** Revoked activations of a private export, in seconds. */
function activationRevocationsClaim(revocations: Revocations): Record<string, unknown> {
  return Object.fromEntries(sortedEntries(revocations).map(([key, moment]) => [key, momentSeconds(moment)]));
}

function latencyClaim({ sampling, results }: ServiceLatency): Record<string, unknown> {
  return { sampling, results };
}

/** An import, as the token of the importing account says it. */
export function importClaim(entry: Import, importer: string): Record<string, unknown> {
  const { name, account, localSubject, type, share, allowTrace } = entry;
  const subject = importedSubject(entry, importer);
  return defined<Record<string, unknown>>({
    name: name ?? subject,
    subject,
    account,
    token: entry.token,
    local_subject: localSubject,
    type,
    share,
    allow_trace: allowTrace,
  });
}
