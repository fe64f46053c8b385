import { omitUndefined, sortBy, sortUnique } from "../form/order";
import { normalizeRevocations, REVOCATIONS, type Revocations } from "../keys/revocations";
import { anyValue, listOf, objectOf, optional, stringShape, booleanShape, type Shape } from "../form/shape";
import type { Info } from "../form/info";
import { normalizeDuration, type Duration } from "../form/quantities";

/** Importers subscribe to the messages of a stream, and send requests to a service. */
export type ShareType = "stream" | "service";

/** The types of exports and imports. */
export const SHARE_TYPES: readonly ShareType[] = ["stream", "service"];

/** Returns whether a value is the type of an export or import. */
export function isShareType(type: unknown): type is ShareType {
  return SHARE_TYPES.some((valid) => valid === type);
}

/** Response type of a service: `Singleton`, `Stream` and `Chunked` in NATS. */
export type ResponseType = "singleton" | "stream" | "chunked";

/** The response types of services. */
export const RESPONSE_TYPES: readonly ResponseType[] = ["singleton", "stream", "chunked"];

/** Latency measurement of a service. Each sample is a message in the exporting account. */
export interface ServiceLatency {
  /** Percentage of the requests to measure, 1 to 100, or `"headers"` to measure requests whose headers ask for it. */
  readonly sampling: number | "headers";
  /** Subject of the measurements. Must not contain wildcards or match a service that the account exports. */
  readonly results: string;
}

/**
 * A stream or service that an account makes available to other accounts.
 *
 * @example
 * ```ts
 * { subject: "orders.place", type: "service", latency: { sampling: 100, results: "latency.orders" } }
 * ```
 */
export interface Export extends Info {
  /** Exported subject. May contain wildcards. */
  readonly subject: string;
  /** Whether the export is a stream, which importers subscribe to, or a service, which replies to requests. */
  readonly type: ShareType;
  /**
   * Display name, without effect on permissions.
   *
   * @default the subject
   */
  readonly name?: string;
  /**
   * Names of the accounts that may import the export, which makes it private. With an empty list, no account may import it. The
   * static configuration contains the list; in operator mode each importer receives an activation that this account signs.
   *
   * @default the export is public
   */
  readonly importers?: readonly string[];
  /**
   * Revoked activations, by the public key (`A…`) of the importing account. The importers in the same program receive new
   * activations automatically; use this for activations that were given to other accounts. Private exports only. Not part
   * of the static configuration, which contains no accounts of other programs.
   *
   * @default none
   */
  readonly revocations?: Revocations;
  /**
   * Number of replies that servers forward: one message, several messages, or one message in chunks. Services only.
   *
   * @default "singleton"
   */
  readonly responseType?: ResponseType;
  /**
   * Time limit for replies: `"500ms"`, `"2m"`, or a number of seconds. Servers drop later replies. Services only.
   *
   * @default 2 minutes
   */
  readonly responseThreshold?: Duration;
  /**
   * Latency measurement. Services with one reply only.
   *
   * @default no measurement
   */
  readonly latency?: ServiceLatency;
  /**
   * Position, counted from 1, of the token for the importing account's public key. The token must be `*`. Accounts may only
   * import subjects with their own key at this position: `"svc.*.get"` with position 2 allows each importer
   * `svc.<its key>.get`. Importers use `{{account-subject()}}` for their key.
   *
   * @default importers may use all subjects
   */
  readonly accountTokenPosition?: number;
  /**
   * Whether the export is advertised to others. Has no effect on permissions. Not part of the static configuration.
   *
   * @default false
   */
  readonly advertise?: boolean;
  /**
   * Whether message traces include what happens to requests in this account. Services only; for streams, importers set
   * `allowTrace`.
   *
   * @default false
   */
  readonly allowTrace?: boolean;
}

const LATENCY: Shape = objectOf<ServiceLatency>({ sampling: anyValue, results: stringShape });

/** The shape of a list of exports. Types, numbers and durations are checked separately. */
export const EXPORTS: Shape = listOf(
  objectOf<Export>({
    subject: stringShape,
    type: anyValue,
    name: optional(stringShape),
    importers: optional(listOf(stringShape)),
    revocations: optional(REVOCATIONS),
    responseType: anyValue,
    responseThreshold: anyValue,
    latency: optional(LATENCY),
    accountTokenPosition: anyValue,
    advertise: optional(booleanShape),
    allowTrace: optional(booleanShape),
    description: optional(stringShape),
    infoUrl: optional(stringShape),
  }),
);

/** Returns exports in a stable order, without undefined properties and default values; undefined if there are none. */
export function normalizeExports(exports: readonly Export[] | undefined): Export[] | undefined {
  const normal = (exports ?? []).map(normalizeExport);
  return normal.length === 0 ? undefined : sortBy(normal, ({ subject, type }) => `${subject} ${type}`);
}

function normalizeExport(entry: Export): Export {
  const { importers, revocations, responseType, responseThreshold, advertise, allowTrace } = entry;
  return omitUndefined<Export>({
    ...entry,
    importers: importers === undefined ? undefined : sortUnique(importers),
    revocations: revocations === undefined ? undefined : normalizeRevocations(revocations),
    responseType: responseType === "singleton" ? undefined : responseType,
    responseThreshold: responseThreshold === undefined ? undefined : normalizeDuration(responseThreshold),
    advertise: advertise === true ? true : undefined,
    allowTrace: allowTrace === true ? true : undefined,
  });
}
