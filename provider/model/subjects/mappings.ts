import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose, display, keyPath, prefixPaths } from "../../diagnostics/diagnostic";
import { destinationProblem, sourceProblem } from "./mapping-destinations";
import { omitUndefined, indexFirst, sortBy, sortEntries } from "../form/order";
import { anyValue, listOf, mapOf, objectOf, optional, stringShape, type Shape } from "../form/shape";
import { SubjectIndex } from "./subject-index";
import { sharedSubjectProblem, subjectProblem } from "./subjects";
import { term } from "../form/terms";

/** A destination of a mapping. */
export interface MappedSubject {
  /**
   * Destination subject. `$1` is the token that the first `*` of the source matches. The mapping functions of
   * nats-server are supported, too: `"orders.{{partition(3,1)}}"`.
   */
  readonly subject: string;
  /**
   * Percentage of the messages, 1 to 100. The rest is delivered to the source subject, except when the source is itself a
   * destination: then the rest is dropped.
   *
   * @default 100
   */
  readonly weight?: number;
  /**
   * Cluster to which the destination applies. In a cluster with destinations of its own, those without a cluster do
   * not apply.
   *
   * @default every cluster
   */
  readonly cluster?: string;
}

/**
 * Destinations by source subject: messages published to the source are delivered to the destinations instead.
 *
 * @example
 * ```ts
 * { "orders.*": [{ subject: "v2.orders.$1", weight: 10 }] }
 * ```
 */
export type Mappings = Readonly<Record<string, readonly MappedSubject[]>>;

/** All messages, in percent. */
const ALL = 100;

const MAPPINGS: Shape = mapOf(
  listOf(objectOf<MappedSubject>({ subject: stringShape, weight: anyValue, cluster: optional(stringShape) })),
);

/** The term of the mappings of an account. */
export const MAPPINGS_TERM = term<Mappings>(MAPPINGS, mappingsDiagnostics, normalMappings);

/** Finds problems with mappings; paths start at the mappings. */
function mappingsDiagnostics(mappings: Mappings): Diagnostic[] {
  const earlier = new SubjectIndex<string>();
  return Object.entries(mappings).flatMap(([source, destinations]) => {
    const path = keyPath("", source);
    const found = sourceDiagnostics(path, source, earlier);
    earlier.add(source, source);
    return [...found, ...prefixPaths(path, destinationsDiagnostics(source, destinations))];
  });
}

/** Finds the first problem of a source subject. */
function sourceDiagnostics(path: string, source: string, earlier: SubjectIndex<string>): Diagnostic[] {
  const rules = [
    ["NA1101", sharedSubjectProblem(source), "Use the subject that messages are published to."],
    ["NA1102", sourceProblem(source), "Use a source without references and functions."],
    ["NA1103", quoteProblem(source), "Use a source with one kind of quotes at most."],
    ["NA1104", overlapProblem(source, earlier), "Choose sources that cannot match the same message."],
  ] as const;
  return rules.flatMap(([code, problem, remedy]) => diagnose({ code, path, problem, remedy })).slice(0, 1);
}

/** The static configuration quotes keys with one of the two kinds of quotes, and supports no escapes. */
function quoteProblem(source: string): string | undefined {
  return source.includes('"') && source.includes("'")
    ? "contains both kinds of quotes, which the static configuration does not support"
    : undefined;
}

/** When a message matches two mappings, which one the server applies is not defined. */
function overlapProblem(source: string, earlier: SubjectIndex<string>): string | undefined {
  const [other] = earlier.findColliding(source);
  return other === undefined
    ? undefined
    : `overlaps with the mapping of ${display(other)}: which one a server applies is not defined`;
}

function destinationsDiagnostics(source: string, destinations: readonly MappedSubject[]): Diagnostic[] {
  if (destinations.length === 0) {
    const remedy = "Add a destination, or remove the mapping.";
    return diagnose({ code: "NA1105", value: [], problem: "has no destinations", remedy });
  }
  const firsts = indexFirst(destinations.map(({ subject }) => subject));
  return [
    ...destinations.flatMap((destination, index) =>
      prefixPaths(`[${index}]`, [
        ...subjectDiagnostics(source, destination),
        ...weightDiagnostics(destination),
        ...clusterDiagnostics(destination),
        ...duplicateDiagnostics(destination, index, firsts),
      ]),
    ),
    ...sumDiagnostics(destinations),
    ...lossDiagnostics(source, destinations),
  ];
}

function subjectDiagnostics(source: string, { subject }: MappedSubject): Diagnostic[] {
  if (sharedSubjectProblem(source) !== undefined) {
    return [];
  }
  const [path, remedy] = ["subject", "Use a subject such as `v2.orders.$1`."];
  const problem = subjectProblem(subject);
  return problem === undefined
    ? diagnose({ code: "NA1106", path, value: subject, problem: destinationProblem(source, subject), remedy })
    : diagnose({ code: "NA1101", path, value: subject, problem, remedy });
}

function isWeight(weight = ALL): boolean {
  return Number.isInteger(weight) && weight >= 1 && weight <= ALL;
}

function weightDiagnostics({ weight }: MappedSubject): Diagnostic[] {
  const problem = isWeight(weight) ? undefined : `must be a whole number from 1 to ${ALL}`;
  const remedy = "To map all messages, remove the weight.";
  return diagnose({ code: "NA1008", path: "weight", value: weight, problem, remedy });
}

function clusterDiagnostics({ cluster }: MappedSubject): Diagnostic[] {
  const problem = cluster === "" ? "must not be empty" : undefined;
  const remedy = "To apply the destination in every cluster, remove the property.";
  return diagnose({ code: "NA1110", path: "cluster", value: cluster, problem, remedy });
}

/** The server accepts each destination subject once, regardless of its cluster. */
function duplicateDiagnostics(
  { subject }: MappedSubject,
  index: number,
  firsts: ReadonlyMap<string, number>,
): Diagnostic[] {
  const first = firsts.get(subject) ?? index;
  const problem = first === index ? undefined : `is already used by [${first}]`;
  const remedy = "Use each subject once, regardless of its cluster.";
  return diagnose({ code: "NA1107", path: "subject", value: subject, problem, remedy });
}

/** Weights are percentages, in each cluster separately. */
function sumDiagnostics(destinations: readonly MappedSubject[]): Diagnostic[] {
  return [...sumsOf(destinations)].flatMap(([cluster, sum]) => {
    const where = cluster === undefined ? "" : ` in cluster ${display(cluster)}`;
    const problem = sum > ALL ? `has weights that add up to ${sum}${where}; the maximum is ${ALL}` : undefined;
    return diagnose({ code: "NA1108", problem, remedy: "Lower some of the weights." });
  });
}

/** Adds up the valid weights of each cluster. */
function sumsOf(destinations: readonly MappedSubject[]): ReadonlyMap<string | undefined, number> {
  const sums = new Map<string | undefined, number>();
  for (const { cluster, weight = ALL } of destinations) {
    sums.set(cluster, (sums.get(cluster) ?? 0) + (isWeight(weight) ? weight : 0));
  }
  return sums;
}

/** When the source is a destination, servers drop the messages beyond the weights, in the other clusters, too. */
function lossDiagnostics(source: string, destinations: readonly MappedSubject[]): Diagnostic[] {
  const index = destinations.findIndex(({ subject }) => subject === source);
  const sums = new Map([[undefined, 0], ...sumsOf(destinations)]);
  const isLosing = [...sums].some(([cluster, sum]) => cluster !== destinations[index]?.cluster && sum < ALL);
  return diagnose({
    code: "NA1109",
    path: `[${index}].subject`,
    value: source,
    problem:
      index !== -1 && isLosing
        ? "is the source itself: servers in other clusters drop the messages beyond their weights"
        : undefined,
    remedy:
      "Raise the weights of the other clusters to 100, or remove this destination: unmapped messages reach the source anyway.",
  });
}

function normalMappings(mappings: Mappings): Mappings | undefined {
  const normal = sortEntries(mappings).map(([source, destinations]) => [
    source,
    sortBy(destinations.map(normalDestination), ({ subject }) => subject),
  ]);
  return normal.length === 0 ? undefined : (Object.fromEntries(normal) as Mappings);
}

function normalDestination({ subject, weight, cluster }: MappedSubject): MappedSubject {
  return omitUndefined<MappedSubject>({ subject, weight: weight === ALL ? undefined : weight, cluster });
}
