import {
  formatExport,
  formatImport,
  mappingLines,
  type ReportedExport,
  type ReportedImport,
} from "../../config/expected-accounts";
import { decodeToken } from "../../jwt/sign";
import type { Mode } from "../../model/cluster/servers";
import type { Mappings } from "../../model/subjects/mappings";
import type { AccountReport } from "../cluster-problems";
import type { ServerReport } from "../jetstream-health";
import type { DeployedAccount } from "./deployment";

/** What a server reports about itself and its configuration (VARZ). */
export interface ConfigurationReport extends ServerReport {
  readonly server_id?: string;
  readonly config_digest?: string;
  readonly system_account?: string;
  readonly trusted_operators_jwt?: readonly string[];
}

/** An account as a server reports it, with its shares. */
export interface DetailedAccountReport extends AccountReport {
  readonly account_detail?: AccountReport["account_detail"] & {
    readonly jetstream_enabled?: boolean;
    readonly jwt?: string;
    readonly exports?: readonly ReportedExport[];
    readonly imports?: readonly ReportedImport[];
    readonly mappings?: Mappings;
  };
}

/** Names what an account on a server has, and lacks, in contrast to the expected one. */
export function compareAccount(
  mode: Mode,
  publicKey: string,
  expected: DeployedAccount,
  { account_detail: detail = {} }: DetailedAccountReport,
  systemAccount: string,
): string[] {
  const own = `account ${expected.name} (${publicKey})`;
  const found =
    mode === "operator" ? compareTokens(expected.jwt, detail.jwt) : compareDetails(expected, detail, systemAccount);
  return found.map((problem) => `${own} ${problem}`);
}

/** Servers add exports of the system account, and imports from it, for requests of clients. */
function isAdded(subject: string): boolean {
  return subject.startsWith("$SYS.") || subject.startsWith("$JS.");
}

function compareDetails(
  expected: DeployedAccount,
  detail: NonNullable<DetailedAccountReport["account_detail"]>,
  systemAccount: string,
): string[] {
  const { exports = [], imports = [], mappings = {}, jetstream_enabled: runs = false } = detail;
  const reported = {
    exports: exports.map((entry) => ({ line: formatExport(entry), isOptional: isAdded(entry.subject) })),
    imports: imports.map((entry) => ({
      line: formatImport(entry),
      isOptional: entry.account === systemAccount && isAdded(entry.local_subject ?? entry.subject),
    })),
    mappings: mappingLines(mappings).map((line) => ({ line, isOptional: false })),
  };
  return [
    ...compareLines("the export", expected.exports, reported.exports),
    ...compareLines("the import", expected.imports, reported.imports),
    ...compareLines("the mapping", expected.mappings, reported.mappings),
    ...(runs === expected.jetstream ? [] : [runs ? "has JetStream, which is not declared" : "has no JetStream"]),
  ];
}

function compareLines(
  what: string,
  expected: readonly string[],
  reported: readonly { readonly line: string; readonly isOptional: boolean }[],
): string[] {
  const [wanted, lines] = [new Set(expected), new Set(reported.map(({ line }) => line))];
  const more = reported.filter(({ line, isOptional }) => !isOptional && !wanted.has(line));
  return [
    ...expected.filter((line) => !lines.has(line)).map((line) => `lacks ${what} of ${line}`),
    ...more.map(({ line }) => `has ${what} of ${line}, which is not declared`),
  ];
}

/** The differences that a message names: a JWT can have thousands. */
const MAX_NAMED = 5;

/** Compares two JWTs: the one that a server has loaded, and the expected one. */
export function compareTokens(expected: string, reported: string | undefined): string[] {
  if (reported === undefined) {
    return ["has no JWT"];
  }
  if (reported === expected) {
    return [];
  }
  const differences = differingLines(contentLines(expected), contentLines(reported));
  const named = differences.slice(0, MAX_NAMED).join("; ");
  const more = differences.length > MAX_NAMED ? `; and ${differences.length - MAX_NAMED} more differences` : "";
  return [`has a different JWT: ${named === "" ? "the same claims, signed another time" : `${named}${more}`}`];
}

/** Names the lines that only one of two lists has. */
export function differingLines(expected: readonly string[], reported: readonly string[]): string[] {
  const [wanted, found] = [new Set(expected), new Set(reported)];
  return [
    ...expected.filter((line) => !found.has(line)).map((line) => `without ${line}`),
    ...reported.filter((line) => !wanted.has(line)).map((line) => `with ${line}`),
  ];
}

/** Lists the claims of a JWT, one a line. */
function contentLines(token: string): string[] {
  try {
    const { nats, name } = decodeToken(token);
    return claimLines("", { name, nats });
  } catch {
    return ["a text that is not a JWT"];
  }
}

function claimLines(path: string, value: unknown): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => claimLines(path, item));
  }
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, member]) => claimLines(path === "" ? key : `${path}.${key}`, member))
    : [`${path} ${JSON.stringify(value)}`];
}

/** Describes a configuration other than the expected one, as a clause. */
export function otherDigest(expected: string, { config_digest: reported = "none" }: ConfigurationReport): string {
  return `has loaded the configuration ${reported === "" ? "none" : reported} instead of ${expected}`;
}
