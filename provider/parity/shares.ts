import type { Export } from "../model/shares/exports";
import type { DeclaredImport } from "../model/shares/imports";
import { normalizeDuration } from "../model/form/quantities";
import type { Elements } from "./claims";
import { quoteName } from "./prose";

/** The exports of an account. */
export const EXPORTS: Elements<Export> = {
  key: ({ type, subject }) => `${type} ${subject}`,
  describe: ({ type, subject }, account) => `${type} ${quoteName(subject)} of ${account}`,
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
          operator: "token_req, and an activation in each import",
        },
      },
      revocations: {
        entry: { parity: { class: "X", operator: "revocations" } },
        describe: (importer, owner) => `${importer} at ${owner}`,
      },
      responseType: {
        parity: {
          class: "P",
          static: "response_type",
          operator: "response_type",
          severity: "harmless",
          example: "stream",
          consequence: (type, owner) =>
            `${owner} has the response type ${type}; if it changes while the operator server runs, existing importers there keep the previous type until they change as well or the server restarts`,
        },
        default: "singleton",
      },
      responseThreshold: {
        parity: {
          class: "P",
          static: "response_threshold",
          operator: "response_threshold",
          severity: "harmless",
          example: "500ms",
          consequence: (threshold, owner) =>
            `${owner} has ${normalizeDuration(threshold)} to respond; if it or an importing account changes while the operator server runs, the server may apply the previous threshold, or 2 minutes, until it restarts`,
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
      advertise: { parity: { class: "M", operator: "advertise" }, default: false },
      allowTrace: { parity: { class: "E", static: "allow_trace", operator: "allow_trace" }, default: false },
      description: { parity: { class: "M", operator: "description" } },
      infoUrl: { parity: { class: "M", operator: "info_url" } },
    },
  },
};

/** The imports of an account. */
export const IMPORTS: Elements<DeclaredImport> = {
  key: ({ type, subject, account, localSubject }) =>
    [type, subject, "from", quoteName(account), ...(localSubject === undefined ? [] : ["as", localSubject])].join(" "),
  describe: ({ type, subject, account }, importer) =>
    `${type} ${quoteName(subject)} of ${quoteName(account)} in ${importer}`,
  element: {
    self: { parity: { class: "E", static: "imports", operator: "imports" } },
    members: {
      account: { parity: { class: "E", static: "account", operator: "account" } },
      subject: { parity: { class: "E", static: "subject", operator: "subject" } },
      type: { parity: { class: "E", static: "service, stream", operator: "type" } },
      localSubject: { parity: { class: "E", static: "to", operator: "local_subject" } },
      name: { parity: { class: "M", operator: "name" } },
      share: { parity: { class: "E", static: "share", operator: "share" }, default: false },
      allowTrace: { parity: { class: "E", static: "allow_trace", operator: "allow_trace" }, default: false },
    },
  },
};
