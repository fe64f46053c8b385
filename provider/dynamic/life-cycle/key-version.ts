import { ifKnown } from "./unknown";

/**
 * True when a program asks for a version of a key that differs from the present one. The first version that a program
 * names counts as a different one: naming versions is how a program asks for a new key.
 *
 * @param before the version of the present key
 */
export function isOtherVersion(before: string | undefined, version: string | number | undefined): boolean {
  return version !== undefined && ifKnown(version) !== undefined && String(version) !== before;
}
