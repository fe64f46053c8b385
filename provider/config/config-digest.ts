import { createHash } from "node:crypto";
import { posix } from "node:path";
import { Unreadable } from "../diagnostics/unreadable";
import { parseConfig } from "../language/parse";
import { Section, type ConfigValue } from "../language/section";
import { getOwn } from "../model/form/order";

/**
 * Returns the digest by which a server reports a configuration of these files: that of `config_digest`, and of
 * `nats-server -t`.
 *
 * @param files texts by path; the first one is the configuration, which includes the others
 * @param environment environment variables of the server to which the configuration refers
 * @throws Unreadable when a text cannot be parsed, or a file or variable is missing
 */
export function digestOfFiles(
  files: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): string {
  const [main = "nats.conf"] = Object.keys(files);
  const read = (file: string) => ({ file, text: getOwn(files, file) ?? missing(file) });
  return configDigest(
    parseConfig(read(main), {
      include: (path, from) => read(posix.join(posix.dirname(from), path)),
      environment: (name) => getOwn(environment, name),
    }),
  );
}

function missing(file: string): never {
  throw new Unreadable(file, { code: "NA3005", problem: "is missing", remedy: "Add the text of this included file." });
}

/** The digest by which nats-server names a configuration: of its values as Go writes them in JSON, keys sorted. */
export function configDigest(section: Section): string {
  return `sha256:${createHash("sha256")
    .update(`${goJson(section)}\n`)
    .digest("hex")}`;
}

function goJson(value: ConfigValue): string {
  if (value instanceof Section) {
    const entries = value.entries().sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    return `{${entries.map(([key, member]) => `${goText(key)}:${goJson(member)}`).join(",")}}`;
  }
  if (typeof value === "string") {
    return goText(value);
  }
  return typeof value === "object" ? `[${value.map(goJson).join(",")}]` : String(value);
}

/** A text in JSON as Go writes it: with escapes for what HTML would take for markup, and for odd line ends. */
function goText(text: string): string {
  const escape = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escape);
}
