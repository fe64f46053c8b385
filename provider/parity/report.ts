import type { OperatorTerms } from "../jwt/claims";
import type { AccountDeclaration } from "../model/account/account";
import { reasonsOf, type Acceptances } from "./acceptance";
import { ACCOUNTS } from "./account";
import { OPERATOR } from "./operator";
import { rowsOf, type ParityRow, type Place } from "./rows";
import { isLoss, summaryOf, type ParitySummary } from "./summary";

/** How a program wants the parity of the two sides to be treated. */
export interface ParitySettings {
  /**
   * What a loss of security is: something that somebody may do on one of the servers and not on the other. In strict
   * mode it is an error of the preview, in lenient mode a warning.
   *
   * @default "strict"
   */
  readonly mode?: ParityMode;
  /**
   * Losses of security that are accepted, each by its name with the reason, which the report shows. A `*` in the place of
   * a name accepts the claim of all of them, also of those that come later. What is no loss of security (any more) is an
   * error.
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

/** What a loss of security is: an error, or a warning. */
export type ParityMode = "strict" | "lenient";

/** What each side can say of a model: a row for each claim, in a stable order. */
export interface ParityReport {
  readonly mode: ParityMode;
  readonly rows: readonly ParityRow[];
  readonly summary: ParitySummary;
}

/** What a program declares, by names: what a preview knows before any key exists. */
export interface ParityModel {
  /** What the operator says, its system account by its name. */
  readonly operator: Partial<OperatorTerms>;
  /** All accounts, the system account included. */
  readonly accounts: readonly AccountDeclaration[];
}

/** The name of the operator's claims. No account can be called so: names like this stand in quotes and brackets. */
const OPERATOR_PLACE: Place = { name: "(operator)", who: "the operator" };

/** Reports how the two sides say everything that a program claims. */
export function parityReport(
  { operator, accounts }: ParityModel,
  { mode = "strict", accept = {} }: ParitySettings = {},
): ParityReport {
  const byName = Object.fromEntries(accounts.map((account) => [account.name, account]));
  const reasonOf = reasonsOf(accept);
  const claims = [...rowsOf(OPERATOR, operator, OPERATOR_PLACE), ...rowsOf(ACCOUNTS, byName, { name: "", who: "" })];
  const rows = claims.map((row) => (isLoss(row) ? withReason(row, reasonOf(row.name)) : row));
  return { mode, rows, summary: summaryOf(rows) };
}

/** The losses of security that nobody accepted. */
export function openLosses({ rows }: ParityReport): ParityRow[] {
  return rows.filter((row) => isLoss(row) && row.accepted === undefined);
}

function withReason(row: ParityRow, reason: string | undefined): ParityRow {
  return reason === undefined ? row : { ...row, accepted: reason };
}
