import { display } from "../../diagnostics/diagnostic";

/** The first letter of a public key of an account or user. */
export type KeyLetter = "A" | "U";

/** A seed, possibly with a typing error. Public keys never begin with S. */
const SEED_LIKE = /^S[OAUNCX][A-Z2-7]{20,}/;

/** A public key of any kind, possibly with a typing error. A seed without its first letter is longer. */
const PUBLIC_KEY_LIKE = /^[OAUNCX][A-Z2-7]{0,55}$/;

/** Returns whether a text has the format of a public key. The checksum is not verified. */
export function hasKeyFormat(letter: KeyLetter, text: string): boolean {
  return text.startsWith(letter) && /^[A-Z2-7]{56}$/.test(text);
}

/** Returns whether a text in place of a public key looks like a seed. */
export function isSeedLike(text: string): boolean {
  return SEED_LIKE.test(text);
}

/** Formats a value in place of a public key for a diagnostic. It can be a secret by mistake, which must not be displayed. */
export function displayKey(key: string): string {
  return PUBLIC_KEY_LIKE.test(key) ? display(key) : "(not shown: it may be a secret)";
}
