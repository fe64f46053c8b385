import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { sortedSet } from "../form/order";
import { listOf, text, type Shape } from "../form/shape";

/** The shape of a list of signing keys. */
export const SIGNING_KEYS: Shape = listOf(text);

/** What an account's public key looks like; its checksum tells the rest. */
const ACCOUNT_KEY = /^A[A-Z2-7]{55}$/;

/** What does not look like the public key of an account in a list; paths start at the list. */
export function signingKeysDiagnostics(keys: readonly string[]): Diagnostic[] {
  const problem = "is no public key of an account; it begins with A and has 56 characters";
  const remedy = "Give the public half of the key that signs.";
  return keys.flatMap((key, index) =>
    // What is no public key may be a seed, by a slip.
    ACCOUNT_KEY.test(key) ? [] : [{ path: `[${index}]`, value: shownKey(key), problem, remedy }],
  );
}

function shownKey(key: string): string {
  return key.length < 40 ? shown(key) : "(not shown: it may be a seed)";
}

/** The same keys, sorted and without repetition; undefined when there are none. */
export function normalSigningKeys(keys: readonly string[]): string[] | undefined {
  return keys.length === 0 ? undefined : sortedSet(keys);
}
