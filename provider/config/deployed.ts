import { type Entry, parseConfig, parseEntries, type IncludedFiles, type ConfigSource } from "../language/parse";
import { Section, type ConfigValue } from "../language/section";
import { PROTOCOL_NAMES, PROTOCOL_PORT } from "../model/cluster/protocols";
import type { Mode } from "../model/cluster/servers";
import { parseDuration } from "../model/form/quantities";
import { Unreadable } from "../diagnostics/unreadable";
import { PROTOCOL_BLOCK } from "./protocols";
/**
 * Configurations of deployed servers: a state or a disk has only their text, which somebody may have edited. It is read with
 * the parser of the configuration language, so that its formatting does not matter.
 */

/** Included files and variables do not matter here, and may not be at hand. */
const UNKNOWN: IncludedFiles = {
  include: (path) => ({ file: path, text: "" }),
  environment: () => '""',
};

/** The last configurations that were parsed, the latest first: an update reads each several times, and some have thousands of users. */
const parsed: { readonly config: string; readonly section: Section }[] = [];
const MAX_PARSED = 4;

/** The settings of a deployed configuration; none where it cannot be parsed. */
export function deployedSection(config: string): Section {
  const known = parsed.find((one) => one.config === config);
  if (known !== undefined) {
    return known.section;
  }
  const section = unlessUnreadable(() => parseConfig(sourceOf(config), UNKNOWN), new Section());
  parsed.unshift({ config, section });
  parsed.splice(MAX_PARSED);
  return section;
}

/** The settings of a deployed configuration with their positions in the text; none where it cannot be parsed. */
export function deployedEntries(config: string): readonly Entry[] {
  return unlessUnreadable(() => parseEntries(sourceOf(config), UNKNOWN), []);
}

function sourceOf(text: string): ConfigSource {
  return { file: "deployed configuration", text };
}

function unlessUnreadable<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) {
      return otherwise;
    }
    throw error;
  }
}

/** The value of an option: nats-server ignores the case of their names. */
export function optionIn(section: Section, name: string): ConfigValue | undefined {
  return section.entries().findLast(([key]) => key.toLowerCase() === name)?.[1];
}

/** The names of the accounts in a deployed configuration: public keys, where this package rendered it. */
export function accountsIn(config: string): string[] {
  const section = deployedSection(config);
  return ["accounts", "resolver_preload"].flatMap((key) => {
    const accounts = optionIn(section, key);
    return accounts instanceof Section ? accounts.entries().map(([name]) => name) : [];
  });
}

/** The mode of the server of a deployed configuration: only a server in operator mode trusts an operator. */
export function modeIn(config: string): Mode {
  // Most configurations are not parsed for this: they can be long.
  const isPossible = /^\s*["']?operator\b/im.test(config);
  return isPossible && optionIn(deployedSection(config), "operator") !== undefined ? "operator" : "static";
}

/** The account JWTs in a deployed configuration, by public key. */
export function deployedTokens(config: string): (readonly [publicKey: string, token: string])[] {
  const preload = optionIn(deployedSection(config), "resolver_preload");
  return preload instanceof Section
    ? preload.entries().flatMap(([key, token]) => (typeof token === "string" ? [[key, token] as const] : []))
    : [];
}

/** The accounts in a deployed static configuration: public key, name and settings. The name is a comment above the account. */
export function deployedAccounts(config: string): (readonly [publicKey: string, name: string, account: Section])[] {
  const accounts = deployedEntries(config).findLast(({ key }) => key?.toLowerCase() === "accounts");
  return (accounts?.entries ?? []).flatMap(({ key, value, comments }) =>
    key !== undefined && value instanceof Section ? [[key, comments[0] ?? key, value] as const] : [],
  );
}

/** The system account of a deployed configuration. */
export function systemAccountIn(config: string): string | undefined {
  const account = optionIn(deployedSection(config), "system_account");
  return typeof account === "string" ? account : undefined;
}

/** The name of the cluster in a deployed configuration. */
export function clusterNameIn(config: string): string | undefined {
  const cluster = optionIn(deployedSection(config), "cluster");
  const name = cluster instanceof Section ? optionIn(cluster, "name") : undefined;
  return typeof name === "string" ? name : undefined;
}

/** The default of nats-server for `lame_duck_duration`, in nanoseconds. */
const LAME_DUCK_DURATION = 120e9;

/**
 * The milliseconds that the server of a deployed configuration takes to disconnect its clients in lame duck mode; undefined if the
 * configuration sets nothing about it.
 */
export function lameDuckTimeIn(config: string): number | undefined {
  // Most configurations are not parsed for this: they can be long.
  if (!/lame_duck/i.test(config)) {
    return undefined;
  }
  const section = deployedSection(config);
  const [whole, grace] = ["lame_duck_duration", "lame_duck_grace_period"].map((name) => optionIn(section, name));
  const nanoseconds = typeof whole === "string" ? parseDuration(whole) : undefined;
  return whole === undefined && grace === undefined ? undefined : (nanoseconds ?? LAME_DUCK_DURATION) / 1e6;
}

/** The ports that the server of a deployed configuration listens on. */
export function portsIn(config: string): number[] {
  return Object.values(portsByArgumentIn(config));
}

/** The ports that the server of a deployed configuration listens on, by the argument that sets each, such as `clientPort`. */
export function portsByArgumentIn(config: string): Readonly<Record<string, number>> {
  const section = deployedSection(config);
  const inBlock = (name: string) => {
    const block = optionIn(section, name);
    return block instanceof Section ? optionIn(block, "port") : undefined;
  };
  const options: readonly (readonly [string, ConfigValue | undefined])[] = [
    ["clientPort", optionIn(section, "port")],
    ["monitoringPort", optionIn(section, "http") ?? optionIn(section, "https")],
    ["clusterPort", inBlock("cluster")],
    ...PROTOCOL_NAMES.map((protocol) => [PROTOCOL_PORT[protocol], inBlock(PROTOCOL_BLOCK[protocol])] as const),
  ];
  const ports = options.flatMap(([argument, value]) => {
    const port = portOf(value);
    return port === undefined ? [] : [[argument, port] as const];
  });
  return Object.fromEntries(ports);
}

/** The port of a number, or of an address such as `"0.0.0.0:8222"`. */
function portOf(value: unknown): number | undefined {
  const port = typeof value === "string" ? Number(value.slice(value.lastIndexOf(":") + 1) || NaN) : value;
  return typeof port === "number" && Number.isInteger(port) ? port : undefined;
}

/** The port on which the server of a deployed configuration accepts clients. */
export function clientPortIn(config: string): number | undefined {
  return portOf(optionIn(deployedSection(config), "port"));
}

/** How clients connect to a server with TLS. */
export interface DeployedClientTls {
  /** True if the handshake must precede the first protocol message. */
  readonly isFirst: boolean;
}

/** How clients connect to the server of a deployed configuration; undefined without TLS. */
export function clientTlsIn(config: string): DeployedClientTls | undefined {
  // Most configurations are not parsed for this: they can be long.
  const tls = /^tls\b/m.test(config) ? optionIn(deployedSection(config), "tls") : undefined;
  return tls instanceof Section ? { isFirst: optionIn(tls, "handshake_first") === true } : undefined;
}
