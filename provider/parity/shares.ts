import type { Export } from "../model/shares/exports";
import type { DeclaredImport } from "../model/shares/imports";
import { normalDuration } from "../model/form/quantities";
import type { Elements } from "./claims";
import { named } from "./words";

/** What an account lets others use. */
export const EXPORTS: Elements<Export> = {
  key: ({ type, subject }) => `${type} ${subject}`,
  who: ({ type, subject }, account) => `${type} ${named(subject)} of ${account}`,
  element: {
    self: { parity: { class: "E", static: "exports", operator: "exports" } },
    members: {
      subject: { parity: { class: "E", static: "service, stream", operator: "subject" } },
      type: { parity: { class: "E", static: "service, stream", operator: "type" } },
      name: { parity: { class: "M", operator: "name" } },
      importers: {
        parity: {
          class: "X",
          static: "accounts",
          operator: "token_req, and an activation in the token of each importer",
        },
      },
      revocations: {
        entry: { parity: { class: "X", operator: "revocations" } },
        who: (importer, owner) => `${importer} at ${owner}`,
      },
      responseType: {
        parity: {
          class: "P",
          static: "response_type",
          operator: "response_type",
          severity: "harmless",
          example: "stream",
          consequence: (type, who) =>
            `${who} has the response type ${type}: when that changes while the operator server runs, accounts that import it already notice there when they change, too, or when that server is started again`,
        },
        silent: "singleton",
      },
      responseThreshold: {
        parity: {
          class: "P",
          static: "response_threshold",
          operator: "response_threshold",
          severity: "harmless",
          example: "500ms",
          consequence: (threshold, who) =>
            `${who} has ${normalDuration(threshold)} to answer: when it or an importing account changes while the operator server runs, that server may go by the time from before, or by 2 minutes, until it is started again`,
        },
      },
      latency: {
        members: {
          sampling: { parity: { class: "E", static: "latency.sampling", operator: "service_latency.sampling" } },
          results: { parity: { class: "E", static: "latency.subject", operator: "service_latency.results" } },
        },
      },
      accountTokenPosition: {
        parity: { class: "E", static: "account_token_position", operator: "account_token_position" },
      },
      advertise: { parity: { class: "M", operator: "advertise" }, silent: false },
      allowTrace: { parity: { class: "E", static: "allow_trace", operator: "allow_trace" }, silent: false },
      description: { parity: { class: "M", operator: "description" } },
      infoUrl: { parity: { class: "M", operator: "info_url" } },
    },
  },
};

/** What an account uses of others. */
export const IMPORTS: Elements<DeclaredImport> = {
  key: ({ type, subject, account, localSubject }) =>
    [type, subject, "from", named(account), ...(localSubject === undefined ? [] : ["as", localSubject])].join(" "),
  who: ({ type, subject, account }, importer) => `${type} ${named(subject)} of ${named(account)} in ${importer}`,
  element: {
    self: { parity: { class: "E", static: "imports", operator: "imports" } },
    members: {
      account: { parity: { class: "E", static: "account", operator: "account" } },
      subject: { parity: { class: "E", static: "subject", operator: "subject" } },
      type: { parity: { class: "E", static: "service, stream", operator: "type" } },
      localSubject: { parity: { class: "E", static: "to", operator: "local_subject" } },
      name: { parity: { class: "M", operator: "name" } },
      share: { parity: { class: "E", static: "share", operator: "share" }, silent: false },
      allowTrace: { parity: { class: "E", static: "allow_trace", operator: "allow_trace" }, silent: false },
    },
  },
};
