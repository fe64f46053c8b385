import type { Diagnostic } from "./diagnostics";
import { keyPath, shown, under } from "./diagnostics";
import { destinationProblem, sourceProblem } from "./mapping-destinations";
import { defined, sortedBy, sortedEntries } from "./order";
import { anything, listOf, mapOf, objectOf, optional, text, type Shape } from "./shape";
import { collide, sharedSubjectProblem } from "./subjects";
import { term } from "./terms";

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
  const sources = Object.keys(mappings);
  return sources.flatMap((source, index) => [
    ...sourceDiagnostics(source, index, sources),
    ...under(keyPath("", source), destinationsDiagnostics(source, mappings[source] ?? [])),
  ]);
}

/** A server that finds two mappings for a subject takes one by chance. */
function sourceDiagnostics(source: string, index: number, sources: readonly string[]): Diagnostic[] {
  const path = keyPath("", source);
  const problem = sharedSubjectProblem(source) ?? sourceProblem(source) ?? quoteProblem(source);
  if (problem !== undefined) {
    return [{ path, problem, remedy: "Write the subject that messages are published to." }];
  }
  const other = sources.slice(0, index).find((earlier) => collide(earlier, source));
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
  return [
    ...destinations.flatMap((destination, index) =>
      under(`[${index}]`, [
        ...subjectDiagnostics(source, destination),
        ...weightDiagnostics(destination),
        ...doubleDiagnostics(index, destinations),
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

/** The server takes each subject once, whatever the cluster. */
function doubleDiagnostics(index: number, destinations: readonly MappedSubject[]): Diagnostic[] {
  const { subject } = destinations[index] ?? {};
  const first = destinations.findIndex((other) => other.subject === subject);
  const problem = `is the subject of [${first}] already`;
  return first === index
    ? []
    : [{ path: "subject", value: shown(subject), problem, remedy: "Write each subject once, whatever its cluster." }];
}

/** Weights are shares of a hundred, in each cluster for itself. */
function sumDiagnostics(destinations: readonly MappedSubject[]): Diagnostic[] {
  const clusters = [...new Set(destinations.map(({ cluster }) => cluster))];
  return clusters.flatMap((cluster) => {
    const sum = sumIn(cluster, destinations);
    const where = cluster === undefined ? "" : ` in cluster ${shown(cluster)}`;
    const problem = `has weights that are ${sum} of a hundred together${where}`;
    return sum > ALL ? [{ path: "", problem, remedy: "Lower some of the weights." }] : [];
  });
}

/** The weights of a cluster together, of those that are weights. */
function sumIn(cluster: string | undefined, destinations: readonly MappedSubject[]): number {
  const weights = destinations.filter((one) => one.cluster === cluster).map(({ weight = ALL }) => weight);
  return weights.filter(isWeight).reduce((all, weight) => all + weight, 0);
}

/** Where the source is among the subjects, a server drops what is left of a hundred: in the other clusters, too. */
function lossDiagnostics(source: string, destinations: readonly MappedSubject[]): Diagnostic[] {
  const index = destinations.findIndex(({ subject }) => subject === source);
  const clusters = [undefined, ...destinations.map(({ cluster }) => cluster)];
  const losing = clusters.filter(
    (cluster) => cluster !== destinations[index]?.cluster && sumIn(cluster, destinations) < ALL,
  );
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
