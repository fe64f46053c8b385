import type { CodeTable } from "./code";

/** Exports, imports and activations. */
export const SHARES_CODES = {
  NA1501: {
    title: "Service property on a stream",
    cause:
      "Response type, response threshold, latency measurement, `share` and the trace permission of exports apply to replies and requests. Streams have neither, and the JWT library rejects these properties for them (`Export.Validate`, `Import.Validate`).",
    remedy: "Remove the property, or change the type to service.",
  },
  NA1502: {
    title: "Latency of several replies",
    cause:
      "nats-server measures the latency of services with one reply only. It rejects static configurations with other response types.",
    remedy: "Remove `latency`, or use the response type singleton.",
  },
  NA1503: {
    title: "Invalid latency subject",
    cause:
      "Latency measurements are published to a single subject. A subject of a service of the same account would turn every measurement into a request, and nats-server rejects it.",
    remedy: "Use a subject without wildcards that no service export covers, such as `latency.orders`.",
  },
  NA1504: {
    title: "Invalid account token position",
    cause:
      "The position refers to the token of the exported subject that importers replace by their public key. It is counted from 1, and the token must be `*` (JWT library, `Export.Validate`).",
    remedy: 'Use the position of a "*" token in the subject, or remove the property.',
  },
  NA1505: {
    title: "Importers with a token position",
    cause:
      "With an account token position, nats-server lets every account import the subjects with its own public key, regardless of a list of importers.",
    remedy: "Remove `importers` or `accountTokenPosition`.",
  },
  NA1506: {
    title: "Revocations of a public export",
    cause: "Revocations apply to activations. Accounts import a public export without one.",
    remedy: "Make the export private with `importers`, or remove `revocations`.",
  },
  NA1507: {
    title: "Overlapping exports",
    cause:
      "An account exports a subject and another one that contains it, with the same type. The JWT library rejects such accounts (`Exports.Validate`), because a message could belong to either export.",
    remedy: "Export each subject once.",
  },
  NA1511: {
    title: "Invalid local subject",
    cause:
      "The local subject of an import contains each wildcard of the imported subject once, either as `*` in the same order or by number (JWT library, `RenamingSubject.Validate`; nats-server, `NewSubjectTransformStrict`). Mapping functions are excluded, because the two modes treat them differently.",
    remedy: "Use a subject with `$1` for the first `*` of the imported subject, and so on.",
  },
  NA1512: {
    title: "Import from the same account",
    cause:
      "The exporting and the importing account are the same. Users of an account can use its subjects without imports. Servers deliver the messages of such an import under both subjects: twice if they are the same. If another account imports the service, a static server can mistake the imports for a cycle and not start, depending on the order in which it reads the accounts.",
    remedy:
      "Remove the import, or correct the account. For a service under another subject, use a mapping from that subject to the service.",
  },
  NA1513: {
    title: "Trace permission of a service import",
    cause:
      "Message traces cross an account boundary with the permission of the account that receives the message: the importer of a stream, the exporter of a service (JWT library, `Import.Validate`).",
    remedy: "Remove `allowTrace` from the import, and set it in the export.",
  },
  NA1514: {
    title: "Stream imported twice",
    cause:
      "The static server rejects two imports of the same stream into one account, also with different local subjects.",
    remedy: "Remove one of the imports.",
  },
  NA1515: {
    title: "Overlapping service imports",
    cause:
      "Two services of the same account have overlapping local subjects. The JWT library rejects such accounts (`Imports.Validate`), because a request could go to either service.",
    remedy: "Choose local subjects that do not overlap.",
  },
  NA1516: {
    title: "Ambiguous sharing",
    cause:
      "The same service is imported twice, and one of the imports has `share`. The static server finds the import to share by account and subject, and shares an arbitrary one of the two.",
    remedy: "Remove `share`, or import the service once.",
  },
  NA1521: {
    title: "Missing export",
    cause:
      "The other account exports neither the imported subject nor one that contains it, with the same type. nats-server would reject a static configuration with such an import as a whole.",
    remedy: "Add the export to the other account, or remove the import.",
  },
  NA1522: {
    title: "Ambiguous export",
    cause:
      "Several exports contain the imported subject, and their terms differ: importers, response type or others. nats-server chooses an arbitrary one of them.",
    remedy: "Export the subjects on the same terms, or add an export of exactly the imported subject.",
  },
  NA1523: {
    title: "Import not permitted",
    cause: "The export is private, and its list of importers does not contain the importing account.",
    remedy: "Add the account to the `importers` of the export, or remove the import.",
  },
  NA1524: {
    title: "Import without the account's key",
    cause:
      "The export has an account token position. nats-server permits only imports whose subject has the importing account's public key at this position.",
    remedy: "Use `{{account-subject()}}` as this token.",
  },
} as const satisfies CodeTable;
