import { Unreadable } from "../diagnostics/unreadable";
import { BLANKS, Cursor, isSpace, LINE_ENDS, type ParseErrorKind } from "./cursor";
import { readBareScalar, readBlock, readLiteral, readNumberOrText, readQuoted, type Scalar } from "./scalars";
import { Section, type ConfigValue } from "./section";

/** The text of a configuration, and its file's name in messages. */
export interface ConfigSource {
  readonly file: string;
  readonly text: string;
}

/** The files and variables that a configuration can refer to. */
export interface IncludedFiles {
  /**
   * Reads an included file.
   *
   * @param path the path in the configuration
   * @param file the including file
   */
  readonly include: (path: string, file: string) => ConfigSource;
  /** Returns an environment variable of the server; undefined when it is not set. */
  readonly environment: (name: string) => string | undefined;
}

/** The limit of nested blocks, lists and includes; no real configuration comes near it. */
const MAX_DEPTH = 200;

const TOO_DEEP: ParseErrorKind = {
  code: "NA3011",
  remedy: "Flatten the configuration, and check that files do not include each other.",
};

const UNDEFINED_VARIABLE: ParseErrorKind = {
  code: "NA3012",
  remedy: "Define the variable in the configuration, or pass it in `environment`; for a password, any value will do.",
};

/** Separators of a key and its value. */
const SEPARATORS = ":=";
/** The start of an unquoted bcrypt hash after `$`, which is not a variable. */
const BCRYPT = "2a$";

/** The enclosing blocks, innermost last, and the nesting depth. */
interface Nesting {
  readonly scope: readonly Section[];
  readonly depth: number;
}

/**
 * Parses a configuration like nats-server: with the same values, and variables and includes resolved. Syntax for which
 * nats-server silently drops values is an error here.
 *
 * @throws Unreadable with the line of a syntax error
 */
export function parseConfig(source: ConfigSource, files: IncludedFiles): Section {
  return new Parser(source, files, { scope: [], depth: 0 }, []).parse();
}

/** A key with its value, or an element of a list, and its position in the text. Offsets count UTF-16 code units from 0. */
export interface Entry {
  /** Undefined for an element of a list. */
  readonly key: string | undefined;
  readonly value: ConfigValue;
  /** The comments above it. */
  readonly comments: readonly string[];
  /** Offset of the key, or of the element. */
  readonly start: number;
  /** Offset of the value. */
  readonly valueStart: number;
  /** Offset after the value. */
  readonly end: number;
  /** The entries in it, except for those of variables and included files. */
  readonly entries: readonly Entry[];
}

/**
 * Parses a configuration like {@link parseConfig}, and returns its entries with their positions and comments.
 *
 * @throws Unreadable with the line of a syntax error
 */
export function parseEntries(source: ConfigSource, files: IncludedFiles): readonly Entry[] {
  const entries: Entry[] = [];
  new Parser(source, files, { scope: [], depth: 0 }, [], entries).parse();
  return entries;
}

class Parser {
  readonly #cursor: Cursor;
  readonly #files: IncludedFiles;
  readonly #start: Nesting;
  readonly #pending: readonly string[];

  /** The entries of the section or list that is being parsed; undefined if they are not needed. */
  #entries: Entry[] | undefined;

  /**
   * @param pending the environment variables whose values are being parsed
   * @param entries the array to add the entries of the file to
   */
  constructor(
    { file, text }: ConfigSource,
    files: IncludedFiles,
    start: Nesting,
    pending: readonly string[],
    entries?: Entry[],
  ) {
    if (!text.isWellFormed() || text.includes("\0")) {
      const problem = "must be text in UTF-8 without NUL";
      throw new Unreadable(file, { code: "NA3005", problem, remedy: "Save the file in UTF-8." });
    }
    this.#cursor = new Cursor(text, file);
    this.#files = files;
    this.#start = start;
    this.#pending = pending;
    this.#entries = entries;
  }

  parse(): Section {
    const cursor = this.#cursor;
    const section = new Section();
    const nesting = this.#enter(section, this.#start);
    while (!cursor.skipSpaceToEnd()) {
      if (cursor.skip("{")) {
        // Braces around the whole file, as in JSON, are ignored.
        this.#parseMembers(section, nesting);
      } else if (cursor.take(/\}\s*$/y) === undefined) {
        this.#parseMember(section, nesting);
        this.#skipValueEnd(",;}");
      }
    }
    return section;
  }

  #enter(section: Section, { scope, depth }: Nesting): Nesting {
    return { scope: [...scope, section], depth: this.#deepen(depth) };
  }

  #deepen(depth: number): number {
    if (depth >= MAX_DEPTH) {
      this.#cursor.fail(`exceeds ${MAX_DEPTH} levels of nesting`, TOO_DEEP);
    }
    return depth + 1;
  }

  /** Parses a block after its opening brace. */
  #parseMembers(section: Section, nesting: Nesting): void {
    while (!this.#skipToNext("}")) {
      // At the top of a file, the server reads `]` as the start of a key.
      if (nesting.scope.length > 1 && this.#cursor.isAt("]")) {
        this.#cursor.fail("expected a key instead of `]`");
      }
      this.#parseMember(section, nesting);
      this.#skipValueEnd(",;", "}");
    }
  }

  /** Parses a key and its value, or an include. */
  #parseMember(section: Section, nesting: Nesting): void {
    const { position: start, comments } = this.#cursor;
    const key = this.#parseKey();
    if (key === undefined) {
      section.include(this.#parseInclude(nesting));
    } else {
      this.#skipSeparator(nesting);
      section.set(key, this.#parseEntryValue(key, start, comments, nesting));
    }
  }

  /** Parses the value of a key, or an element of a list, and adds it to the entries. */
  #parseEntryValue(key: string | undefined, start: number, comments: readonly string[], nesting: Nesting): ConfigValue {
    const around = this.#entries;
    if (around === undefined) {
      return this.#parseValue(nesting);
    }
    const entries: Entry[] = [];
    const valueStart = this.#cursor.position;
    this.#entries = entries;
    const value = this.#parseValue(nesting);
    this.#entries = around;
    around.push({ key, value, comments, start, valueStart, end: this.#cursor.position, entries });
    return value;
  }

  /** Parses a key; undefined for the keyword `include`. */
  #parseKey(): string | undefined {
    const cursor = this.#cursor;
    const quote = ["'", '"'].find((mark) => cursor.skip(mark));
    const key = quote === undefined ? this.#parseBareKey() : readLiteral(cursor, quote);
    return quote === undefined && key.toLowerCase() === "include" && isSpace(cursor.char) ? undefined : key;
  }

  /** Skips to the value of a key: white space, and an optional `:` or `=`. */
  #skipSeparator({ scope }: Nesting): void {
    const cursor = this.#cursor;
    cursor.readUntil((char) => !isSpace(char));
    if (cursor.skip(":") || cursor.skip("=")) {
      const atTop = scope.length === 1;
      cursor.readUntil((char) => (atTop ? !BLANKS.includes(char) : !isSpace(char)));
    }
  }

  #parseBareKey(): string {
    const key = this.#cursor.readUntil((char) => isSpace(char) || SEPARATORS.includes(char));
    if (/^(\/|$)/.test(key)) {
      this.#cursor.fail("expected a key");
    }
    return key;
  }

  #parseInclude({ depth }: Nesting): Section {
    const cursor = this.#cursor;
    cursor.readUntil((char) => !BLANKS.includes(char));
    const quote = ["'", '"'].find((mark) => cursor.skip(mark));
    const path = quote === undefined ? this.#parseBarePath() : readLiteral(cursor, quote);
    const source = this.#files.include(path, cursor.file);
    const nesting = { scope: [], depth: this.#deepen(depth) };
    return new Parser(source, this.#files, nesting, this.#pending).parse();
  }

  #parseBarePath(): string {
    const path = this.#cursor.readUntil((char) => `${LINE_ENDS}${BLANKS};}'`.includes(char));
    this.#cursor.skip("'");
    if (/^([[{(\\\d-]|$)/.test(path)) {
      this.#cursor.fail("the path of an included file must be quoted");
    }
    return path;
  }

  #parseValue(nesting: Nesting): ConfigValue {
    const cursor = this.#cursor;
    if (cursor.skip("[")) {
      return this.#parseList({ ...nesting, depth: this.#deepen(nesting.depth) });
    }
    if (cursor.skip("{")) {
      const section = new Section();
      this.#parseMembers(section, this.#enter(section, nesting));
      return section;
    }
    const scalar = this.#parseScalar(nesting);
    return "variable" in scalar ? this.#resolveVariable(scalar.variable, nesting) : scalar.value;
  }

  #parseScalar({ scope }: Nesting): Scalar {
    const cursor = this.#cursor;
    if (cursor.skip('"')) {
      return { value: readQuoted(cursor) };
    }
    if (cursor.skip("'")) {
      return { value: readLiteral(cursor, "'") };
    }
    if (cursor.skip("(")) {
      return { value: readBlock(cursor) };
    }
    // Before any other end mark, the server reads an empty string.
    if (cursor.atEnd || (scope.length === 1 ? ".\n\r" : ".\n\r,}").includes(cursor.char)) {
      cursor.fail("expected a value");
    }
    return /^[-\d]/.test(cursor.char) ? readNumberOrText(cursor) : readBareScalar(cursor);
  }

  /** Parses a list after its opening bracket. */
  #parseList(nesting: Nesting): ConfigValue[] {
    const list: ConfigValue[] = [];
    while (!this.#skipToNext("]")) {
      if (this.#cursor.isAt(",")) {
        this.#cursor.fail("expected a value");
      }
      const { position: start, comments } = this.#cursor;
      list.push(this.#parseEntryValue(undefined, start, comments, nesting));
      this.#skipValueEnd(",", "]");
    }
    return list;
  }

  /** Skips to the next element, or past the closing mark, and returns whether the block or list is closed. */
  #skipToNext(mark: string): boolean {
    if (this.#cursor.skipSpaceToEnd()) {
      this.#cursor.fail(`expected \`${mark}\``);
    }
    return this.#cursor.skip(mark);
  }

  /** Skips the line end or mark that separates two values, or stops before the closing mark of the block or list. */
  #skipValueEnd(marks: string, close?: string): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.atEnd || (close !== undefined && cursor.isAt(close))) {
      return;
    }
    if (!`${LINE_ENDS}${marks}`.includes(cursor.char)) {
      cursor.fail("expected a line end or a comma after a value");
    }
    cursor.next();
  }

  /** Resolves a variable: to a key of an enclosing block, innermost first, or to the environment. */
  #resolveVariable(name: string, { scope }: Nesting): ConfigValue {
    if (name.startsWith(BCRYPT)) {
      return `$${name}`;
    }
    const section = scope.findLast((around) => around.get(name) !== undefined);
    section?.noteVariable(name);
    return section?.get(name) ?? this.#parseEnvironment(name);
  }

  /** Parses an environment variable, whose value has the same syntax. */
  #parseEnvironment(name: string): ConfigValue {
    const text = this.#files.environment(name);
    if (text === undefined || this.#pending.includes(name)) {
      this.#cursor.fail(`the variable ${name} is not defined`, UNDEFINED_VARIABLE);
    }
    const source = { file: `variable ${name}`, text: `value=${text}` };
    const nesting = { scope: [], depth: 0 };
    const parsed = new Parser(source, this.#files, nesting, [...this.#pending, name]).parse();
    return parsed.get("value") ?? this.#cursor.fail(`the variable ${name} has no value`, UNDEFINED_VARIABLE);
  }
}
