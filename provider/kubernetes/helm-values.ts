import { diagnose, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { parseConfig } from "../language/parse";
import { Section, type ConfigValue } from "../language/section";

/** An object in the values of a Helm chart: texts, numbers, booleans, lists and objects. */
export type HelmObject = Readonly<Record<string, unknown>>;

/** Values of the chart's `config`. */
export interface HelmConfig {
  /** Settings that are added to the configuration. */
  readonly merge: HelmObject;
  /** Values for JetStream; undefined without. */
  readonly jetstream?: HelmObject;
}

/** Settings that the chart writes itself, from values of their own. */
const OF_CHART: readonly string[] = ["server_name", "host", "port", "cluster"];

/** Parses a whole configuration of this package. Included files are left out. */
export function parseRendered(config: string): Section {
  const include = (file: string) => ({ file, text: "" });
  return parseConfig({ file: "nats.conf", text: config }, { include, environment: () => undefined });
}

/** Returns the values for a whole configuration. The chart writes names, addresses, ports and routes itself. */
export function toHelmConfig(section: Section): HelmConfig {
  const all = new Map(section.entries());
  const [storage, folder] = [all.get("jetstream"), all.get("store_dir")];
  const others = [...all].filter(([key]) => ![...OF_CHART, "jetstream", "store_dir"].includes(key));
  const merge = Object.fromEntries(others.map(([key, value]) => [key, toHelmValue(value)]));
  return storage === undefined ? { merge } : { merge, jetstream: jetstreamValues(storage, folder) };
}

/** The size in bytes of the volume that the chart creates by default. */
const DEFAULT_VOLUME = 10n * 1024n ** 3n;

function jetstreamValues(storage: ConfigValue, folder: ConfigValue | undefined): HelmObject {
  const limit = storage instanceof Section ? storage.get("max_file_store") : undefined;
  // Kubernetes does not resize the volumes of a StatefulSet: one that is large enough stays.
  const isLarge = isNumber(limit) && BigInt(limit) > DEFAULT_VOLUME;
  return {
    enabled: true,
    fileStore: {
      enabled: true,
      ...(typeof folder === "string" ? { dir: folder } : {}),
      ...(isLarge ? { pvc: { size: String(limit) } } : {}),
    },
    ...(storage instanceof Section ? { merge: toHelmObject(storage) } : {}),
  };
}

function isNumber(value: ConfigValue | undefined): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Returns a block of a configuration as values. */
export function toHelmObject(section: Section): HelmObject {
  return Object.fromEntries(section.entries().map(([key, value]) => [key, toHelmValue(value)]));
}

function toHelmValue(value: ConfigValue): unknown {
  if (value instanceof Section) {
    return toHelmObject(value);
  }
  if (typeof value === "bigint") {
    // A number in JSON would lose digits.
    return unquoted(String(value));
  }
  return typeof value === "object" ? value.map(toHelmValue) : value;
}

/** A text that the chart writes without quotes. */
function unquoted(text: string): string {
  return `<< ${text} >>`;
}

/** The most bytes of a ConfigMap. */
const MAX_CONFIG_MAP = 1_048_576;
/** Bytes for what the chart adds to the configuration. */
const OF_OTHERS = 4_096;

/** Checks that the configuration fits into a ConfigMap. */
export function helmSizeDiagnostics(section: Section): Diagnostic[] {
  // The chart writes the configuration with this indentation.
  const size = Buffer.byteLength(JSON.stringify(toHelmConfig(section).merge, undefined, 2)) + OF_OTHERS;
  const limit = `a ConfigMap has at most ${MAX_CONFIG_MAP.toLocaleString("en")}`;
  return diagnose({
    code: "NA2106",
    path: "config",
    problem: size > MAX_CONFIG_MAP ? `has ${size.toLocaleString("en")} bytes; ${limit}` : undefined,
    remedy:
      "Use operator mode, which has no users in the configuration, or rotate the keys of roles with many revocations.",
  });
}

/** Keys that the chart executes as templates. */
const TEMPLATES: readonly string[] = ["$tplYaml", "$tplYamlSpread"];
// oxlint-disable-next-line no-control-regex -- JSON writes some as escapes that nats-server does not read; YAML does not contain the others
const UNREADABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/;
/** What the chart writes without quotes starts with this, after a quote. */
const UNQUOTED = /(?:^|")<<\s/;

/** Finds keys and texts of a configuration that the chart would change. @param path the path of the value */
export function helmDiagnostics(value: ConfigValue, path = ""): Diagnostic[] {
  if (value instanceof Section) {
    return value
      .entries()
      .flatMap(([key, member]) => [
        ...problem(keyPath(path, key), keyProblem(key)),
        ...helmDiagnostics(member, keyPath(path, key)),
      ]);
  }
  if (typeof value === "object") {
    return value.flatMap((element, index) => helmDiagnostics(element, `${path}[${index}]`));
  }
  return typeof value === "string" ? problem(path, textProblem(value)) : [];
}

function keyProblem(key: string): string | undefined {
  const isSpecial = TEMPLATES.includes(key) || key.endsWith("$include");
  return isSpecial || /["\\]/.test(key) || UNQUOTED.test(key) || UNREADABLE.test(key)
    ? "is a key that the chart cannot render"
    : undefined;
}

function textProblem(text: string): string | undefined {
  return UNQUOTED.test(text) || UNREADABLE.test(text) ? "is a value that the chart cannot render" : undefined;
}

function problem(path: string, found: string | undefined): Diagnostic[] {
  const remedy = "Use another name or subject, or include the configuration as a file.";
  return found === undefined ? [] : [{ code: "NA2104", path, problem: found, remedy }];
}
