import { commentText, inline, quote, type Scalar, setting as settingText } from "./syntax";

/** A line of a configuration, without its line end. */
export interface Line {
  readonly text: string;
  /**
   * The part of the program that the line comes from, outermost name first: `account "A"`, `exports`, `service "orders"`.
   * A line is rendered with the innermost name; each block around it adds its own in front.
   */
  readonly origin: readonly string[];
}

/** Lines that are a part of something, each with its names in front of its own, indented or not. */
interface Part {
  /** Not empty. May be a getter: those of thousands of users are not all kept. */
  readonly lines: Lines;
  readonly origin: readonly string[];
  readonly indent: string;
}

/** Lines in order. They are joined once, at the end: a line of a large configuration is in several parts. */
export type Lines = readonly (Line | Part)[];

/** Lists up to this width are rendered on one line. */
const LINE_WIDTH = 100;

/**
 * How each property of a type is rendered in a configuration. The compiler requires an entry for every property of the model;
 * the order of the entries is the order of the lines.
 *
 * An entry receives the property, the object it belongs to, and the context of the rendering.
 */
export type LineTable<T, Context = undefined> = {
  readonly [Key in keyof T]-?: (value: T[Key], whole: T, context: Context) => Lines;
};

/** Renders nothing: another entry renders the property, or the language has no setting for it. Each use gives its reason. */
export function noLines(): Lines {
  return [];
}

/** Renders a property as one setting, or as none where it is undefined. */
export function settingOf(key: string): (value: Scalar | undefined) => Lines {
  return (value) => settings({ [key]: value });
}

/** The lines of an object, in the order of a table. */
export function linesOf<T extends object, Context>(table: LineTable<T, Context>, whole: T, context: Context): Lines {
  const lines: (Line | Part)[] = [];
  for (const key of renderedKeys(table)) {
    lines.push(...table[key](whole[key], whole, context));
  }
  return lines;
}

const renderedOf = new WeakMap<object, readonly string[]>();

/** Returns the keys of a table that are rendered. Entries of thousands of users are not. */
export function renderedKeys<T extends object>(table: T): readonly (keyof T)[] {
  let keys = renderedOf.get(table);
  if (keys === undefined) {
    keys = Object.keys(table).filter((key) => table[key as keyof T] !== noLines);
    renderedOf.set(table, keys);
  }
  return keys as readonly (keyof T)[];
}

/** A line of the block it is in. */
export function line(text: string): Line {
  return { text, origin: [] };
}

/** A comment about the next line. */
export function comment(text: string): Line {
  return line(`# ${commentText(text)}`);
}

/** One setting. */
export function setting(key: string, value: Scalar): Line {
  return { text: settingText(key, value), origin: [key] };
}

/** The settings whose values are defined. */
export function settings(values: Readonly<Record<string, Scalar | undefined>>): Line[] {
  return Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [setting(key, value)]));
}

/** A setting whose value is a map on one line; an empty one disappears. */
export function inlineSetting(key: string, parts: Lines): Line[] {
  return parts.length === 0 ? [] : [{ text: `${key}: ${inline(textsOf(parts))}`, origin: [key] }];
}

/**
 * A block in braces; an empty one disappears.
 *
 * @param origin what the program calls it, where that is not its key
 */
export function block(key: string, body: Lines, origin: readonly string[] = [key]): Lines {
  return body.length === 0 ? [] : within(origin, enclosed(`${key} {`, body, "}"));
}

/**
 * A list of blocks or of one-line maps; an empty one disappears.
 *
 * @param origin what the program calls it, where that is not its key
 */
export function list(key: string, elements: Lines, origin: readonly string[] = [key]): Lines {
  return elements.length === 0 ? [] : within(origin, enclosed(`${key}: [`, elements, "]"));
}

/** A map as an element of a list: on one line, or in braces. */
export function element(parts: Lines, style: "one line" | "braces"): Lines {
  return style === "one line" ? [line(inline(textsOf(parts)))] : enclosed("{", parts, "}");
}

/** A list of strings, on one line where it fits. */
export function texts(key: string, values: readonly string[] | undefined): Lines {
  if (values === undefined) {
    return [];
  }
  const quoted = values.map(quote);
  const text = `${key}: [${quoted.join(", ")}]`;
  return text.length <= LINE_WIDTH ? [{ text, origin: [key] }] : list(key, quoted.map(line));
}

/** Lines as parts of something in the program. */
export function within(origin: readonly string[], lines: Lines): Lines {
  return origin.length === 0 ? lines : [{ lines, origin, indent: "" }];
}

/** Lines as parts of something in the program that are rendered when they are read, each time. There must be some. */
export function withinLater(origin: readonly string[], render: () => Lines): Part {
  return {
    origin,
    indent: "",
    get lines() {
      return render();
    },
  };
}

/** Lines between two others, indented. */
export function enclosed(start: string, lines: Lines, end: string): Lines {
  return [line(start), { lines, origin: [], indent: "  " }, line(end)];
}

/** The texts of lines. */
export function textsOf(lines: Lines): string[] {
  const found: string[] = [];
  const add = (some: Lines, indent: string) => {
    for (const one of some) {
      if ("text" in one) {
        found.push(indent + one.text);
      } else {
        add(one.lines, indent + one.indent);
      }
    }
  };
  add(lines, "");
  return found;
}

/** The origins of lines. */
export function originsOf(lines: Lines): (readonly string[])[] {
  return lines.flatMap((one) =>
    "text" in one ? [one.origin] : originsOf(one.lines).map((origin) => [...one.origin, ...origin]),
  );
}

/** The text of sections, with an empty line between them. Empty sections disappear. */
export function renderText(sections: readonly Lines[]): string {
  return textOf(separated(sections));
}

/** Lines of sections, with an empty line between them. Empty sections disappear. */
export function separated(sections: readonly Lines[]): Lines {
  const present = sections.filter((section) => section.length > 0);
  return present.flatMap((section, index) => [...(index === 0 ? [] : [EMPTY]), ...section]);
}

const EMPTY: Line = { text: "", origin: [] };

/** The text of lines, each with its end. */
export function textOf(lines: Lines): string {
  return `${textsOf(lines).join("\n")}\n`;
}
