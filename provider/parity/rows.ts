import { truncate, keyPath, display, redactSecrets } from "../diagnostics/diagnostic";
import { isRecord } from "../model/form/shape";
import { sortBy, sortEntries, sortUnique } from "../model/form/order";
import { formatSince, hasSince } from "../model/cluster/server-version";
import type { Difference, OlderServers, Parity, ParityClass, Severity, ValueCase } from "./claims";

/** A claim of a model, and the settings of both sides for it. */
export interface ParityRow {
  /** The name of the claim, such as `A.users.test.sourceNetworks`. It depends only on names in the program. */
  readonly name: string;
  /** How well the two sides agree about the claim. */
  readonly class: ParityClass;
  /** The value of the claim, shortened; undefined when its presence is the claim, as for a user. */
  readonly value?: string;
  /** The setting of the static configuration; undefined when there is none. */
  readonly static?: string;
  /** The claim of the JWTs; undefined when there is none. */
  readonly operator?: string;
  /** For classes P and N: whether a user can do more on one server than on the other. */
  readonly severity?: Severity;
  /**
   * The first versions of nats-server with this parity, if it depends on the version and the version is not known. The
   * consequence is that of older servers.
   */
  readonly since?: string;
  /** For classes P and N: the consequence of the value, as a clause. */
  readonly consequence?: string;
  /** The reason for which the program accepts the security gap. */
  readonly accepted?: string;
}

/** The position of a claim: its name, the owner of the claim in words, and the servers that treat it. */
export interface ClaimPosition {
  readonly name: string;
  readonly owner: string;
  /** The version of both servers; undefined if it is not known. */
  readonly version?: string | undefined;
}

/** A parity table for values of any type. */
export type AnyClaim = AnyLeaf | AnyMembers | AnyEntries | AnyElements;

interface AnyLeaf {
  readonly parity: Parity<unknown>;
  readonly older?: readonly OlderServers<unknown>[];
  readonly except?: readonly ValueCase<unknown>[];
  readonly default?: unknown;
}

interface AnyMembers {
  readonly self?: AnyLeaf;
  readonly members: Readonly<Record<string, AnyClaim>>;
}

interface AnyEntries {
  readonly entry: AnyClaim;
  describe(key: string, owner: string): string;
}

interface AnyElements {
  readonly element: AnyClaim;
  key(element: unknown): string;
  describe(element: unknown, owner: string): string;
}

/** Creates a row for each claim of a value, in the order of the table; names and lists are sorted. */
export function createRows(claim: AnyClaim, value: unknown, position: ClaimPosition): ParityRow[] {
  if (value === undefined || isEmptyList(value)) {
    return [];
  }
  if ("parity" in claim) {
    return value === claim.default ? [] : [toRow(claim, value, position, { value: formatValue(value) })];
  }
  if ("members" in claim) {
    return memberRows(claim, value as Readonly<Record<string, unknown>>, position);
  }
  return "entry" in claim
    ? entryRows(claim, value as Readonly<Record<string, unknown>>, position)
    : elementRows(claim, value as readonly unknown[], position);
}

/** True for an empty list, which is equivalent to no list. */
function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function memberRows(
  { self, members }: AnyMembers,
  value: Readonly<Record<string, unknown>>,
  position: ClaimPosition,
): ParityRow[] {
  return [
    ...(self === undefined ? [] : [toRow(self, value, position, {})]),
    ...Object.entries(members).flatMap(([key, claim]) =>
      createRows(claim, value[key], { ...position, name: keyPath(position.name, key) }),
    ),
  ];
}

function entryRows(
  claim: AnyEntries,
  value: Readonly<Record<string, unknown>>,
  { name, owner, version }: ClaimPosition,
): ParityRow[] {
  return sortEntries(value).flatMap(([key, entry]) =>
    createRows(claim.entry, entry, { name: keyPath(name, key), owner: claim.describe(key, owner), version }),
  );
}

function elementRows(
  claim: AnyElements,
  value: readonly unknown[],
  { name, owner, version }: ClaimPosition,
): ParityRow[] {
  const keyed = value.map((element) => ({ element, key: claim.key(element) }));
  return sortBy(keyed, ({ key }) => key).flatMap(({ element, key }) =>
    createRows(claim.element, element, { name: keyPath(name, key), owner: claim.describe(element, owner), version }),
  );
}

function toRow(
  leaf: AnyLeaf,
  value: unknown,
  { name, owner, version }: ClaimPosition,
  formatted: Pick<ParityRow, "value">,
): ParityRow {
  const older = olderServers(leaf, value, version);
  const current = leaf.except?.find((one) => one.matches(value))?.parity ?? leaf.parity;
  const certain = older.find(({ isCertain }) => isCertain);
  const parity = certain?.parity ?? current;
  const { static: onStatic, operator } = parity;
  return {
    name: redactSecrets(name),
    class: parity.class,
    ...formatted,
    ...(onStatic === undefined ? {} : { static: onStatic }),
    ...(operator === undefined ? {} : { operator }),
    ...consequenceOf(parity, certain === undefined ? older : [], value, owner),
  };
}

/**
 * Returns the consequence of a value.
 *
 * @param older the parity with older servers, if the version is not known
 */
function consequenceOf(
  parity: Parity<unknown>,
  older: readonly PossiblyOlder[],
  value: unknown,
  owner: string,
): Pick<ParityRow, "severity" | "consequence" | "since"> {
  const own = isDifference(parity) ? [parity.consequence(value, owner)] : [];
  const severity = isDifference(parity) ? { severity: parity.severity } : {};
  const before = older.map(
    (one) => `before nats-server ${formatSince(one.since, "and")}: ${one.parity.consequence(value, owner)}`,
  );
  const all = [...own, ...before];
  const newest = older.at(-1);
  return {
    ...severity,
    ...(all.length === 0 ? {} : { consequence: redactSecrets(all.join("; ")) }),
    ...(newest === undefined ? {} : { since: formatSince(newest.since, "or") }),
  };
}

/** The parity with older servers, for servers that are or may be older. */
interface PossiblyOlder extends OlderServers<unknown> {
  readonly isCertain: boolean;
}

/** Returns the parity of a value with older servers, the oldest first, unless the servers are known to be newer. */
function olderServers({ older = [] }: AnyLeaf, value: unknown, version: string | undefined): PossiblyOlder[] {
  return older.flatMap((one) => {
    const isNewer = version === undefined ? undefined : hasSince(version, one.since);
    return isNewer === true || one.matches?.(value) === false ? [] : [{ ...one, isCertain: isNewer === false }];
  });
}

/** True for a claim of class P or N. */
export function isDifference<T>(parity: Parity<T>): parity is Difference<T> {
  return parity.class === "P" || parity.class === "N";
}

/** Formats the value of a claim. Lists of strings are sorted, because their order has no effect. */
function formatValue(value: unknown): string {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) {
    return display(sortUnique(value));
  }
  return typeof value === "object" ? truncate(JSON.stringify(value, toPlain)) : display(value);
}

/** Replaces what JSON cannot represent: a report is also created while a value has the wrong type. */
function toPlain(_key: string, member: unknown): unknown {
  const isPlain = isRecord(member) || Array.isArray(member) || ["string", "number", "boolean"].includes(typeof member);
  return isPlain ? member : display(member);
}
