import type { OperatorTerms } from "../jwt/claims";
import type { CompleteDeclaration } from "../model/account/account";
import { SERVERS, type PlaintextPort } from "../model/cluster/tls";
import { createReasonLookup, type Acceptances } from "./acceptance";
import { ACCOUNTS } from "./account";
import { OPERATOR } from "./operator";
import { createRows, type ClaimPosition, type ParityRow } from "./rows";
import { isSecurityGap, summarize, type ParitySummary } from "./summary";

/** How a program treats differences between the two servers. */
export interface ParitySettings {
  /**
   * Whether a security gap is an error of the preview (`"strict"`) or a warning (`"lenient"`). A security gap means that a
   * user can do more on one server than on the other.
   *
   * @default "strict"
   */
  readonly mode?: ParityMode;
  /**
   * Accepted security gaps, by name, each with a reason that the report shows. A `*` in place of a name accepts the claim
   * for every name, including future ones. An entry that matches no security gap is an error.
   *
   * @example
   * ```ts
   * {
   *   "A.users.test.sourceNetworks": "The static server listens on a private network only.",
   *   "A.users.*.lifetime": "Seeds of A are changed by hand.",
   * }
   * ```
   *
   * @default none
   */
  readonly accept?: Acceptances;
}

/** Whether a security gap is an error or a warning. */
export type ParityMode = "strict" | "lenient";

/** A comparison of the two sides, with a row for each claim in a stable order. */
export interface ParityReport {
  /** Whether unaccepted security gaps are errors or warnings. */
  readonly mode: ParityMode;
  /** One row for each claim of the program, sorted by name within its account. */
  readonly rows: readonly ParityRow[];
  /** The number of claims by class, and of security gaps. */
  readonly summary: ParitySummary;
}

/** The declarations of a program by name, which are available before any key exists. */
export interface ParityModel {
  /** The claims of the operator; its system account is identified by name. */
  readonly operator: Partial<OperatorTerms>;
  /** All accounts, including the system account. */
  readonly accounts: readonly CompleteDeclaration[];
  /** The version of nats-server that both servers run; undefined if it is not known. */
  readonly version?: string | undefined;
  /** Ports of the servers that others than the same machine reach without TLS. */
  readonly ports?: readonly PlaintextPort[];
}

/** The operator's position. No account has the same name in a report, because such a name is quoted in brackets. */
const OPERATOR_POSITION: ClaimPosition = { name: "(operator)", owner: "the operator" };

/** Compares how the two sides enforce every claim of a program. */
export function parityReport(
  { operator, accounts, version, ports = [] }: ParityModel,
  { mode = "strict", accept = {} }: ParitySettings = {},
): ParityReport {
  const byName = Object.fromEntries(accounts.map((account) => [account.name, account]));
  const findReason = createReasonLookup(accept);
  const claims = [
    ...createRows(OPERATOR, operator, { ...OPERATOR_POSITION, version }),
    ...createRows(ACCOUNTS, byName, { name: "", owner: "", version }),
    ...ports.map(toPortRow),
  ];
  const rows = claims.map((row) => (isSecurityGap(row) ? addReason(row, findReason(row.name)) : row));
  return { mode, rows, summary: summarize(rows) };
}

/** A port without TLS: both modes treat it alike, and others than the same machine reach it. */
function toPortRow({ name, address, consequence }: PlaintextPort): ParityRow {
  return { name, class: "E", value: address, static: "no tls", operator: "no tls", severity: "security", consequence };
}

/** True for a claim about a port of a server, which does not depend on the modes. */
export function isPort({ name }: ParityRow): boolean {
  return name.startsWith(SERVERS);
}

/**
 * Returns the security gaps that are not accepted.
 *
 * @param areMixed whether servers of both modes run: otherwise, only gaps count that do not depend on the modes
 */
export function openGaps({ rows }: ParityReport, areMixed = true): ParityRow[] {
  return rows.filter((row) => isSecurityGap(row) && row.accepted === undefined && (areMixed || isPort(row)));
}

/** Returns the claims with which the servers do not work. */
export function unusableClaims({ rows }: ParityReport): ParityRow[] {
  return rows.filter(({ severity }) => severity === "unusable");
}

/** Returns the claims whose parity depends on the version of the servers, which is not known. */
export function claimsByVersion({ rows }: ParityReport): ParityRow[] {
  return rows.filter(({ since }) => since !== undefined);
}

/** Returns the security gaps that are accepted. */
export function acceptedGaps({ rows }: ParityReport): ParityRow[] {
  return rows.filter((row) => row.accepted !== undefined);
}

function addReason(row: ParityRow, reason: string | undefined): ParityRow {
  return reason === undefined ? row : { ...row, accepted: reason };
}
