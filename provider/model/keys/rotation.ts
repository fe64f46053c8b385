import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { omitUndefined, emptyToUndefined } from "../form/order";
import { parseSeconds, type Duration } from "../form/quantities";
import { anyValue, objectOf, optional, checkShape } from "../form/shape";

/**
 * Rotation of a key: when a new key replaces it, and how long the replaced key remains valid.
 *
 * @example
 * ```ts
 * { version: 2, overlap: "24h" }
 * ```
 */
export interface Rotation {
  /**
   * Version of the key, such as a counter or a date. Changing it generates a new key in the next update. Omit it if the
   * program supplies the key: supplying another key rotates it.
   *
   * @default the current key
   */
  readonly version?: string | number;
  /**
   * How long a replaced key remains valid. A duration starts at the update that replaces the key and ends at the first
   * update after it has elapsed. `"until-changed"` lasts until `rotation` changes again. `"none"` ends at once.
   *
   * @default "until-changed"
   */
  readonly overlap?: Duration;
}

const ROTATION = objectOf<Rotation>({ version: anyValue, overlap: anyValue });
const VERSION_ONLY = optional(objectOf<Pick<Rotation, "version">>({ version: anyValue }));

/** Returns all problems with a rotation; paths are relative to it. */
export function rotationDiagnostics(rotation: Rotation | undefined): Diagnostic[] {
  if (rotation === undefined) {
    return [];
  }
  return checkShape("", ROTATION, rotation, ({ version, overlap }) => [
    ...versionDiagnostics(version),
    ...overlapDiagnostics(overlap),
  ]);
}

/** Returns all problems with the rotation of a value that cannot overlap with its predecessor, such as a password. */
export function versionOnlyDiagnostics(rotation: Pick<Rotation, "version"> | undefined): Diagnostic[] {
  return checkShape("", VERSION_ONLY, rotation, (value) => versionDiagnostics(value?.version));
}

/** Returns the problem with the rotation of a key that the program supplies: a version would generate another key. */
export function suppliedKeyDiagnostics(rotation: Rotation | undefined): Diagnostic[] {
  const value = rotation?.version;
  const conflict = "cannot be combined with a key that the program supplies: a version generates a new key";
  const problem = value === undefined ? undefined : conflict;
  const remedy = "Remove `version`. To rotate the key, supply another one.";
  return diagnose({ code: "NA1323", path: "version", value, problem, remedy });
}

function versionDiagnostics(value: unknown): Diagnostic[] {
  const isText = typeof value === "string" && value.trim() !== "";
  const isValid = value === undefined || isText || Number.isFinite(value);
  const problem = isValid ? undefined : "is not a valid version: it must be a number or a non-empty string";
  return diagnose({ code: "NA1321", path: "version", value, problem, remedy: "Use a counter or a date." });
}

const OVERLAP_KEYWORDS: readonly unknown[] = ["until-changed", "none"];

function overlapDiagnostics(value: Rotation["overlap"]): Diagnostic[] {
  const isValid = value === undefined || OVERLAP_KEYWORDS.includes(value) || parseSeconds(value) !== undefined;
  const format = 'is not a valid overlap: it must be a duration in whole seconds, "until-changed" or "none"';
  const problem = isValid ? undefined : format;
  return diagnose({ code: "NA1322", path: "overlap", value, problem, remedy: 'Use a duration such as "24h".' });
}

/**
 * Returns a rotation in its normal form: the version as text, the overlap in seconds; undefined if it has neither. Beside a
 * version, the default overlap is omitted.
 */
export function normalizeRotation({ version, overlap }: Rotation): Rotation | undefined {
  const isDefault = version !== undefined && overlap === "until-changed";
  return emptyToUndefined(
    omitUndefined<Rotation>({
      version: version === undefined ? undefined : String(version),
      overlap: overlap === undefined || isDefault ? undefined : normalizeOverlap(overlap),
    }),
  );
}

/** Keywords, invalid overlaps and unknown ones remain unchanged. */
function normalizeOverlap(overlap: Duration): Duration {
  const seconds = parseSeconds(overlap);
  return seconds === undefined ? overlap : seconds === 0 ? "none" : `${seconds}s`;
}

/** Returns how many seconds a replaced key remains valid, or until the rotation changes. Without a rotation, 0. */
export function getOverlap(rotation: Rotation | undefined): number | "until-changed" {
  const overlap = rotation === undefined ? "none" : (rotation.overlap ?? "until-changed");
  return overlap === "until-changed" ? overlap : (parseSeconds(overlap) ?? 0);
}
