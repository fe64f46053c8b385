import { Unreadable } from "./unreadable";

/** A credentials file: a user's JWT, and the seed that proves that one is that user. */
export interface Creds {
  readonly jwt: string;
  /** The seed (`SU…`). */
  readonly seed: string;
}

/**
 * Finds the JWT and the seed in a credentials file, as nsc writes it. What they are worth is not looked at.
 *
 * @param what what messages call it
 * @throws Unreadable when it has not both
 */
export function readCreds(text: string, what: string): Creds {
  const [jwt, seed] = decorated(text);
  if (jwt === undefined || seed === undefined) {
    throw new Unreadable(
      what,
      "it is no credentials file, which has a JWT and a seed, each between two lines of dashes",
    );
  }
  return { jwt, seed };
}

/**
 * Finds the JWT in a file: alone in it, or between two lines of dashes.
 */
export function readJwt(text: string): string {
  return decorated(text)[0] ?? text.trim();
}

/**
 * Finds the seed in a key file: alone in it, or between two lines of dashes.
 *
 * @param what what messages call it
 * @throws Unreadable when it has none; the text is not repeated
 */
export function readSeed(text: string, what: string): string {
  const seed = decorated(text).at(-1) ?? text.trim();
  if (!/^S[A-Z2-7]+$/.test(seed)) {
    throw new Unreadable(what, "it holds no seed, which begins with S");
  }
  return seed;
}

/** What stands on a line between two lines of dashes. */
function decorated(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const isDashes = (line: string | undefined) => line !== undefined && line.startsWith("---") && line.endsWith("---");
  return lines.filter((line, index) => {
    return /^[\w.=-]+$/.test(line) && !isDashes(line) && isDashes(lines[index - 1]) && isDashes(lines[index + 1]);
  });
}
