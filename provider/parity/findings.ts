import { formatDiagnostic, keyPath, display, type Diagnostic } from "../diagnostics/diagnostic";
import { matching, mapOf, objectOf, optional, stringShape, type Shape } from "../model/form/shape";
import { matchesAny, type Acceptances } from "./acceptance";
import { formatCount } from "./prose";
import { claimsByVersion, isPort, openGaps, unusableClaims, type ParityReport, type ParitySettings } from "./report";
import type { ParityRow } from "./rows";
import { isSecurityGap } from "./summary";

const MODE: Shape = matching('"strict" or "lenient"', "Use one of these values.", (value) =>
  ["strict", "lenient"].includes(value as string),
);

/** The shape of parity settings. */
export const PARITY: Shape = objectOf<ParitySettings>({ mode: optional(MODE), accept: optional(mapOf(stringShape)) });

/**
 * Returns invalid acceptances, claims with which the servers do not work and, in strict mode, every security gap that is not
 * accepted.
 *
 * @param invalid see {@link withoutInvalid}; an acceptance of such a claim is valid
 * @param areMixed see {@link openGaps}
 */
export function parityDiagnostics(
  report: ParityReport,
  { accept = {} }: ParitySettings,
  invalid: readonly string[] = [],
  areMixed = true,
): Diagnostic[] {
  const valid = withoutInvalid(report, invalid);
  const gaps = report.mode === "strict" ? openGaps(valid, areMixed).map(gapDiagnostic) : [];
  return [...gaps, ...unusableClaims(valid).map(unusableDiagnostic), ...acceptDiagnostics(report, accept)];
}

/**
 * Returns a report without the claims whose values are invalid: the account that declares them reports them already.
 *
 * @param invalid the paths of invalid values, from the names of the accounts
 */
export function withoutInvalid(report: ParityReport, invalid: readonly string[]): ParityReport {
  const isInvalid = ({ name }: ParityRow) =>
    invalid.some((path) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`));
  return invalid.length === 0 ? report : { ...report, rows: report.rows.filter((row) => !isInvalid(row)) };
}

/**
 * Returns the warnings of a report: security gaps in lenient mode, and claims that need a version that is not known.
 *
 * @param areMixed see {@link openGaps}
 */
export function parityWarnings(report: ParityReport, areMixed = true): string[] {
  const gaps = report.mode === "lenient" ? openGaps(report, areMixed) : [];
  const [ports, claims] = [true, false].map((ofPort) => gaps.filter((row) => isPort(row) === ofPort)) as [
    ParityRow[],
    ParityRow[],
  ];
  const byVersion = versionDiagnostics(report);
  return [
    ...warning(
      `${formatCount(claims.length, "security gap")}: a user can do more on one server than on the other:`,
      claims.map(gapDiagnostic),
    ),
    ...warning(`${formatCount(ports.length, "security gap")}: a port has no TLS:`, ports.map(gapDiagnostic)),
    ...warning(
      `${formatCount(byVersion.length, "claim")} with an effect that depends on the version of nats-server, which the image does not state:`,
      byVersion,
    ),
  ];
}

/** Returns the claims that need a version of the servers, if the version is not known. They are warnings. */
export function versionDiagnostics(report: ParityReport): Diagnostic[] {
  return claimsByVersion(report).map(versionDiagnostic);
}

function warning(title: string, diagnostics: readonly Diagnostic[]): string[] {
  const lines = diagnostics.map((found) => `  - ${formatDiagnostic(found)}`);
  return lines.length === 0 ? [] : [[title, ...lines].join("\n")];
}

function unusableDiagnostic({ name, value, consequence = "" }: ParityRow): Diagnostic {
  return {
    code: "NA2015",
    path: name,
    ...(value === undefined ? {} : { value }),
    problem: `does not work with the version of nats-server that the cluster runs: ${consequence}`,
    remedy: "Use a newer nats-server, or remove the claim.",
  };
}

function versionDiagnostic({ name, value, since = "", consequence = "" }: ParityRow): Diagnostic {
  return {
    code: "NA2016",
    path: name,
    ...(value === undefined ? {} : { value }),
    problem: consequence,
    remedy: `Check that the image contains nats-server ${since} or newer; a tag such as \`nats:2.15.2\` states the version.`,
  };
}

function gapDiagnostic(row: ParityRow): Diagnostic {
  const { name, value, consequence = "" } = row;
  return {
    code: isPort(row) ? "NA1800" : "NA2001",
    path: name,
    ...(value === undefined ? {} : { value }),
    problem: consequence,
    remedy: `${isPort(row) ? portRemedy(name) : `Remove it, ${acceptRemedy(name)}`}.`,
  };
}

function acceptRemedy(name: string): string {
  return `or accept it with a reason: \`parity: { accept: { ${JSON.stringify(name)}: "…" } }\``;
}

/** The argument of a cluster and of an `AuthConfiguration` that binds a port to an address. That of routes differs. */
const BOUND_BY: Readonly<Record<string, string>> = {
  clients: " (`bindAddress`)",
  leafNodes: " (`bindAddress`)",
  websocket: " (`bindAddress`)",
  mqtt: " (`bindAddress`)",
  monitoring: " (`monitoringAddress`)",
};

/** The name of a server in the name of a claim: `(servers).n1.` */
const SERVER_PART = /^\(servers\)(?:\.[\w-]+|\["(?:[^"\\]|\\.)*"\])\./;

/** Returns the remedy for a port or remote without TLS. */
function portRemedy(name: string): string {
  const kind = name.replace(SERVER_PART, "");
  const loopback = kind.startsWith("remotes")
    ? ""
    : ` bind the port to a loopback address${BOUND_BY[kind] ?? ""} if only its own machine uses it,`;
  return `Set \`tls\`,${loopback} ${acceptRemedy(name)}, or ${JSON.stringify(`(servers).*.${kind}`)} for all servers`;
}

/** Returns acceptances without a reason, and those that match no security gap, perhaps because the program has changed. */
function acceptDiagnostics({ rows }: ParityReport, accept: Acceptances): Diagnostic[] {
  const names = new Set(rows.map(({ name }) => name));
  const gaps = new Set(rows.filter(isSecurityGap).map(({ name }) => name));
  return Object.entries(accept).flatMap(([name, reason]): Diagnostic[] => {
    const path = keyPath("parity.accept", name);
    if (!matchesAny(name, gaps)) {
      const problem = `${names.has(name) ? "is not a security gap" : "does not match a claim with a security gap"}; ${formatNearest(name, gaps)}`;
      return [{ code: "NA2002", path, problem, remedy: "Correct the name, or remove the entry." }];
    }
    return reason.trim() === ""
      ? [{ code: "NA2003", path, value: display(reason), problem: "has no reason", remedy: REASON }]
      : [];
  });
}

const REASON = "Explain why the security gap is acceptable; the report shows the reason.";

/** The number of names that are searched for the nearest one, because thousands of acceptances can be stale at once. */
const MAX_CANDIDATES = 500;

function formatNearest(name: string, gaps: ReadonlySet<string>): string {
  const [nearest] = [...gaps].slice(0, MAX_CANDIDATES).reduce<readonly [string, number]>(
    (best, candidate) => {
      const score = commonLength(name, candidate);
      return score > best[1] ? [candidate, score] : best;
    },
    ["", -1],
  );
  return gaps.size === 0 ? "there are none" : `the nearest one is ${JSON.stringify(nearest)}`;
}

/** Returns the number of common characters at the start and end of two texts. */
function commonLength(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let start = 0;
  while (start < length && one[start] === other[start]) {
    start += 1;
  }
  let end = 0;
  while (end < length - start && one.at(-1 - end) === other.at(-1 - end)) {
    end += 1;
  }
  return start + end;
}
