import { decodeToken } from "../jwt/sign";
import { omitUndefined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { identifyToken, type ExpiringToken } from "../jwt/set-jwts";
import { Unreadable } from "../diagnostics/unreadable";

/** The content of a credentials file. */
export interface Creds {
  /** The user's JWT. */
  readonly jwt: string;
  /** The user's seed (`SU…`). */
  readonly seed: string;
}

/**
 * Finds the JWT and the seed in a credentials file as nsc writes it. Neither is checked.
 *
 * @param origin the name of the file in messages
 * @throws Unreadable when one of them is missing
 */
export function readCreds(text: string, origin: string): Creds {
  const [jwt, seed] = findDelimited(text);
  if (jwt === undefined || seed === undefined) {
    throw new Unreadable(origin, {
      code: "NA3007",
      problem: "is not a credentials file: it must contain a JWT and a seed, each between two lines of dashes",
      remedy: "Replace it with the creds of a user, or delete it.",
    });
  }
  return { jwt, seed };
}

/** Creds that a program supplies. They are not verified. */
export interface SuppliedCreds {
  readonly seed: string;
  /** What identifies their JWT. */
  readonly token: ExpiringToken;
  /** Public key of the account of the user. */
  readonly account?: string;
}

/** Returns the parts of creds that a program supplies; undefined for any other text. */
export function suppliedCreds(text: string): SuppliedCreds | undefined {
  try {
    const { jwt, seed } = readCreds(text, "creds");
    return omitUndefined<SuppliedCreds>({ seed, token: identifyToken(jwt), account: accountOf(jwt) });
  } catch {
    return undefined;
  }
}

/** Returns the public key of the account of a user with a JWT. */
function accountOf(jwt: string): string | undefined {
  const { iss, nats } = decodeToken(jwt) as { readonly iss?: unknown; readonly nats?: unknown };
  const account = isRecord(nats) && nats.issuer_account !== undefined ? nats.issuer_account : iss;
  return typeof account === "string" ? account : undefined;
}

/** Finds the JWT in a file: on its own, or between two lines of dashes. */
export function readJwt(text: string): string {
  return findDelimited(text)[0] ?? text.trim();
}

/**
 * Finds the seed in a key file: on its own, or between two lines of dashes.
 *
 * @param origin the name of the file in messages
 * @throws Unreadable when there is none; the text is not repeated
 */
export function readSeed(text: string, origin: string): string {
  const seed = findDelimited(text).at(-1) ?? text.trim();
  if (!/^S[A-Z2-7]+$/.test(seed)) {
    throw new Unreadable(origin, {
      code: "NA3008",
      problem: "contains no seed; a seed begins with S",
      remedy: "Restore the key file, or delete it.",
    });
  }
  return seed;
}

/** Finds the values that are on a line between two lines of dashes. */
function findDelimited(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  const isDashes = (line: string | undefined) => line !== undefined && line.startsWith("---") && line.endsWith("---");
  return lines.filter((line, index) => {
    return /^[\w.=-]+$/.test(line) && !isDashes(line) && isDashes(lines[index - 1]) && isDashes(lines[index + 1]);
  });
}
