import type { Diagnostic } from "../form/diagnostics";
import { keyPath, shown, under } from "../form/diagnostics";
import { destinationProblem, sourceProblem } from "./mapping-destinations";
import { defined, firstIndexes, sortedBy, sortedEntries } from "../form/order";
import { anything, listOf, mapOf, objectOf, optional, text, type Shape } from "../form/shape";
import { SubjectIndex } from "./subject-index";
import { sharedSubjectProblem } from "./subjects";
import { term } from "../form/terms";

/** One of the subjects that messages go to instead. */
export interface MappedSubject {
  /**
   * The subject. `$1` is what the first `*` of the source stood for; the functions of nats-server work, too:
   * `"orders.{{partition(3,1)}}"`.
   */
  readonly subject: string;
  /**
   * How many of a hundred messages go there, 1 to 100. What is left of a hundred goes on as it was, unless the source is
   * itself one of the subjects: then it is lost.
   *
   * @default 100
   */
  readonly weight?: number;
  /**
   * The cluster in whose servers it holds. In a cluster that has some of its own, those without one do not hold.
   *
   * @default every cluster
   */
  readonly cluster?: string;
}

/**
 * What messages are published to instead, by the subject that they are published to.
 *
 * @example
 * ```ts
 * { "orders.*": [{ subject: "v2.orders.$1", weight: 10 }] }
 * ```
 */
export type Mappings = Readonly<Record<string, readonly MappedSubject[]>>;

/** All messages, in parts of a hundred. */
const ALL = 100;

const MAPPINGS: Shape = mapOf(
  listOf(objectOf<MappedSubject>({ subject: text, weight: anything, cluster: optional(text) })),
);

/** The mappings of an account, as one of its terms. */
export const MAPPINGS_TERM = term<Mappings>(MAPPINGS, mappingsDiagnostics, normalMappings);

/** All that is wrong with mappings; paths start at them. */
function mappingsDiagnostics(mappings: Mappings): Diagnostic[] {
  const earlier = new SubjectIndex<string>();
  return Object.entries(mappings).flatMap(([source, destinations]) => {
    const found = sourceDiagnostics(source, earlier);
    earlier.add(source, source);
    return [...found, ...under(keyPath("", source), destinationsDiagnostics(source, destinations))];
  });
}

/** A server that finds two mappings for a subject takes one by chance. */
function sourceDiagnostics(source: string, earlier: SubjectIndex<string>): Diagnostic[] {
  const path = keyPath("", source);
  const problem = sharedSubjectProblem(source) ?? sourceProblem(source) ?? quoteProblem(source);
  if (problem !== undefined) {
    return [{ path, problem, remedy: "Write the subject that messages are published to." }];
  }
  const [other] = earlier.colliding(source);
  const overlap = `overlaps with the mapping of ${shown(other)}, and a server takes one of them by chance`;
  const remedy = "Write mappings whose subjects no message can match together.";
  return other === undefined ? [] : [{ path, problem: overlap, remedy }];
}

/** A key of a static configuration stands in one of the two kinds of quotes, and has no escapes. */
function quoteProblem(source: string): string | undefined {
  return source.includes('"') && source.includes("'")
    ? "has both kinds of quotes, which a static configuration cannot write"
    : undefined;
}

function destinationsDiagnostics(source: string, destinations: readonly MappedSubject[]): Diagnostic[] {
  if (destinations.length === 0) {
    const remedy = "Give a subject, or leave the mapping out.";
    return [{ path: "", value: "[]", problem: "maps messages to nothing", remedy }];
  }
  const firsts = firstIndexes(destinations.map(({ subject }) => subject));
  return [
    ...destinations.flatMap((destination, index) =>
      under(`[${index}]`, [
        ...subjectDiagnostics(source, destination),
        ...weightDiagnostics(destination),
        ...clusterDiagnostics(destination),
        ...doubleDiagnostics(destination, index, firsts),
      ]),
    ),
    ...sumDiagnostics(destinations),
    ...lossDiagnostics(source, destinations),
  ];
}

function subjectDiagnostics(source: string, { subject }: MappedSubject): Diagnostic[] {
  const problem = sharedSubjectProblem(source) === undefined ? destinationProblem(source, subject) : undefined;
  const remedy = "Write a subject such as `v2.orders.$1`.";
  return problem === undefined ? [] : [{ path: "subject", value: shown(subject), problem, remedy }];
}

function isWeight(weight = ALL): boolean {
  return Number.isInteger(weight) && weight >= 1 && weight <= ALL;
}

function weightDiagnostics({ weight }: MappedSubject): Diagnostic[] {
  const problem = "is no weight; a weight is a whole number from 1 to 100";
  return isWeight(weight)
    ? []
    : [{ path: "weight", value: shown(weight), problem, remedy: "Leave it out for all messages." }];
}

function clusterDiagnostics({ cluster }: MappedSubject): Diagnostic[] {
  const [problem, remedy] = ["is no name of a cluster", "Leave it out for every cluster."];
  return cluster === "" ? [{ path: "cluster", value: shown(cluster), problem, remedy }] : [];
}

/** The server takes each subject once, whatever the cluster. */
function doubleDiagnostics(
  { subject }: MappedSubject,
  index: number,
  firsts: ReadonlyMap<string, number>,
): Diagnostic[] {
  const first = firsts.get(subject) ?? index;
  const problem = `is the subject of [${first}] already`;
  return first === index
    ? []
    : [{ path: "subject", value: shown(subject), problem, remedy: "Write each subject once, whatever its cluster." }];
}

/** Weights are shares of a hundred, in each cluster for itself. */
function sumDiagnostics(destinations: readonly MappedSubject[]): Diagnostic[] {
  return [...sumsOf(destinations)].flatMap(([cluster, sum]) => {
    const where = cluster === undefined ? "" : ` in cluster ${shown(cluster)}`;
    const problem = `has weights that are ${sum} of a hundred together${where}`;
    return sum > ALL ? [{ path: "", problem, remedy: "Lower some of the weights." }] : [];
  });
}

/** The weights of each cluster together, of those that are weights. */
function sumsOf(destinations: readonly MappedSubject[]): ReadonlyMap<string | undefined, number> {
  const sums = new Map<string | undefined, number>();
  for (const { cluster, weight = ALL } of destinations) {
    sums.set(cluster, (sums.get(cluster) ?? 0) + (isWeight(weight) ? weight : 0));
  }
  return sums;
}

/** Where the source is among the subjects, a server drops what is left of a hundred: in the other clusters, too. */
function lossDiagnostics(source: string, destinations: readonly MappedSubject[]): Diagnostic[] {
  const index = destinations.findIndex(({ subject }) => subject === source);
  const sums = new Map([[undefined, 0], ...sumsOf(destinations)]);
  const losing = [...sums].filter(([cluster, sum]) => cluster !== destinations[index]?.cluster && sum < ALL);
  const problem = "is the source itself, for which other clusters lose what is left of a hundred there";
  const remedy = "Give the other clusters a hundred, or leave this one out: what is left goes on as it was.";
  return index === -1 || losing.length === 0
    ? []
    : [{ path: `[${index}].subject`, value: shown(source), problem, remedy }];
}

function normalMappings(mappings: Mappings): Mappings | undefined {
  const normal = sortedEntries(mappings).map(([source, destinations]) => [
    source,
    sortedBy(destinations.map(normalDestination), ({ subject }) => subject),
  ]);
  return normal.length === 0 ? undefined : (Object.fromEntries(normal) as Mappings);
}

function normalDestination({ subject, weight, cluster }: MappedSubject): MappedSubject {
  return defined<MappedSubject>({ subject, weight: weight === ALL ? undefined : weight, cluster });
}
