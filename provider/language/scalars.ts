import { BLANKS, LINE_ENDS, type Cursor } from "./cursor";

/** A value, or the name of a variable. */
export type Scalar = { readonly value: string | number | bigint | boolean } | { readonly variable: string };

const BOOLEANS = new Map([
  ...["true", "yes", "on"].map((text) => [text, true] as const),
  ...["false", "no", "off"].map((text) => [text, false] as const),
]);

/** The multiplier of each suffix of a whole number: 1,000 for `k`; 1,024 for `kb`, `ki` and `kib`. */
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

/** Characters that end a number. A bracket does not: nats-server reads `[1]` as an unterminated string. */
const NUMBER_END = `${LINE_ENDS}${BLANKS};,}`;
/** Characters that end an unquoted string. A single quote ends it, too, and is skipped. */
const TEXT_END = `${LINE_ENDS}${BLANKS};,]}`;

const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", '"': '"', "\\": "\\" };

/** Reads a string in double quotes after its opening quote. */
export function readQuoted(cursor: Cursor): string {
  const text = readEscaped(cursor, '"');
  if (!cursor.skip('"')) {
    cursor.fail("a string in double quotes is not terminated");
  }
  return text;
}

/** Reads a string without escapes after its opening quote. */
export function readLiteral(cursor: Cursor, quote: string): string {
  const text = cursor.readUntil((char) => char === quote);
  if (!cursor.skip(quote)) {
    cursor.fail("a quoted string is not terminated");
  }
  return text;
}

/** Reads a multi-line string up to a `)` on a line of its own. */
export function readBlock(cursor: Cursor): string {
  const text = cursor.take(/[^]*?\n(?=\)\n)/y);
  if (text === undefined) {
    cursor.fail("a string in parentheses is not terminated by a `)` on a line of its own");
  }
  cursor.next();
  return text;
}

/** Reads a number, an address, a date, or another string that begins with a digit or a minus sign. */
export function readNumberOrText(cursor: Cursor): Scalar {
  const digits = cursor.take(/-?\d+/y) ?? cursor.fail("expected a number after a minus sign");
  if (cursor.skip(".")) {
    return { value: readFraction(cursor, `${digits}.`) };
  }
  const suffix = cursor.take(/[kmgtpe][bi]*/iy) ?? "";
  if (cursor.atEnd || NUMBER_END.includes(cursor.char)) {
    return { value: toWholeNumber(cursor, digits, suffix) };
  }
  if (suffix !== "") {
    return { value: digits + suffix + readBareText(cursor) };
  }
  if (digits.startsWith("-")) {
    return { value: toWholeNumber(cursor, digits, suffix) };
  }
  if (cursor.char === "-") {
    return { value: digits + readDate(cursor, digits) };
  }
  // nats-server reads this character as a part of the string, whatever it is.
  return { value: digits + (cursor.take(/[^]/uy) ?? "") + readBareText(cursor) };
}

function readFraction(cursor: Cursor, start: string): string | number {
  const digits = cursor.take(/\d+/y) ?? cursor.fail("expected a digit after a decimal point");
  return cursor.isAt(".") ? start + digits + (cursor.take(/[\d.:-]+/y) ?? "") : Number(start + digits);
}

/** Reads a date. nats-server supports only Zulu time. */
function readDate(cursor: Cursor, year: string): string {
  const rest = cursor.take(/-\d\d-\d\dT\d\d:\d\d:\d\dZ/y);
  return year.length === 4 && rest !== undefined
    ? rest
    : cursor.fail(
        "a string that begins with a number and a minus sign must be quoted, unless it is a date in Zulu time",
      );
}

function toWholeNumber(cursor: Cursor, digits: string, suffix: string): number | bigint {
  const multiple = suffix === "" ? 1n : MULTIPLES.get(suffix.toLowerCase());
  const number = BigInt(digits);
  if (multiple === undefined || BigInt.asIntN(WHOLE_NUMBER_BITS, number) !== number) {
    cursor.fail("expected a number with a valid suffix and at most 64 bits");
  }
  const product = number * multiple;
  if (BigInt.asIntN(WHOLE_NUMBER_BITS, product) !== product) {
    cursor.fail("a number exceeds 64 bits");
  }
  return Number.isSafeInteger(Number(product)) ? Number(product) : product;
}

/** Reads an unquoted string, a boolean or a variable. */
export function readBareScalar(cursor: Cursor): Scalar {
  const start = cursor.char;
  const { text, plain } = readBare(cursor);
  const boolean = BOOLEANS.get(text.toLowerCase());
  if (plain && boolean !== undefined) {
    return { value: boolean };
  }
  return plain && start === "$" ? { variable: text.slice(1) } : { value: text };
}

function readBareText(cursor: Cursor): string {
  return readBare(cursor).text;
}

/** Reads an unquoted string; `plain` is true when it has neither escapes nor a single quote at its end. */
function readBare(cursor: Cursor): { text: string; plain: boolean } {
  const start = cursor.position;
  const text = readEscaped(cursor, `${TEXT_END}'`);
  const plain = cursor.position - start === text.length && cursor.char !== "'";
  cursor.skip("'");
  return { text, plain };
}

/** Reads a string with escapes up to an end character. Several escaped bytes can form one UTF-8 character. */
function readEscaped(cursor: Cursor, ends: string): string {
  const isEnd = (char: string) => char === "\\" || ends.includes(char);
  const first = cursor.readUntil(isEnd);
  if (!cursor.isAt("\\")) {
    return first;
  }
  const parts: Buffer[] = [Buffer.from(first)];
  while (cursor.skip("\\")) {
    parts.push(readEscape(cursor), Buffer.from(cursor.readUntil(isEnd)));
  }
  return decodeUtf8(cursor, Buffer.concat(parts));
}

function readEscape(cursor: Cursor): Buffer {
  const escape = cursor.next();
  const text = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined;
  if (text !== undefined) {
    return Buffer.from(text);
  }
  const hex = escape === "x" ? cursor.take(/[0-9a-f]{2}/iy) : undefined;
  return hex === undefined
    ? cursor.fail('expected a valid escape: \\t, \\n, \\r, \\", \\\\, or \\x with two hexadecimal digits')
    : Buffer.from(hex, "hex");
}

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(cursor: Cursor, bytes: Buffer): string {
  try {
    return DECODER.decode(bytes);
  } catch {
    return cursor.fail("the escapes of a string are not valid UTF-8");
  }
}
