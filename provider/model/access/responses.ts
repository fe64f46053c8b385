import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { defined } from "../form/order";
import { nanosecondsOf, NO_DURATION, normalDuration, type Duration } from "../form/quantities";
import { anything, objectOf, type Shape } from "../form/shape";

/**
 * Answers to requests, on whatever subject a request asks for its answer: enough for a service that need not publish
 * anything else. Without `publish.allow` beside it nothing else may be published.
 *
 * Both servers count alike (JWT `resp`; configuration `allow_responses`).
 */
export interface Responses {
  /**
   * How many answers each request may get.
   *
   * @default 1
   */
  readonly max?: number | "unlimited";
  /**
   * How long after the request: `"30s"`, `"5m"`, or a number of seconds; or `"never"`, when they may come at any time.
   *
   * @default 2 minutes
   */
  readonly expires?: Duration;
}

/** The shape of response permissions. Numbers and durations have rules of their own. */
export const RESPONSES: Shape = objectOf<Responses>({ max: anything, expires: anything });

/** The server keeps the number as a Go `int`, which is at least this large everywhere. */
const LARGEST_MAX = 2 ** 31 - 1;

/** What the server takes where nothing is said (`DEFAULT_ALLOW_RESPONSE_MAX_MSGS`, `DEFAULT_ALLOW_RESPONSE_EXPIRATION`). */
const DEFAULTS = { max: 1, expires: "2m" } as const satisfies Responses;

/** How both servers are told that there is no end: zero would be their default. */
const ENDLESS = -1;

/** Response permissions as servers count them, with nothing left to defaults. */
export interface CountedResponses {
  /** Answers a request; negative for any number. */
  readonly max: number;
  /** How long, as nats-server's configuration says it; negative for ever. */
  readonly expires: string;
  /** The same in nanoseconds, as a JWT says it. */
  readonly nanoseconds: number;
}

/** All that is wrong with response permissions; paths start at them. */
export function responsesDiagnostics({ max, expires }: Responses): Diagnostic[] {
  return [...maxDiagnostics(max), ...expiresDiagnostics(expires)];
}

function maxDiagnostics(max: Responses["max"]): Diagnostic[] {
  if (max === undefined || max === "unlimited" || (Number.isInteger(max) && max >= 1 && max <= LARGEST_MAX)) {
    return [];
  }
  const problem = `is not a number of answers; it is a whole number from 1 to ${LARGEST_MAX}, or "unlimited"`;
  return [{ path: "max", value: shown(max), problem, remedy: "Leave it out for one answer a request." }];
}

function expiresDiagnostics(expires: Responses["expires"]): Diagnostic[] {
  if (expires === undefined || expires === "never") {
    return [];
  }
  const nanoseconds = nanosecondsOf(expires);
  const problem = nanoseconds === 0 ? "is no time at all, and would be two minutes to the servers" : NO_DURATION;
  const remedy = 'Write a duration such as "30s", or "never", or leave it out for 2 minutes.';
  return nanoseconds !== undefined && nanoseconds > 0
    ? []
    : [{ path: "expires", value: shown(expires), problem, remedy }];
}

/** The same response permissions with the duration in its normal form. */
export function normalResponses({ max, expires }: Responses): Responses {
  const duration = expires === undefined || expires === "never" ? expires : normalDuration(expires);
  return defined<Responses>({ max, expires: duration });
}

/** What servers are told: all of it, so that nothing depends on the defaults of one of them. */
export function countedResponses(responses: Responses): CountedResponses {
  const { max = DEFAULTS.max, expires = DEFAULTS.expires } = responses;
  const endless = expires === "never";
  return {
    max: max === "unlimited" ? ENDLESS : max,
    expires: endless ? `${ENDLESS}ns` : String(normalDuration(expires)),
    nanoseconds: endless ? ENDLESS : (nanosecondsOf(expires) ?? NaN),
  };
}
