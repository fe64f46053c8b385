import { diagnose, display, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { isShareType, RESPONSE_TYPES, type Export } from "./exports";
import { infoDiagnostics } from "../form/info";
import { parseDuration, INVALID_DURATION } from "../form/quantities";
import { revocationsDiagnostics } from "../keys/revocations";
import { SubjectIndex } from "../subjects/subject-index";
import { ANY_TOKEN, hasWildcard, sharedSubjectProblem, subjectProblem } from "../subjects/subjects";

/** Finds exports of a type by their subject. Of several exports of the same subject, it contains the first. */
type ExportIndex = (type: string) => SubjectIndex<number>;

/** Returns all problems with a list of exports; paths are relative to the list. */
export function exportsDiagnostics(exports: readonly Export[]): Diagnostic[] {
  const exportsOf = indexByType(exports);
  return exports.flatMap((entry, index) => [
    ...prefixPaths(`[${index}]`, [
      ...subjectDiagnostics(entry),
      ...typeDiagnostics(entry.type),
      ...responseTypeDiagnostics(entry),
      ...serviceOnlyDiagnostics(entry),
      ...thresholdDiagnostics(entry),
      ...latencyDiagnostics(entry, exportsOf("service")),
      ...positionDiagnostics(entry),
      ...prefixPaths("revocations", exportRevocationsDiagnostics(entry)),
      ...infoDiagnostics(entry),
    ]),
    ...overlapDiagnostics(entry, index, exports, exportsOf(entry.type)),
  ]);
}

function indexByType(exports: readonly Export[]): ExportIndex {
  const indexes = new Map<string, SubjectIndex<number>>();
  const find: ExportIndex = (type) => indexes.get(type) ?? new SubjectIndex<number>();
  exports.forEach(({ type, subject }, at) => {
    const index = find(type);
    indexes.set(type, index);
    if (index.findEqual(subject).length === 0) {
      index.add(subject, at);
    }
  });
  return find;
}

function subjectDiagnostics({ subject }: Export): Diagnostic[] {
  const problem = sharedSubjectProblem(subject);
  return diagnose({ code: "NA1101", path: "subject", value: subject, problem, remedy: "Use the subject to export." });
}

/** Returns the problem with the type of an export or import. */
export function typeDiagnostics(type: string): Diagnostic[] {
  const problem = isShareType(type) ? undefined : 'must be "stream" or "service"';
  return diagnose({ code: "NA1003", path: "type", value: type, problem, remedy: "Use one of these types." });
}

function responseTypeDiagnostics({ responseType: value }: Export): Diagnostic[] {
  const isValid = value === undefined || RESPONSE_TYPES.includes(value);
  const problem = isValid ? undefined : 'must be "singleton", "stream" or "chunked"';
  return diagnose({ code: "NA1003", path: "responseType", value, problem, remedy: "Use one of these types." });
}

const SERVICE_PROPERTIES = [
  "responseType",
  "responseThreshold",
  "latency",
  "allowTrace",
] as const satisfies (keyof Export)[];

function serviceOnlyDiagnostics(entry: Export): Diagnostic[] {
  const problem = "is only available for services, and this export is a stream";
  return SERVICE_PROPERTIES.filter(
    (name) => entry.type === "stream" && entry[name] !== undefined && entry[name] !== false,
  ).flatMap((path) => diagnose({ code: "NA1501", path, problem, remedy: `Remove \`${path}\`, or export a service.` }));
}

/** nats-server replaces a threshold of 0 by its default. */
function thresholdDiagnostics({ responseThreshold: value }: Export): Diagnostic[] {
  const nanoseconds = value === undefined ? 1 : parseDuration(value);
  const finding = {
    path: "responseThreshold",
    value,
    remedy: "To use the default of 2 minutes, remove the property.",
  };
  if (nanoseconds === 0) {
    return diagnose({ code: "NA1007", ...finding, problem: "must not be 0, which servers treat as 2 minutes" });
  }
  const isValid = nanoseconds !== undefined && nanoseconds > 0;
  return diagnose({ code: "NA1006", ...finding, problem: isValid ? undefined : INVALID_DURATION });
}

function latencyDiagnostics(entry: Export, services: SubjectIndex<number>): Diagnostic[] {
  const { type, latency, responseType = "singleton" } = entry;
  if (latency === undefined) {
    return [];
  }
  const hasSeveralReplies = type === "service" && responseType !== "singleton";
  const limit = `is only available for services with one reply, and \`responseType\` is ${display(responseType)}`;
  return [
    ...diagnose({
      code: "NA1502",
      path: "latency",
      problem: hasSeveralReplies ? limit : undefined,
      remedy: "Remove `latency` or `responseType`.",
    }),
    ...prefixPaths("latency", [
      ...samplingDiagnostics(latency.sampling),
      ...resultsDiagnostics(latency.results, services),
    ]),
  ];
}

function samplingDiagnostics(value: number | "headers"): Diagnostic[] {
  const isValid = value === "headers" || (Number.isInteger(value) && value >= 1 && value <= 100);
  const problem = isValid ? undefined : 'must be a whole number from 1 to 100 (percent), or "headers"';
  return diagnose({ code: "NA1008", path: "sampling", value, problem, remedy: "To measure every request, use 100." });
}

/** Measurements that are sent to a service would be measured in turn, without end. nats-server rejects them. */
function resultsDiagnostics(value: string, services: SubjectIndex<number>): Diagnostic[] {
  const finding = { path: "results", value, remedy: "Use a subject such as `latency.orders`." };
  const invalid = subjectProblem(value);
  if (invalid !== undefined) {
    return diagnose({ code: "NA1101", ...finding, problem: invalid });
  }
  if (hasWildcard(value)) {
    return diagnose({ code: "NA1503", ...finding, problem: "must not contain wildcards" });
  }
  const [service] = services.findCovering(value).toSorted((a, b) => a - b);
  const problem = service === undefined ? undefined : `must not be a subject of a service (exports[${service}])`;
  return diagnose({ code: "NA1503", ...finding, problem });
}

function positionDiagnostics({ subject, importers, accountTokenPosition: value }: Export): Diagnostic[] {
  if (value === undefined) {
    return [];
  }
  if (!Number.isInteger(value) || subject.split(".")[value - 1] !== ANY_TOKEN) {
    const problem = `must be the position of a "*" token in ${display(subject)}, counted from 1`;
    const remedy = "Use the position of the token for the importing account's public key, or remove the property.";
    return diagnose({ code: "NA1504", path: "accountTokenPosition", value, problem, remedy });
  }
  const conflict =
    "cannot be combined with `accountTokenPosition`, which lets every account import subjects with its own key";
  const problem = importers === undefined ? undefined : conflict;
  return diagnose({ code: "NA1505", path: "importers", problem, remedy: "Remove one of the two." });
}

/** Importers of a public export have no activation that could be revoked. */
function exportRevocationsDiagnostics({ importers, revocations = {} }: Export): Diagnostic[] {
  const isAllowed = importers !== undefined || Object.keys(revocations).length === 0;
  return isAllowed
    ? revocationsDiagnostics(revocations, "A")
    : diagnose({
        code: "NA1506",
        problem: "cannot be used for a public export, which is imported without activations",
        remedy: "Add `importers` to the export, or remove `revocations`.",
      });
}

/** nats-server cannot decide to which of two overlapping exports of one type a message belongs. */
function overlapDiagnostics(
  { subject: value, type }: Export,
  index: number,
  exports: readonly Export[],
  sameType: SubjectIndex<number>,
): Diagnostic[] {
  const [other] = sameType
    .findContaining(value)
    .filter((at) => at !== index)
    .toSorted((a, b) => a - b);
  if (other === undefined) {
    return [];
  }
  const problem = `is already exported by exports[${other}] (${display(exports[other]?.subject)}, ${type})`;
  return diagnose({ code: "NA1507", path: `[${index}].subject`, value, problem, remedy: "Export each subject once." });
}
