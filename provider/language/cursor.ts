import { type Problem, Unreadable } from "../diagnostics/unreadable";

/** White space within a line. */
export const BLANKS = " \t";
/** Characters that end a line. */
export const LINE_ENDS = "\n\r";
const COMMENT_STARTS = ["#", "//"] as const;

/** White space according to Go's `unicode.IsSpace`; JavaScript's `\s` differs. */
const SPACE = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** The kind of a parse error. */
export type ParseErrorKind = Omit<Problem, "problem">;

const SYNTAX_ERROR: ParseErrorKind = { code: "NA3010", remedy: "Correct the syntax." };

/** True for white space, including line ends. */
export function isSpace(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < ASCII_END ? code === SPACE_CODE || (code >= TAB_CODE && code <= RETURN_CODE) : SPACE.test(char);
}

const TAB_CODE = 0x09;
const RETURN_CODE = 0x0d;
const SPACE_CODE = 0x20;
const ASCII_END = 0x80;

/** A position in the text of a configuration. */
export class Cursor {
  #at = 0;
  #comments: readonly string[] = [];

  /**
   * @param text the whole text
   * @param file the name of the file in messages
   */
  constructor(
    readonly text: string,
    readonly file: string,
  ) {}

  /** The next character; an empty string at the end. */
  get char(): string {
    return this.text.charAt(this.#at);
  }

  /** The number of characters read. */
  get position(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.text.length;
  }

  /** True when the given text comes next. */
  isAt(text: string): boolean {
    return this.text.startsWith(text, this.#at);
  }

  /** Reads one character. */
  next(): string {
    const { char } = this;
    this.#at += 1;
    return char;
  }

  /** Skips the given text if it comes next, and returns whether it did. */
  skip(text: string): boolean {
    const found = this.isAt(text);
    this.#at += found ? text.length : 0;
    return found;
  }

  /** Reads what a sticky pattern matches here; undefined when it does not match. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  /** Reads up to the first character that passes a test, or to the end. */
  readUntil(test: (char: string) => boolean): string {
    const { text } = this;
    const start = this.#at;
    let end = start;
    while (end < text.length && !test(text.charAt(end))) {
      end += 1;
    }
    this.#at = end;
    return text.slice(start, end);
  }

  /** Skips blanks and comments of this line. */
  skipBlanks(): void {
    this.#skipAll((char) => !BLANKS.includes(char));
  }

  /** Skips white space, line ends and comments, and returns whether the text ends there. */
  skipSpaceToEnd(): boolean {
    this.#comments = this.#skipAll((char) => !isSpace(char));
    return this.atEnd;
  }

  /** The comments that the last call of {@link skipSpaceToEnd} skipped, without their marks. */
  get comments(): readonly string[] {
    return this.#comments;
  }

  /**
   * Throws an error for the current line.
   *
   * @param problem a clause without texts of the configuration, which can be secrets
   * @param kind the code and remedy
   */
  fail(problem: string, kind = SYNTAX_ERROR): never {
    const line = this.text.slice(0, this.#at).split("\n").length;
    throw new Unreadable(`${this.file}, line ${line}`, { ...kind, problem });
  }

  /** Skips characters and comments, and returns the comments. */
  #skipAll(end: (char: string) => boolean): string[] {
    const comments: string[] = [];
    this.readUntil(end);
    while (COMMENT_STARTS.some((start) => this.skip(start))) {
      comments.push(this.readUntil((char) => LINE_ENDS.includes(char)).replace(/^ /, ""));
      this.readUntil(end);
    }
    return comments;
  }
}
