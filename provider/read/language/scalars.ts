import { BLANKS, LINE_ENDS, type Cursor } from "./cursor";

/** A value that stands for itself, or the name of a variable. */
export type Scalar = { readonly value: string | number | bigint | boolean } | { readonly variable: string };

const BOOLEANS = new Map([
  ...["true", "yes", "on"].map((text) => [text, true] as const),
  ...["false", "no", "off"].map((text) => [text, false] as const),
]);

/** What the letters behind a whole number multiply it by: `k` a thousand, `kb`, `ki` and `kib` 1,024. */
const MULTIPLES = new Map(
  ["k", "m", "g", "t", "p", "e"].flatMap((letter, index): [string, bigint][] => {
    const power = BigInt(index + 1);
    return [
      [letter, 1000n ** power],
      ...["b", "i", "ib"].map((end): [string, bigint] => [letter + end, 1024n ** power]),
    ];
  }),
);

const WHOLE_NUMBER_BITS = 64;

/** What ends a number. A bracket does not: nats-server takes `[1]` for a text without an end. */
const NUMBER_END = `${LINE_ENDS}${BLANKS};,}`;
/** What ends a text without quotes; a single quote does, too, and is gone with it. */
const TEXT_END = `${LINE_ENDS}${BLANKS};,]}`;

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", '"': '"', "\\": "\\" };

/** Reads the text in double quotes, of which the first is read already. */
export function quotedText(cursor: Cursor): string {
  const text = escapedText(cursor, '"');
  if (!cursor.skips('"')) {
    cursor.fail("a text in double quotes has no end");
  }
  return text;
}

/** Reads the text in quotes that knows no escapes, of which the first quote is read already. */
export function literalText(cursor: Cursor, quote: string): string {
  const text = cursor.until((char) => char === quote);
  if (!cursor.skips(quote)) {
    cursor.fail("a text in quotes has no end");
  }
  return text;
}

/** Reads a text of many lines, up to a `)` that is alone on its line. */
export function blockText(cursor: Cursor): string {
  const text = cursor.take(/[^]*?\n(?=\)\n)/y);
  if (text === undefined) {
    cursor.fail("a block in parentheses has no end: a closing one alone on its line");
  }
  cursor.next();
  return text;
}

/** Reads a number, an address, a date, or another text that begins with a digit or a minus sign. */
export function numberOrText(cursor: Cursor): Scalar {
  const digits = cursor.take(/-?\d+/y) ?? cursor.fail("a minus sign stands before something that is no number");
  if (cursor.skips(".")) {
    return { value: fraction(cursor, `${digits}.`) };
  }
  const suffix = cursor.take(/[kmgtpe][bi]*/iy) ?? "";
  if (cursor.atEnd || NUMBER_END.includes(cursor.char)) {
    return { value: wholeNumber(cursor, digits, suffix) };
  }
  if (suffix !== "") {
    return { value: digits + suffix + plainText(cursor) };
  }
  if (digits.startsWith("-")) {
    return { value: wholeNumber(cursor, digits, suffix) };
  }
  if (cursor.char === "-") {
    return { value: digits + date(cursor, digits) };
  }
  // Whatever this character is, nats-server takes it for a part of the text.
  return { value: digits + (cursor.take(/[^]/uy) ?? "") + plainText(cursor) };
}

function fraction(cursor: Cursor, start: string): string | number {
  const digits = cursor.take(/\d+/y) ?? cursor.fail("a number ends in a dot");
  return cursor.sees(".") ? start + digits + (cursor.take(/[\d.:-]+/y) ?? "") : Number(start + digits);
}

/** A date as it stands there; nats-server knows only those in Zulu time. */
function date(cursor: Cursor, year: string): string {
  const rest = cursor.take(/-\d\d-\d\dT\d\d:\d\d:\d\dZ/y);
  return year.length === 4 && rest !== undefined
    ? rest
    : cursor.fail("a text that begins with a number and a minus sign needs quotes, unless it is a date in Zulu time");
}

function wholeNumber(cursor: Cursor, digits: string, suffix: string): number | bigint {
  const multiple = suffix === "" ? 1n : MULTIPLES.get(suffix.toLowerCase());
  const number = BigInt(digits);
  if (multiple === undefined || BigInt.asIntN(WHOLE_NUMBER_BITS, number) !== number) {
    cursor.fail("this is no number that nats-server knows");
  }
  const product = number * multiple;
  if (BigInt.asIntN(WHOLE_NUMBER_BITS, product) !== product) {
    cursor.fail("this number is larger than nats-server can count");
  }
  return Number.isSafeInteger(Number(product)) ? Number(product) : product;
}

/** Reads a text without quotes: it can be a boolean, or a variable. */
export function bareScalar(cursor: Cursor): Scalar {
  const start = cursor.char;
  const { text, plain } = bareText(cursor);
  const boolean = BOOLEANS.get(text.toLowerCase());
  if (plain && boolean !== undefined) {
    return { value: boolean };
  }
  return plain && start === "$" ? { variable: text.slice(1) } : { value: text };
}

function plainText(cursor: Cursor): string {
  return bareText(cursor).text;
}

/** A text up to its end; plain when it stands there exactly as it is meant. */
function bareText(cursor: Cursor): { text: string; plain: boolean } {
  const start = cursor.position;
  const text = escapedText(cursor, `${TEXT_END}'`);
  const plain = cursor.position - start === text.length && cursor.char !== "'";
  cursor.skips("'");
  return { text, plain };
}

/** Reads a text with escapes, up to one of some characters. Escaped bytes together can be a character of UTF-8. */
function escapedText(cursor: Cursor, ends: string): string {
  const parts: Buffer[] = [];
  for (;;) {
    parts.push(
      Buffer.from(
        cursor.until((char) => char === "\\" || ends.includes(char)),
        "utf8",
      ),
    );
    if (!cursor.skips("\\")) {
      return utf8(cursor, Buffer.concat(parts));
    }
    parts.push(escaped(cursor));
  }
}

function escaped(cursor: Cursor): Buffer {
  const escape = cursor.next();
  const text = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined;
  if (text !== undefined) {
    return Buffer.from(text);
  }
  const hex = escape === "x" ? cursor.take(/[0-9a-f]{2}/iy) : undefined;
  return hex === undefined
    ? cursor.fail('this is no escape; escapes are \\t, \\n, \\r, \\", \\\\ and \\x with two hexadecimal digits')
    : Buffer.from(hex, "hex");
}

function utf8(cursor: Cursor, bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return cursor.fail("the escapes of this text are not UTF-8");
  }
}
