import { Unreadable } from "../unreadable";
import { BLANKS, Cursor, isSpace, LINE_ENDS } from "./cursor";
import { bareScalar, blockText, literalText, numberOrText, quotedText, type Scalar } from "./scalars";
import { Section, type ConfigValue } from "./section";

/** A configuration's text, and what messages call it. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

/** What a configuration can refer to outside of itself. */
export interface Surroundings {
  /**
   * Finds an included file.
   *
   * @param path as it stands in the configuration
   * @param file the file that includes it
   */
  readonly include: (path: string, file: string) => Source;
  /** A variable of the server's environment; undefined when it is not set. */
  readonly environment: (name: string) => string | undefined;
}

/** How deep sections, lists and includes may stand in each other. No configuration of people comes near it. */
const DEEPEST = 200;

/** What can stand between a key and its value. */
const SEPARATORS = ":=";
/** A variable that begins like this is none: it is a password that was hashed with bcrypt, without its quotes. */
const BCRYPT = "2a$";

/** Where something is read: sections around it, the innermost last, and how deep it stands. */
interface Place {
  readonly scope: readonly Section[];
  readonly depth: number;
}

/**
 * Reads a configuration of nats-server as nats-server reads it: the same values, with their variables and includes
 * resolved. Oddities by which nats-server loses values without a word are errors here.
 *
 * @throws Unreadable with the line at which it is no configuration
 */
export function parseConfig(source: Source, surroundings: Surroundings): Section {
  return new Parser(source, surroundings, { scope: [], depth: 0 }, []).parse();
}

class Parser {
  readonly #cursor: Cursor;
  readonly #surroundings: Surroundings;
  readonly #start: Place;
  readonly #asked: readonly string[];

  /** @param asked the variables of the environment whose values are being read */
  constructor({ file, text }: Source, surroundings: Surroundings, start: Place, asked: readonly string[]) {
    if (!text.isWellFormed() || text.includes("\0")) {
      throw new Unreadable(file, "it is no text in UTF-8, or holds NUL");
    }
    this.#cursor = new Cursor(text, file);
    this.#surroundings = surroundings;
    this.#start = start;
    this.#asked = asked;
  }

  parse(): Section {
    const cursor = this.#cursor;
    const section = new Section();
    const place = this.#within(section, this.#start);
    while (!cursor.endsBehindSpace()) {
      if (cursor.skips("{")) {
        // The braces around a file in the style of JSON add nothing.
        this.#members(section, place);
      } else if (cursor.take(/\}\s*$/y) === undefined) {
        this.#member(section, place);
        this.#endValue(",;}");
      }
    }
    return section;
  }

  #within(section: Section, { scope, depth }: Place): Place {
    return { scope: [...scope, section], depth: this.#deeper(depth) };
  }

  #deeper(depth: number): number {
    if (depth >= DEEPEST) {
      this.#cursor.fail(`more than ${DEEPEST} things stand in each other`);
    }
    return depth + 1;
  }

  /** Reads what stands in braces, of which the first is read already. */
  #members(section: Section, place: Place): void {
    while (!this.#closes("}")) {
      // Where a key stands at the top of a file, the server takes this for the beginning of one.
      if (place.scope.length > 1 && this.#cursor.sees("]")) {
        this.#cursor.fail("a ] stands where a key should");
      }
      this.#member(section, place);
      this.#endValue(",;", "}");
    }
  }

  /** Reads a key and its value, or an include. */
  #member(section: Section, place: Place): void {
    const key = this.#key();
    if (key === undefined) {
      section.include(this.#included(place));
    } else {
      this.#separator(place);
      section.set(key, this.#value(place));
    }
  }

  /** Reads a key; undefined when it is the word that includes a file. */
  #key(): string | undefined {
    const cursor = this.#cursor;
    const quote = ["'", '"'].find((mark) => cursor.skips(mark));
    const key = quote === undefined ? this.#bareKey() : literalText(cursor, quote);
    return quote === undefined && key.toLowerCase() === "include" && isSpace(cursor.char) ? undefined : key;
  }

  /** Moves to the value of a key: behind white space, and behind `:` or `=`, which can be left out. */
  #separator({ scope }: Place): void {
    const cursor = this.#cursor;
    cursor.until((char) => !isSpace(char));
    if (cursor.skips(":") || cursor.skips("=")) {
      const atTop = scope.length === 1;
      cursor.until((char) => (atTop ? !BLANKS.includes(char) : !isSpace(char)));
    }
  }

  #bareKey(): string {
    const key = this.#cursor.until((char) => isSpace(char) || SEPARATORS.includes(char));
    if (/^(\/|$)/.test(key)) {
      this.#cursor.fail("a key is missing");
    }
    return key;
  }

  #included({ depth }: Place): Section {
    const cursor = this.#cursor;
    cursor.until((char) => !BLANKS.includes(char));
    const quote = ["'", '"'].find((mark) => cursor.skips(mark));
    const path = quote === undefined ? this.#barePath() : literalText(cursor, quote);
    const source = this.#surroundings.include(path, cursor.file);
    const place = { scope: [], depth: this.#deeper(depth) };
    return new Parser(source, this.#surroundings, place, this.#asked).parse();
  }

  #barePath(): string {
    const path = this.#cursor.until((char) => `${LINE_ENDS}${BLANKS};}'`.includes(char));
    this.#cursor.skips("'");
    if (/^([[{(\\\d-]|$)/.test(path)) {
      this.#cursor.fail("the name of an included file needs quotes");
    }
    return path;
  }

  #value(place: Place): ConfigValue {
    const cursor = this.#cursor;
    if (cursor.skips("[")) {
      return this.#list({ ...place, depth: this.#deeper(place.depth) });
    }
    if (cursor.skips("{")) {
      const section = new Section();
      this.#members(section, this.#within(section, place));
      return section;
    }
    const scalar = this.#scalar(place);
    return "variable" in scalar ? this.#variable(scalar.variable, place) : scalar.value;
  }

  #scalar({ scope }: Place): Scalar {
    const cursor = this.#cursor;
    if (cursor.skips('"')) {
      return { value: quotedText(cursor) };
    }
    if (cursor.skips("'")) {
      return { value: literalText(cursor, "'") };
    }
    if (cursor.skips("(")) {
      return { value: blockText(cursor) };
    }
    // What ends a value is the end of an empty text for the server, where nothing else is meant by it.
    if (cursor.atEnd || (scope.length === 1 ? ".\n\r" : ".\n\r,}").includes(cursor.char)) {
      cursor.fail("a value is missing");
    }
    return /^[-\d]/.test(cursor.char) ? numberOrText(cursor) : bareScalar(cursor);
  }

  /** Reads what stands in brackets, of which the first is read already. */
  #list(place: Place): ConfigValue[] {
    const list: ConfigValue[] = [];
    while (!this.#closes("]")) {
      if (this.#cursor.sees(",")) {
        this.#cursor.fail("a value is missing");
      }
      list.push(this.#value(place));
      this.#endValue(",", "]");
    }
    return list;
  }

  /** Moves to the next thing in brackets or braces, or behind what closes them, and says whether it did that. */
  #closes(mark: string): boolean {
    if (this.#cursor.endsBehindSpace()) {
      this.#cursor.fail(`a ${mark} is missing`);
    }
    return this.#cursor.skips(mark);
  }

  /** Moves behind what separates a value from the next: a line end, or a mark; or before what closes what is around it. */
  #endValue(marks: string, close?: string): void {
    const cursor = this.#cursor;
    cursor.skipBlanks();
    if (cursor.atEnd || (close !== undefined && cursor.sees(close))) {
      return;
    }
    if (!`${LINE_ENDS}${marks}`.includes(cursor.char)) {
      cursor.fail("a line end or a comma is missing behind a value");
    }
    cursor.next();
  }

  /** The value of a variable: of a key around it, the innermost first, or of the environment. */
  #variable(name: string, { scope }: Place): ConfigValue {
    if (name.startsWith(BCRYPT)) {
      return `$${name}`;
    }
    const section = scope.findLast((around) => around.get(name) !== undefined);
    section?.noteVariable(name);
    return section?.get(name) ?? this.#environmentValue(name);
  }

  /** A value of the environment is written in the same language. */
  #environmentValue(name: string): ConfigValue {
    const text = this.#surroundings.environment(name);
    if (text === undefined || this.#asked.includes(name)) {
      this.#cursor.fail(`the variable ${name} is not set`);
    }
    const source = { file: `the variable ${name}`, text: `value=${text}` };
    const place = { scope: [], depth: 0 };
    const parsed = new Parser(source, this.#surroundings, place, [...this.#asked, name]).parse();
    return parsed.get("value") ?? this.#cursor.fail(`the variable ${name} has no value`);
  }
}
