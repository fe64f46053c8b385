import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { defined, unlessEmpty } from "../form/order";
import { secondsOf, type Duration } from "../form/quantities";
import { anything, objectOf, optional, shaped, type Shape } from "../form/shape";

/**
 * How one key takes the place of another: which one it is to be, and how long the one before goes on working beside it.
 *
 * @example
 * ```ts
 * { version: 2, overlap: "24h" }
 * ```
 */
export interface Rotation {
  /**
   * Names the key: another version is another key, made by the next update. A number to count up, or a date. Leave it out
   * where the program gives the key itself: another key given is another version.
   *
   * @default the key that there is
   */
  readonly version?: string | number;
  /**
   * How long the key before goes on working: a length of time, counted from the update that brings the new key, until the
   * first update after it; `"until-changed"`, until `rotation` changes again; or `"none"`.
   *
   * @default "until-changed"
   */
  readonly overlap?: Duration;
}

/** The shape of a rotation. */
export const ROTATION: Shape = optional(objectOf<Rotation>({ version: anything, overlap: anything }));

/** All that is wrong with a rotation; paths start at it. */
export function rotationDiagnostics(rotation: Rotation | undefined): Diagnostic[] {
  return shaped("", ROTATION, rotation, (is) => [
    ...versionDiagnostics(is?.version),
    ...overlapDiagnostics(is?.overlap),
  ]);
}

/** All that is wrong with the rotation of something of which there is one at a time, such as a password. */
export function versionOnlyDiagnostics(rotation: Pick<Rotation, "version"> | undefined): Diagnostic[] {
  return shaped("", optional(objectOf<Pick<Rotation, "version">>({ version: anything })), rotation, (is) =>
    versionDiagnostics(is?.version),
  );
}

/** A version makes a key, so it cannot stand beside one that the program gives. */
export function givenKeyDiagnostics(rotation: Rotation | undefined): Diagnostic[] {
  return rotation?.version === undefined
    ? []
    : [
        {
          path: "version",
          value: shown(rotation.version),
          problem: "stands beside a key that the program gives, so that no other one can be made",
          remedy: "Leave `version` out, and give another key where it is to be replaced.",
        },
      ];
}

function versionDiagnostics(version: unknown): Diagnostic[] {
  return version === undefined || Number.isFinite(version) || (typeof version === "string" && version.trim() !== "")
    ? []
    : [
        {
          path: "version",
          value: shown(version),
          problem: "is no version; it is a number or a text, and any other one than before makes something new",
          remedy: "Count up, or write the date.",
        },
      ];
}

function overlapDiagnostics(overlap: Rotation["overlap"]): Diagnostic[] {
  return overlap === undefined || WORDS.includes(overlap) || secondsOf(overlap) !== undefined
    ? []
    : [
        {
          path: "overlap",
          value: shown(overlap),
          problem: 'is no overlap; it is a length of time in whole seconds, "until-changed" or "none"',
          remedy: 'Write one such as "24h".',
        },
      ];
}

const WORDS: readonly unknown[] = ["until-changed", "none"];

/**
 * The rotation with its version as text and its overlap in seconds, or undefined when it says nothing. Where there is a
 * version, the default overlap is left out.
 */
export function normalRotation({ version, overlap }: Rotation): Rotation | undefined {
  const isDefault = version !== undefined && overlap === "until-changed";
  return unlessEmpty(
    defined<Rotation>({
      version: version === undefined ? undefined : String(version),
      overlap: overlap === undefined || isDefault ? undefined : normalOverlap(overlap),
    }),
  );
}

/** What is no overlap, or not known yet, stays as it is. */
function normalOverlap(overlap: Duration): Duration {
  const seconds = secondsOf(overlap);
  return seconds === undefined ? overlap : seconds === 0 ? "none" : `${seconds}s`;
}

/**
 * How long a key that was replaced goes on working: seconds, or until the rotation changes. Without a rotation, no time at
 * all.
 */
export function overlapOf(rotation: Rotation | undefined): number | "until-changed" {
  const overlap = rotation === undefined ? "none" : (rotation.overlap ?? "until-changed");
  return overlap === "until-changed" ? overlap : overlap === "none" ? 0 : (secondsOf(overlap) ?? 0);
}
