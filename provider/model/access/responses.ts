import type { Diagnostic } from "../../diagnostics/diagnostic";
import { diagnose } from "../../diagnostics/diagnostic";
import { omitUndefined } from "../form/order";
import { parseDuration, INVALID_DURATION, normalizeDuration, type Duration } from "../form/quantities";
import { anyValue, objectOf, type Shape } from "../form/shape";

/**
 * Permission to respond to requests, on the reply subject of each request. Sufficient for a service that publishes nothing
 * else: without `publish.allow`, no other subject is allowed.
 *
 * Enforced in both modes (JWT `resp`; configuration `allow_responses`).
 */
export interface Responses {
  /**
   * Maximum number of responses to a request.
   *
   * @default 1
   */
  readonly max?: number | "unlimited";
  /**
   * Time after the request within which responses are allowed: `"30s"`, `"5m"`, or a number of seconds; `"never"` for no
   * limit.
   *
   * @default 2 minutes
   */
  readonly expires?: Duration;
}

/** The shape of response permissions. `responsesDiagnostics` checks the values. */
export const RESPONSES: Shape = objectOf<Responses>({ max: anyValue, expires: anyValue });

/** nats-server stores the number as a Go `int`, which supports this value on every platform. */
const LARGEST_MAX = 2 ** 31 - 1;

/** The defaults of nats-server (`DEFAULT_ALLOW_RESPONSE_MAX_MSGS`, `DEFAULT_ALLOW_RESPONSE_EXPIRATION`). */
const DEFAULTS = { max: 1, expires: "2m" } as const satisfies Responses;

/** The value for no limit in both modes: zero would select the default. */
const UNLIMITED = -1;

/** Response permissions as rendered, with explicit defaults. */
export interface ResolvedResponses {
  /** Responses to a request; negative for no limit. */
  readonly max: number;
  /** Time limit in the syntax of nats-server's configuration; negative for no limit. */
  readonly expires: string;
  /** Time limit of a JWT, in nanoseconds; negative for no limit. */
  readonly nanoseconds: number;
}

/** Finds problems with response permissions; paths start at them. */
export function responsesDiagnostics({ max, expires }: Responses): Diagnostic[] {
  return [...maxDiagnostics(max), ...expiresDiagnostics(expires)];
}

function maxDiagnostics(max: Responses["max"]): Diagnostic[] {
  if (max === undefined || max === "unlimited" || (Number.isInteger(max) && max >= 1 && max <= LARGEST_MAX)) {
    return [];
  }
  const problem = `must be a whole number from 1 to ${LARGEST_MAX}, or "unlimited"`;
  const remedy = "To allow one response to each request, remove the property.";
  return diagnose({ code: "NA1008", path: "max", value: max, problem, remedy });
}

function expiresDiagnostics(expires: Responses["expires"]): Diagnostic[] {
  const nanoseconds = expires === undefined || expires === "never" ? Infinity : parseDuration(expires);
  const finding = { path: "expires", value: expires };
  if (nanoseconds === undefined) {
    const remedy = 'To allow responses at any time, use "never".';
    return diagnose({ ...finding, code: "NA1006", problem: INVALID_DURATION, remedy });
  }
  const problem = nanoseconds === 0 ? "must not be zero, which servers treat as their default of 2 minutes" : undefined;
  const remedy = 'Use a longer duration, or "never" to allow responses at any time.';
  return diagnose({ ...finding, code: "NA1007", problem, remedy });
}

/** Normalizes the duration of response permissions. */
export function normalizeResponses({ max, expires }: Responses): Responses {
  const duration = expires === undefined || expires === "never" ? expires : normalizeDuration(expires);
  return omitUndefined<Responses>({ max, expires: duration });
}

/** Applies the defaults, so that decisions do not depend on the defaults of a server. */
export function resolveResponses(responses: Responses): ResolvedResponses {
  const { max = DEFAULTS.max, expires = DEFAULTS.expires } = responses;
  const isUnlimited = expires === "never";
  return {
    max: max === "unlimited" ? UNLIMITED : max,
    expires: isUnlimited ? `${UNLIMITED}ns` : String(normalizeDuration(expires)),
    nanoseconds: isUnlimited ? UNLIMITED : (parseDuration(expires) ?? NaN),
  };
}
