import type { Diagnostic } from "../form/diagnostics";
import { shown, under } from "../form/diagnostics";
import { isShareType, RESPONSE_TYPES, type Export } from "./exports";
import { infoDiagnostics } from "../form/info";
import { nanosecondsOf, NO_DURATION } from "../form/quantities";
import { revocationsDiagnostics } from "../keys/revocations";
import { SubjectIndex } from "../subjects/subject-index";
import { ANY_TOKEN, hasWildcard, sharedSubjectProblem, subjectProblem } from "../subjects/subjects";

/** Exports by their type and subject: of several that are the same, the index of the first. */
type Index = (type: string) => SubjectIndex<number>;

/** All that is wrong with a list of exports; paths start at the list. */
export function exportsDiagnostics(exports: readonly Export[]): Diagnostic[] {
  const find = indexOf(exports);
  return exports.flatMap((entry, index) => [
    ...under(`[${index}]`, [
      ...subjectDiagnostics(entry),
      ...typeDiagnostics(entry.type),
      ...serviceDiagnostics(entry),
      ...thresholdDiagnostics(entry),
      ...latencyDiagnostics(entry, find),
      ...positionDiagnostics(entry),
      ...under("revocations", revocationDiagnostics(entry)),
      ...infoDiagnostics(entry),
    ]),
    ...overlapDiagnostics(entry, index, exports, find),
  ]);
}

function indexOf(exports: readonly Export[]): Index {
  const indexes = new Map<string, SubjectIndex<number>>();
  const find: Index = (type) => indexes.get(type) ?? new SubjectIndex<number>();
  exports.forEach(({ type, subject }, at) => {
    const index = find(type);
    indexes.set(type, index);
    if (index.under(subject).length === 0) {
      index.add(subject, at);
    }
  });
  return find;
}

function subjectDiagnostics({ subject }: Export): Diagnostic[] {
  const problem = sharedSubjectProblem(subject);
  const remedy = "Write the subject to export.";
  return problem === undefined ? [] : [{ path: "subject", value: shown(subject), problem, remedy }];
}

/** Checks the type of an export or import. */
export function typeDiagnostics(type: string): Diagnostic[] {
  const problem = 'is no type; the types are "stream" and "service"';
  return isShareType(type) ? [] : [{ path: "type", value: shown(type), problem, remedy: "Write one of them." }];
}

/** What a service alone can say, by its name in the text of an error. */
const OF_SERVICES = {
  responseType: "answers in one way or another",
  responseThreshold: "has a time to answer",
  latency: "has a latency",
  allowTrace: "shows traces by its export",
} as const satisfies Partial<Record<keyof Export, string>>;

function serviceDiagnostics(entry: Export): Diagnostic[] {
  const { type, responseType } = entry;
  const known = responseType === undefined || RESPONSE_TYPES.includes(responseType);
  const problem = `is no type of response; the types are ${RESPONSE_TYPES.map(shown).join(", ")}`;
  const unknown = known
    ? []
    : [{ path: "responseType", value: shown(responseType), problem, remedy: "Write one of them." }];
  return type === "stream" ? [...unknown, ...ofServicesDiagnostics(entry)] : unknown;
}

function ofServicesDiagnostics(entry: Export): Diagnostic[] {
  const keys = Object.keys(OF_SERVICES) as (keyof typeof OF_SERVICES)[];
  return keys
    .filter((key) => entry[key] !== undefined && entry[key] !== false)
    .map((key) => ({
      path: key,
      problem: `only a service ${OF_SERVICES[key]}`,
      remedy: `Leave \`${key}\` out, or export a service.`,
    }));
}

/** To both servers, no time at all means the default. */
function thresholdDiagnostics({ responseThreshold: threshold }: Export): Diagnostic[] {
  if (threshold === undefined || (nanosecondsOf(threshold) ?? 0) > 0) {
    return [];
  }
  const problem =
    nanosecondsOf(threshold) === 0 ? "is no time at all, which the servers take for 2 minutes" : NO_DURATION;
  const remedy = 'Write a time such as "500ms", or leave it out for 2 minutes.';
  return [{ path: "responseThreshold", value: shown(threshold), problem, remedy }];
}

function latencyDiagnostics(entry: Export, find: Index): Diagnostic[] {
  const { type, latency, responseType = "singleton" } = entry;
  if (latency === undefined) {
    return [];
  }
  const found: Diagnostic[] = [];
  if (type === "service" && responseType !== "singleton") {
    const problem = "is measured of a service with one reply only; the static server refuses it of others";
    found.push({ path: "latency", problem, remedy: "Leave `latency` or `responseType` out." });
  }
  const { sampling, results } = latency;
  if (sampling !== "headers" && !(Number.isInteger(sampling) && sampling >= 1 && sampling <= 100)) {
    const problem = 'is not a sampling; it is a whole number of per cent from 1 to 100, or "headers"';
    const remedy = "Write 100 to measure every request.";
    found.push({ path: "latency.sampling", value: shown(sampling), problem, remedy });
  }
  const problem = resultsProblem(results, find);
  if (problem !== undefined) {
    const remedy = "Write a subject such as `latency.orders`.";
    found.push({ path: "latency.results", value: shown(results), problem, remedy });
  }
  return found;
}

/** Measurements of a service that are requests to a service would be measured in turn: the servers refuse them. */
function resultsProblem(results: string, find: Index): string | undefined {
  const problem = subjectProblem(results);
  if (problem !== undefined) {
    return problem;
  }
  if (hasWildcard(results)) {
    return "has a wildcard; measurements go to one subject";
  }
  const services = find("service").covering(results);
  return services.length === 0
    ? undefined
    : `is a service of the account (exports[${Math.min(...services)}]), and measurements are no requests`;
}

const BESIDE_POSITION = {
  problem: "stands beside `accountTokenPosition`, by which the servers let every account import what has its own key",
  remedy: "Give one of the two.",
};

function positionDiagnostics({ subject, importers, accountTokenPosition: position }: Export): Diagnostic[] {
  const tokens = subject.split(".");
  if (position === undefined) {
    return [];
  }
  if (Number.isInteger(position) && tokens[position - 1] === ANY_TOKEN) {
    return importers === undefined ? [] : [{ path: "importers", ...BESIDE_POSITION }];
  }
  const problem = `is not the position of a "*" in ${shown(subject)}; tokens are counted from 1`;
  const remedy = "Write the position of the token that is the importing account's key, or leave it out.";
  return [{ path: "accountTokenPosition", value: shown(position), problem, remedy }];
}

/** An export that everybody may import asks nobody for an activation. */
function revocationDiagnostics({ importers, revocations = {} }: Export): Diagnostic[] {
  const problem = "revokes activations of a public export, which needs none";
  const remedy = "Give the export `importers`, or leave `revocations` out.";
  return importers === undefined && Object.keys(revocations).length > 0
    ? [{ path: "", problem, remedy }]
    : revocationsDiagnostics(revocations, "A");
}

/** The server cannot tell which of two overlapping exports of one type a message belongs to. */
function overlapDiagnostics(entry: Export, index: number, exports: readonly Export[], find: Index): Diagnostic[] {
  const others = find(entry.type)
    .takingIn(entry.subject)
    .filter((at) => at !== index);
  const [other] = others.toSorted((a, b) => a - b);
  if (other === undefined) {
    return [];
  }
  const problem = `is already exported by exports[${other}] (${shown(exports[other]?.subject)}, ${entry.type})`;
  const remedy = "Export each subject once.";
  return [{ path: `[${index}].subject`, value: shown(entry.subject), problem, remedy }];
}
