import { Unreadable } from "../unreadable";

/** White space within a line. */
export const BLANKS = " \t";
/** What ends a line. */
export const LINE_ENDS = "\n\r";
/** What ends a value that stands in braces or at the top, apart from white space. */
const COMMENT_STARTS = ["#", "//"] as const;

/** What Go's `unicode.IsSpace` takes for white space; JavaScript's own list differs. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** True for a character of white space, line ends included. */
export function isSpace(char: string): boolean {
  return SPACE.test(char);
}

/** A place in the text of a configuration, which moves on as the text is read. */
export class Cursor {
  #at = 0;

  /**
   * @param text the whole text
   * @param file its name, for messages
   */
  constructor(
    readonly text: string,
    readonly file: string,
  ) {}

  /** The character here, or an empty text at the end. */
  get char(): string {
    return this.text.charAt(this.#at);
  }

  /** How many characters have been read. */
  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  /** True when the text goes on with this. */
  sees(text: string): boolean {
    return this.text.startsWith(text, this.#at);
  }

  /** Moves behind one character, and returns it. */
  next(): string {
    const { char } = this;
    this.#at += 1;
    return char;
  }

  /** Moves behind a text if it stands here, and says whether it did. */
  skips(text: string): boolean {
    const found = this.sees(text);
    this.#at += found ? text.length : 0;
    return found;
  }

  /** Moves behind what a pattern matches here, and returns it; undefined when it does not match. The pattern is sticky. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Moves before the first character that a test tells, or to the end, and returns what is before it. */
  until(test: (char: string) => boolean): string {
    const start = this.#at;
    while (!this.atEnd && !test(this.char)) {
      this.#at += 1;
    }
    return this.text.slice(start, this.#at);
  }

  /** Moves behind blanks and comments of this line. */
  skipBlanks(): void {
    this.#skipAll((char) => !BLANKS.includes(char));
  }

  /** Moves behind white space, line ends and comments, and says whether that is the end. */
  endsBehindSpace(): boolean {
    this.#skipAll((char) => !isSpace(char));
    return this.atEnd;
  }

  /**
   * Says what is wrong here, and where that is.
   *
   * @param problem a clause; texts that stand in the configuration may be secret, so they are not repeated
   */
  fail(problem: string): never {
    const line = this.text.slice(0, this.#at).split("\n").length;
    throw new Unreadable(`${this.file}, line ${line}`, problem);
  }

  #skipAll(end: (char: string) => boolean): void {
    this.until(end);
    while (COMMENT_STARTS.some((start) => this.sees(start))) {
      this.until((char) => LINE_ENDS.includes(char));
      this.until(end);
    }
  }
}
