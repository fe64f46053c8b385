import { diagnose, keyPath, type Diagnostic } from "../diagnostics/diagnostic";
import { Unreadable } from "../diagnostics/unreadable";
import { parseConfig, parseEntries, type ConfigSource, type Entry, type IncludedFiles } from "../language/parse";
import { Section, type ConfigValue } from "../language/section";
import { sortBy } from "../model/form/order";
import { block, element, enclosed, line, list, type Line, type Lines, renderText } from "./lines";
import { quote, quotedKey } from "./syntax";
/*
 * Options of nats-server that a program adds to the configurations of its servers. They are parsed, and rendered from the parsed
 * values: comments and formatting do not matter, and no text of the program is copied into a configuration.
 */

/** An option of nats-server that programs cannot add, and what to do. */
interface Rejected {
  readonly options: readonly string[];
  readonly problem: string;
  readonly remedy: string;
}

const ARGUMENT = "has an argument of its own";

/** Options that the arguments of a program render, each with the argument. Names as nats-server's `processConfigFileLine` has them. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  max_payload: "maxPayload",
  max_connections: "maxConnections",
  max_conn: "maxConnections",
  max_control_line: "maxControlLine",
  max_subscriptions: "maxSubscriptions",
  max_subs: "maxSubscriptions",
  max_pending: "maxPending",
  ping_interval: "pingInterval",
  ping_max: "pingMax",
  write_deadline: "writeDeadline",
  lame_duck_duration: "lameDuckDuration",
  lame_duck_grace_period: "lameDuckGracePeriod",
  server_tags: "serverTags",
  debug: "debug",
  trace: "trace",
  trace_verbose: "trace",
  trace_headers: "trace",
  logtime_utc: "logtimeUtc",
  http_base_path: "monitoringBasePath",
};

const REJECTED: readonly Rejected[] = [
  {
    options: [
      ...["accounts", "authorization", "mappings", "maps", "no_auth_user", "default_sentinel", "default_js_domain"],
      ...["operator", "operators", "root", "roots", "root_operator", "root_operators", "trusted", "trusted_keys"],
      ...["resolver", "account_resolver", "accounts_resolver", "resolver_preload", "resolver_pinned_accounts"],
      ...["resolver_tls", "system_account", "system", "no_system_account", "no_system", "no_sys_acc"],
    ],
    problem: "decides who may log in or what clients may do, which the operator and the accounts determine",
    remedy: "Use the arguments of `Operator` and `Account`.",
  },
  {
    options: ["listen", "host", "net", "port", "server_name", "cluster"],
    problem: "is a name, an address, a port or a route of the server, which the cluster determines",
    remedy: "Use `clusterName`, `bindAddress`, `clusterAddress` and the ports of the server.",
  },
  {
    options: ["http", "http_port", "monitor_port", "https", "https_port"],
    problem: "opens a port for monitoring",
    remedy: "Use `monitoringPort` and `monitoringAddress`, and `tls` for HTTPS.",
  },
  {
    options: ["jetstream", "store_dir", "storedir"],
    problem: "configures JetStream, which the cluster determines",
    remedy: "Use `jetstream`.",
  },
  {
    options: ["proxies", "proxy_protocol"],
    problem: "decides which proxies the server trusts",
    remedy: "Use `trustedProxies`.",
  },
  {
    options: [
      ...["log_file", "logfile", "logfile_size_limit", "log_size_limit", "logfile_max_num", "log_max_num"],
      ...["syslog", "remote_syslog", "logtime", "pid_file", "pidfile", "ports_file_dir"],
    ],
    problem: "changes the log or other files of the server; updates read from the log whether the server is ready",
    remedy: "Remove it.",
  },
  {
    options: ["tls", "allow_non_tls"],
    problem: "configures TLS, which has an argument of its own",
    remedy: "Use `tls`.",
  },
  {
    options: ["ocsp", "ocsp_cache"],
    problem: "configures OCSP, which is not supported",
    remedy: "Remove it.",
  },
  {
    options: ["websocket", "ws", "mqtt", "leafnodes", "leaf"],
    problem: "configures a kind of connection that has arguments of its own",
    remedy: "Use `leafNodePort`, `websocketPort` and `mqttPort` of a server, their settings, and `remotes`.",
  },
  {
    options: ["gateway", "prof_port"],
    problem: "opens a port for connections that the accounts and the verification do not cover",
    remedy: "Remove it, or run a separate server for these connections.",
  },
  { options: ["include"], problem: "refers to a file that the server does not have", remedy: "Add its content." },
];

const REJECTIONS: ReadonlyMap<string, Omit<Rejected, "options">> = new Map([
  ...REJECTED.flatMap(({ options, ...why }) => options.map((option) => [option, why] as const)),
  ...Object.entries(ARGUMENTS).map(
    ([option, argument]) => [option, { problem: ARGUMENT, remedy: `Use \`${argument}\`.` }] as const,
  ),
]);

/** The names of all options that programs cannot add, in lower case. */
export const REJECTED_OPTIONS: readonly string[] = [...REJECTIONS.keys()];

/** Returns the setting that renders an option; undefined if there is none. */
export function settingForOption(option: string): string | undefined {
  return Object.hasOwn(ARGUMENTS, option) ? ARGUMENTS[option] : undefined;
}

/** Returns whether `extra` accepts an option. */
export function isExtraOption(option: string): boolean {
  return !REJECTIONS.has(option.toLowerCase());
}

/** Options with two names. */
const SYNONYMS: Readonly<Record<string, string>> = {
  no_sublist_cache: "disable_sublist_cache",
  max_subscription_tokens: "max_sub_tokens",
};

/** The options that nats-server 2.15.2 applies when it reloads (`diffOptions`). It rejects a reload that changes another one. */
export const RELOADED_OPTIONS: readonly string[] = [
  "client_advertise",
  "connect_error_reports",
  "max_traced_msg_len",
  "no_fast_producer_stall",
  "prof_block_rate",
  "reconnect_error_reports",
  "server_metadata",
];

/** Finds problems of additional options; paths start at the text. Values are not shown, because they can be secrets. */
export function extraDiagnostics(text: string): Diagnostic[] {
  const includes: string[] = [];
  try {
    const entries = parse(text, includes);
    const section = parseConfig(...sourceOf(text, []));
    return [
      ...(includes.length === 0 ? [] : rejection("include")),
      ...entries.flatMap(({ key = "" }) => rejection(key)),
      ...repeatedDiagnostics(entries),
      ...entries.flatMap(({ key = "" }) => variableDiagnostics(key, section)),
      ...entries.flatMap(({ key = "", value }) => memberDiagnostics("", key, value)),
    ];
  } catch (error) {
    if (error instanceof Unreadable) {
      const problem = `is not a valid configuration: ${error.origin}: ${error.problem}`;
      return [{ code: "NA1790", path: "", problem, remedy: "Correct the syntax." }];
    }
    throw error;
  }
}

function parse(text: string, includes: string[] = []): readonly Entry[] {
  return parseEntries(...sourceOf(text, includes));
}

/** @param includes receives the path of each included file */
function sourceOf(text: string, includes: string[]): [ConfigSource, IncludedFiles] {
  const include: IncludedFiles["include"] = (path, file) => {
    includes.push(path);
    return { file, text: "" };
  };
  return [
    { file: "extra", text },
    { include, environment: () => undefined },
  ];
}

function variableDiagnostics(key: string, section: Section): Diagnostic[] {
  const problem = section.isVariable(key) ? "is used as a variable, which is not supported" : undefined;
  return diagnose({ code: "NA1790", path: keyPath("", key), problem, remedy: "Repeat its value where it is used." });
}

function rejection(key: string): Diagnostic[] {
  const found = REJECTIONS.get(key.toLowerCase());
  return found === undefined ? [] : [{ code: "NA1791", path: keyPath("", key), ...found }];
}

/** nats-server applies options in no particular order, so a repeated option has either value. */
function repeatedDiagnostics(entries: readonly Entry[]): Diagnostic[] {
  const names = entries.map(({ key = "" }) => nameOf(key));
  return entries.flatMap(({ key = "" }, index) => {
    const isRepeated = names.indexOf(names[index] ?? "") < index;
    const problem = isRepeated ? "is set twice; nats-server ignores the case of names" : undefined;
    return diagnose({ code: "NA1792", path: keyPath("", key), problem, remedy: "Remove one of them." });
  });
}

function nameOf(key: string): string {
  const name = key.toLowerCase();
  return Object.hasOwn(SYNONYMS, name) ? (SYNONYMS[name] ?? name) : name;
}

/** Parts of names of secrets: `password`, `auth_token`, `encryption_key`. */
const SECRET_WORDS: readonly string[] = [
  ...["pass", "password", "passwd", "passphrase", "token", "secret"],
  ...["seed", "creds", "credentials", "key", "ek", "jwt"],
];

/** Seeds, private keys, JWTs, hashes of passwords, and URLs with user information. */
const SECRET_VALUE =
  /(?<![A-Z2-7])S[OAUNCX][A-Z2-7]{20,}|-----BEGIN|\beyJ[\w-]+\.[\w-]+\.[\w-]+|\$2[aby]\$|[A-Za-z][\w+.-]*:\/\/[^\s/]*@/;

/** Finds secrets and names that cannot be rendered, at any depth. */
function memberDiagnostics(around: string, key: string, value: ConfigValue): Diagnostic[] {
  const path = keyPath(around, key);
  const isSecret = key
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .some((word) => SECRET_WORDS.includes(word));
  return [
    ...diagnose({
      code: "NA1790",
      path: around,
      problem: INVALID_NAME.test(key) ? UNSUPPORTED_NAME : undefined,
      remedy: "Correct the name.",
    }),
    ...(isSecret || SECRET_VALUE.test(key) ? secretAt(isSecret ? path : around) : valueDiagnostics(path, value)),
  ];
}

/** Names without text, with control characters, and with both kinds of quotes: names have no escapes. */
const INVALID_NAME = /^$|\p{Cc}|".*'|'.*"/u;
const UNSUPPORTED_NAME = "contains an empty name, or a name with control characters or with both kinds of quotes";

function valueDiagnostics(path: string, value: ConfigValue): Diagnostic[] {
  if (value instanceof Section) {
    return value.entries().flatMap(([key, member]) => memberDiagnostics(path, key, member));
  }
  if (isList(value)) {
    return value.flatMap((item, index) => valueDiagnostics(`${path}[${index}]`, item));
  }
  return typeof value === "string" && SECRET_VALUE.test(value) ? secretAt(path) : [];
}

function secretAt(path: string): Diagnostic[] {
  const problem = "may be a secret, which would be plain text in the configuration of the server and in the state";
  return [{ code: "NA1793", path, problem, remedy: "Remove it, or rename the property if it contains no secret." }];
}

/** Renders options that have no problems, sorted by name. */
export function extraLines(text: string): Lines {
  return renderEntries(parse(text));
}

/** Returns those of some options that nats-server applies only when it starts, rendered; undefined if there are none. */
export function keepRestarting(text: string): string | undefined {
  const kept = parse(text).filter(({ key = "" }) => !RELOADED_OPTIONS.includes(nameOf(key)));
  return kept.length === 0 ? undefined : renderText([renderEntries(kept)]);
}

function renderEntries(entries: readonly Entry[]): Lines {
  const sorted = sortBy(entries, ({ key = "" }) => nameOf(key));
  return sorted.flatMap(({ key = "", value }) => memberLines(key.toLowerCase(), value));
}

function memberLines(key: string, value: ConfigValue): Lines {
  const name = keyText(key);
  if (value instanceof Section) {
    const members = sortBy(value.entries(), ([own]) => own).flatMap(([own, member]) => memberLines(own, member));
    return members.length === 0 ? [withOrigin(`${name} {}`, key)] : block(name, members, [key]);
  }
  if (isList(value)) {
    const items = value.flatMap(itemLines);
    return items.length === 0 ? [withOrigin(`${name}: []`, key)] : list(name, items, [key]);
  }
  return [withOrigin(`${name}: ${scalarText(value)}`, key)];
}

function itemLines(value: ConfigValue): Lines {
  if (value instanceof Section) {
    const members = sortBy(value.entries(), ([own]) => own).flatMap(([own, member]) => memberLines(own, member));
    return members.length === 0 ? [line("{}")] : element(members, "braces");
  }
  if (isList(value)) {
    const items = value.flatMap(itemLines);
    return items.length === 0 ? [line("[]")] : enclosed("[", items, "]");
  }
  return [line(scalarText(value))];
}

function withOrigin(text: string, origin: string): Line {
  return { text, origin: [origin] };
}

/** A name without quotes where the server cannot misread it. */
function keyText(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) && key.toLowerCase() !== "include" ? key : quotedKey(key);
}

function scalarText(value: string | number | bigint | boolean): string {
  if (typeof value === "string") {
    return quote(value);
  }
  const text = String(value);
  // The language has no exponents. Whole numbers of this size were fractions in the text: others are big integers.
  return typeof value !== "number" || !text.includes("e")
    ? text
    : Number.isInteger(value)
      ? `${BigInt(value)}.0`
      : value.toFixed(MAX_DIGITS);
}

/** The largest number of digits that JavaScript formats. */
const MAX_DIGITS = 100;

function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}
