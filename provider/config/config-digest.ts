import { createHash } from "node:crypto";
import { parseConfig } from "../language/parse";
import { Section, type ConfigValue } from "../language/section";

/**
 * Returns the digest by which a server reports a configuration of these files.
 *
 * @param files texts by file name; the first one is the configuration, which includes the others
 */
export function digestOfFiles(files: Readonly<Record<string, string>>): string {
  const [main = "nats.conf"] = Object.keys(files);
  const read = (file: string) => ({ file, text: files[file] ?? "" });
  return configDigest(
    parseConfig(read(main), {
      include: (path) => read(path.replace(/^\.\//, "")),
      environment: () => undefined,
    }),
  );
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
