import { defined, sortedBy, sortedSet } from "../form/order";
import { normalRevocations, REVOCATIONS, type Revocations } from "../keys/revocations";
import { anything, listOf, objectOf, optional, text, trueOrFalse, type Shape } from "../form/shape";
import type { Info } from "../form/info";
import { normalDuration, type Duration } from "../form/quantities";

/** A stream is messages that importers may subscribe to; a service is requests that importers may send. */
export type ShareType = "stream" | "service";

/** The two kinds of exports and imports. */
export const SHARE_TYPES: readonly ShareType[] = ["stream", "service"];

/** True for one of the two kinds: programs in plain JavaScript can write anything. */
export function isShareType(type: unknown): type is ShareType {
  return SHARE_TYPES.some((known) => known === type);
}

/** How a service answers: NATS's `Singleton`, `Stream` and `Chunked`. */
export type ResponseType = "singleton" | "stream" | "chunked";

/** The ways in which a service answers. */
export const RESPONSE_TYPES: readonly ResponseType[] = ["singleton", "stream", "chunked"];

/** Measuring how long a service takes to answer; each sample is a message in the exporting account. */
export interface ServiceLatency {
  /** Per cent of the requests to measure, 1 to 100, or `"headers"`: those whose headers ask for it. */
  readonly sampling: number | "headers";
  /** The subject that the measurements are published to: no wildcards, and no service that the account exports. */
  readonly results: string;
}

/**
 * Something that an account lets other accounts use.
 *
 * @example
 * ```ts
 * { subject: "orders.place", type: "service", latency: { sampling: 100, results: "latency.orders" } }
 * ```
 */
export interface Export extends Info {
  /** The subject exported, wildcards included. */
  readonly subject: string;
  /** What is exported: the messages of a stream, or a service that answers requests. */
  readonly type: ShareType;
  /**
   * A name for people; it decides nothing.
   *
   * @default the subject
   */
  readonly name?: string;
  /**
   * The accounts that may import it, by name: then it is private. An empty list lets no account import it. The static
   * server is told the list; for the operator server each importer gets a token that this account signs.
   *
   * @default every account may import it
   */
  readonly importers?: readonly string[];
  /**
   * Activations that do not hold any more, by the public key (`A…`) of the account that has them. The importers of the
   * program have new ones by themselves; this is for activations that went elsewhere. Private exports only. The static
   * side needs no word for it, since accounts of other programs are not on it.
   *
   * @default none
   */
  readonly revocations?: Revocations;
  /**
   * How the service answers: with one message, with several, or with one in pieces. The servers forward as many replies
   * as this says. Services only.
   *
   * @default "singleton"
   */
  readonly responseType?: ResponseType;
  /**
   * How long the service has to answer: `"500ms"`, `"2m"`, or a number of seconds. A reply that comes later is dropped.
   * Services only.
   *
   * @default 2 minutes
   */
  readonly responseThreshold?: Duration;
  /**
   * Measures the service's latency. Services with one reply only.
   *
   * @default not measured
   */
  readonly latency?: ServiceLatency;
  /**
   * Which token of the subject, counted from 1, is the importing account's public key. It stands at a `*`, and an account
   * may import nothing but the subjects that have its own key there: `"svc.*.get"` with position 2 gives each importer
   * `svc.<its key>.get`. Importers write `{{account-subject()}}` for their key.
   *
   * @default anybody may import any of the subjects
   */
  readonly accountTokenPosition?: number;
  /**
   * Whether the export may be shown to others. It decides nothing; the static side has no word for it.
   *
   * @default false
   */
  readonly advertise?: boolean;
  /**
   * Whether the traces of messages show what happens to them in this account. Services only; for streams, importers say
   * so.
   *
   * @default false
   */
  readonly allowTrace?: boolean;
}

const LATENCY: Shape = objectOf<ServiceLatency>({ sampling: anything, results: text });

/** The shape of a list of exports. Words, numbers and quantities have rules of their own. */
export const EXPORTS: Shape = listOf(
  objectOf<Export>({
    subject: text,
    type: anything,
    name: optional(text),
    importers: optional(listOf(text)),
    revocations: optional(REVOCATIONS),
    responseType: anything,
    responseThreshold: anything,
    latency: optional(LATENCY),
    accountTokenPosition: anything,
    advertise: optional(trueOrFalse),
    allowTrace: optional(trueOrFalse),
    description: optional(text),
    infoUrl: optional(text),
  }),
);

/** The same exports in a stable order, with nothing undefined, and nothing that says what holds without it. */
export function normalExports(exports: readonly Export[] | undefined): Export[] | undefined {
  const normal = (exports ?? []).map(normalExport);
  return normal.length === 0 ? undefined : sortedBy(normal, ({ subject, type }) => `${subject} ${type}`);
}

function normalExport(entry: Export): Export {
  const { importers, revocations, responseType, responseThreshold, advertise, allowTrace } = entry;
  return defined<Export>({
    ...entry,
    importers: importers === undefined ? undefined : sortedSet(importers),
    revocations: revocations === undefined ? undefined : normalRevocations(revocations),
    responseType: responseType === "singleton" ? undefined : responseType,
    responseThreshold: responseThreshold === undefined ? undefined : normalDuration(responseThreshold),
    advertise: advertise === true ? true : undefined,
    allowTrace: allowTrace === true ? true : undefined,
  });
}
