import { diagnose, joinPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { ListedAccount } from "../account/account";
import { isWellFormed } from "../account/account-checks";
import { LARGEST_LIMIT } from "../form/limit-values";
import { INVALID_SIZE, normalizeSize, parseDuration, parseSize, type Duration, type Size } from "../form/quantities";
import { anyValue, matching, stringShape } from "../form/shape";
import { sortUnique } from "../form/order";
import { normalizeTags, TAGS, tagsDiagnostics } from "../form/tags";
import { countSetting, durationSetting, flagSetting, SETTING_REMEDY } from "../form/setting-terms";
import { term, Terms, type Term } from "../form/terms";
import { accountPath, findHolders } from "./account-paths";
import type { Mode } from "./servers";

/**
 * Settings of a server that concern all of its connections: limits, timeouts, its log. They have the same effect in both modes.
 * A setting that is not set is left out of the configuration, so the default of nats-server applies.
 *
 * A change of some settings is reloaded, and disconnects no client unless its description states otherwise. A change of the
 * others replaces the servers, one at a time, and the preview shows it.
 */
export interface ServerSettings {
  /**
   * Maximum payload of a message (`max_payload`): a number of bytes, or a string such as `"8MiB"`. At most `maxPending`.
   * The limits of accounts and users apply, too. Reloaded; client libraries keep to the limit of the time at which they connected.
   *
   * @default 1 MiB
   */
  readonly maxPayload?: Size;
  /**
   * Maximum number of client connections of a server (`max_connections`). Monitoring and the verification of an update need
   * connections, too. Reloaded; a server that has more connections than a new limit closes some of them.
   *
   * @default 65,536
   */
  readonly maxConnections?: number;
  /**
   * Maximum length of a protocol line (`max_control_line`), including the one with which a client logs in: a number of bytes, or
   * a string such as `"8KiB"`. At least 4 KiB, because a login with a JWT needs as much. Reloaded.
   *
   * @default 4 KiB
   */
  readonly maxControlLine?: Size;
  /**
   * Maximum number of subscriptions of a connection (`max_subscriptions`). The limits of accounts and users apply, too. A change
   * restarts the servers.
   *
   * @default unlimited
   */
  readonly maxSubscriptions?: number;
  /**
   * Maximum amount of data that waits for a client (`max_pending`): a number of bytes, or a string such as `"128MiB"`. A server
   * disconnects clients that read too slowly. A change restarts the servers.
   *
   * @default 64 MiB
   */
  readonly maxPending?: Size;
  /**
   * How often a server pings idle connections (`ping_interval`): such as `"30s"`, or a number of seconds. Reloaded.
   *
   * @default 2 minutes
   */
  readonly pingInterval?: Duration;
  /**
   * Number of unanswered pings after which a server closes a connection (`ping_max`). Reloaded.
   *
   * @default 2
   */
  readonly pingMax?: number;
  /**
   * How long a server waits for the network to accept data for a client before it disconnects the client (`write_deadline`):
   * such as `"10s"`, or a number of seconds. Reloaded; connected clients keep the previous value.
   *
   * @default 10 seconds
   */
  readonly writeDeadline?: Duration;
  /**
   * Time in which a server that stops closes its connections, one after the other, in lame duck mode (`lame_duck_duration`):
   * such as `"1m"`, at least 30 seconds. An update that stops a server waits for it. A change restarts the servers.
   *
   * Clients that have no other server to connect to are disconnected for this time: set it only if there are several servers of
   * their mode.
   *
   * @default updates give the clients two seconds. A server that something else puts into lame duck mode takes 2 minutes
   */
  readonly lameDuckDuration?: Duration;
  /**
   * Time between the announcement of lame duck mode to clients and the first closed connection (`lame_duck_grace_period`). It is a
   * part of `lameDuckDuration`, and shorter. If only this one is set, an update that stops a server waits up to 2 minutes. A change
   * restarts the servers.
   *
   * @default 10 seconds of a `lameDuckDuration` that is set
   */
  readonly lameDuckGracePeriod?: Duration;
  /**
   * Tags of a server (`server_tags`), such as `"region:eu"`, by which streams and consumers choose their servers. nats-server converts
   * them to lower case. Reloaded. Streams stay where they are.
   *
   * @default none
   */
  readonly serverTags?: readonly string[];
  /**
   * Whether the log contains debug messages (`debug`). Reloaded.
   *
   * @default false
   */
  readonly debug?: boolean;
  /**
   * Whether the log contains the protocol messages of clients, with their payloads (`trace`). `"verbose"` includes those of the
   * system account (`trace_verbose`); `"headers"` leaves out payloads (`trace_headers`). The log then contains what clients send to
   * each other, and their JWTs. Reloaded.
   *
   * @default false
   */
  readonly trace?: boolean | "verbose" | "headers";
  /**
   * Whether times in the log are in UTC (`logtime_utc`). Reloaded.
   *
   * @default false: the time zone of the server
   */
  readonly logtimeUtc?: boolean;
  /**
   * Path under which the monitoring endpoints are (`http_base_path`), such as `"/nats"`. Requires a `monitoringPort`. A change restarts
   * the servers.
   *
   * @default "/"
   */
  readonly monitoringBasePath?: string;
  /**
   * Further options of nats-server, in the syntax of its configuration files. They are parsed, checked and rendered into the
   * configuration. Options that have an argument here, that decide who may log in, that open ports or that contain secrets are
   * rejected. A change restarts the servers, unless nats-server is known to reload each changed option.
   *
   * @default none
   * @example
   * ```ts
   * { extra: "max_closed_clients: 1000, no_fast_producer_stall: true" }
   * ```
   */
  readonly extra?: string;
}

const TRACES: readonly unknown[] = [true, false, "verbose", "headers"] satisfies ServerSettings["trace"][];

/** The longest control line that a login with a JWT needs: users, roles and tags are checked against it. */
const LEAST_CONTROL_LINE = 4_096;
const LEAST_LAME_DUCK = 30e9;

/** Defaults of nats-server that checks depend on. */
const DEFAULTS = { maxPayload: 2 ** 20, maxPending: 64 * 2 ** 20 } as const;
const LAME_DUCK_DURATION: Duration = "2m";

/** The size above which nats-server warns of payloads. */
const LARGE_PAYLOAD = 8 * 2 ** 20;

function size(largest: number, more: (bytes: number, value: Size) => Diagnostic[] = () => []): Term {
  const diagnostics = (value: Size) => {
    const bytes = parseSize(value);
    if (bytes === undefined) {
      return diagnose({ code: "NA1005", value, problem: INVALID_SIZE, remedy: SETTING_REMEDY });
    }
    const isValid = bytes >= 1 && bytes <= largest;
    const problem = isValid ? undefined : `must be from 1 to ${largest} bytes`;
    return isValid ? more(bytes, value) : diagnose({ code: "NA1008", value, problem, remedy: SETTING_REMEDY });
  };
  return term(anyValue, diagnostics, normalizeSize);
}

function controlLineDiagnostics(bytes: number, value: Size): Diagnostic[] {
  const problem =
    bytes < LEAST_CONTROL_LINE
      ? `is too short for logins with a JWT; it must be at least ${LEAST_CONTROL_LINE} bytes`
      : undefined;
  return diagnose({ code: "NA1784", value, problem, remedy: SETTING_REMEDY });
}

function lameDuckDiagnostics(nanoseconds: number, value: Duration): Diagnostic[] {
  const problem =
    nanoseconds < LEAST_LAME_DUCK ? "is rejected by nats-server; it must be at least 30 seconds" : undefined;
  return diagnose({ code: "NA1780", value, problem, remedy: SETTING_REMEDY });
}

/** Segments of letters, digits, hyphens, underscores, dots and tildes; not of dots alone. */
const BASE_PATH = /^(\/(?!\.+(\/|$))[\w.~-]+)+$/;

function basePathDiagnostics(value: string): Diagnostic[] {
  const problem = BASE_PATH.test(value)
    ? undefined
    : "is not a valid path: each part must begin with `/`, followed by letters, digits, `-`, `_`, `.` or `~`";
  return diagnose({ code: "NA1785", value, problem, remedy: 'Use a path such as "/nats".' });
}

/** The settings of a server. `extra` is checked where configurations are parsed. */
const TERMS = new Terms<ServerSettings>({
  maxPayload: size(LARGEST_LIMIT),
  maxConnections: countSetting(),
  maxControlLine: size(LARGEST_LIMIT, controlLineDiagnostics),
  maxSubscriptions: countSetting(),
  maxPending: size(Number.MAX_SAFE_INTEGER),
  pingInterval: durationSetting(),
  pingMax: countSetting(),
  writeDeadline: durationSetting(),
  lameDuckDuration: durationSetting(lameDuckDiagnostics),
  lameDuckGracePeriod: durationSetting(),
  serverTags: term(TAGS, tagsDiagnostics, (tags: readonly string[]) =>
    normalizeTags(tags.map((tag) => tag.toLowerCase())),
  ),
  debug: flagSetting,
  trace: term<NonNullable<ServerSettings["trace"]>>(
    matching('true, false, "verbose" or "headers"', "Use one of these values.", (value) => TRACES.includes(value)),
    () => [],
    (trace) => (trace === false ? undefined : trace),
  ),
  logtimeUtc: flagSetting,
  monitoringBasePath: term(stringShape, basePathDiagnostics),
  extra: term(stringShape, () => []),
});

/** The names of all settings. */
export const SETTING_NAMES = TERMS.names;

/** The shape of settings; {@link settingsDiagnostics} checks the values. */
export const SETTINGS_SHAPE = TERMS.keys;

/** Finds problems of settings, apart from `extra` and from those between several settings. */
export function settingsDiagnostics(settings: ServerSettings): Diagnostic[] {
  return TERMS.diagnostics(settings);
}

/** The settings of a server, and the arguments that contain them. */
export interface SettingsAt {
  /** Its settings, and those of the cluster that it does not replace. */
  readonly settings: ServerSettings;
  /** The path of its own settings. */
  readonly path: string;
  /** The names of its own settings. */
  readonly own: readonly string[];
}

/** The path of the settings of a cluster. */
export const CLUSTER_SETTINGS = "settings";

/** Returns the path of the argument that determines a setting of a server. */
export function settingPath({ path, own }: SettingsAt, name: keyof ServerSettings): string {
  return joinPath(own.includes(name) ? path : CLUSTER_SETTINGS, name);
}

/** Returns the settings of a server, normalized: its own ones, and those of the cluster that it does not replace. */
export function mergeSettings(cluster: ServerSettings = {}, own: ServerSettings = {}): ServerSettings {
  const merged = TERMS.each((name) => own[name] ?? cluster[name]);
  return TERMS.normalize(merged as ServerSettings);
}

/** Finds settings that nats-server rejects together. Malformed ones are reported elsewhere. */
export function combinedDiagnostics(server: SettingsAt): Diagnostic[] {
  const { settings } = server;
  const [payload, pending] = [bytesOf(settings, "maxPayload"), bytesOf(settings, "maxPending")];
  const [limited, limit] =
    settings.maxPayload === undefined
      ? (["maxPending", `must be at least \`maxPayload\` (${payload} bytes)`] as const)
      : (["maxPayload", `must be at most \`maxPending\` (${pending} bytes)`] as const);
  const { lameDuckGracePeriod: grace } = settings;
  const whole = timeOf(settings.lameDuckDuration ?? LAME_DUCK_DURATION);
  const isLonger = grace !== undefined && timeOf(grace) >= whole;
  return [
    ...diagnose({
      code: "NA1782",
      path: settingPath(server, limited),
      value: settings[limited],
      problem: payload > pending ? `${limit}, otherwise no client could receive the largest message` : undefined,
      remedy: "Reduce `maxPayload`, or raise `maxPending`.",
    }),
    ...diagnose({
      code: "NA1781",
      path: settingPath(server, "lameDuckGracePeriod"),
      value: grace,
      problem: isLonger ? `must be shorter than \`lameDuckDuration\` (${whole / 1e9} seconds)` : undefined,
      remedy: "Shorten it, or extend `lameDuckDuration`.",
    }),
  ];
}

function bytesOf(settings: ServerSettings, name: "maxPayload" | "maxPending"): number {
  const { [name]: value } = settings;
  return value === undefined ? DEFAULTS[name] : (parseSize(value) ?? NaN);
}

function timeOf(duration: Duration): number {
  return parseDuration(duration) ?? NaN;
}

/** Finds settings that work, but are discouraged. */
export function discouragedDiagnostics(server: SettingsAt): Diagnostic[] {
  const { settings } = server;
  return diagnose({
    code: "NA1783",
    path: settingPath(server, "maxPayload"),
    value: settings.maxPayload,
    problem:
      bytesOf(settings, "maxPayload") > LARGE_PAYLOAD
        ? "allows payloads above 8 MiB, which nats-server discourages: each message takes that much memory on every server and client"
        : undefined,
    remedy: "Split large messages, or store them in an object store of JetStream.",
  });
}

/** The limits of accounts and users that a setting of the server caps. */
const CAPS = [
  ["payload", "maxPayload"],
  ["subscriptions", "maxSubscriptions"],
] as const;

/** Finds limits of accounts, users and roles above a limit that the program sets for the servers: the smaller one applies. */
export function cappedLimitDiagnostics(accounts: readonly ListedAccount[], server: SettingsAt): Diagnostic[] {
  const holders = [
    ...accounts.flatMap((account, index) =>
      isWellFormed(account) ? [{ path: accountPath(account, index), limits: account.limits }] : [],
    ),
    ...findHolders(accounts).map(({ path: at, access }) => ({ path: at, limits: access.limits })),
  ];
  return holders.flatMap(({ path: at, limits = {} }) =>
    CAPS.flatMap(([limit, setting]) => {
      const cap = server.settings[setting];
      const { [limit]: value } = limits;
      const isCapped =
        cap !== undefined && value !== undefined && (parseSize(value) ?? 0) > (parseSize(cap) ?? Infinity);
      return diagnose({
        code: "NA1787",
        path: `${at}.limits.${limit}`,
        value,
        problem: isCapped ? `is above \`${settingPath(server, setting)}\`, which applies instead` : undefined,
        remedy: "Reduce the limit, or raise the one of the servers.",
      });
    }),
  );
}

/** Finds a base path in a cluster without monitoring, which would have no effect. */
export function unusedBasePathDiagnostics(server: SettingsAt, hasMonitoring: boolean): Diagnostic[] {
  const problem =
    server.settings.monitoringBasePath === undefined || hasMonitoring
      ? undefined
      : "has no effect, because no server that it applies to has a `monitoringPort`";
  return diagnose({
    code: "NA1786",
    path: settingPath(server, "monitoringBasePath"),
    problem,
    remedy: "Set `monitoringPort` of a server, or remove the path.",
  });
}

/**
 * Finds settings that differ between the static and the operator servers of a cluster.
 *
 * @param byMode the settings of all servers of each mode
 */
export function differingDiagnostics(byMode: Readonly<Record<Mode, readonly SettingsAt[]>>): Diagnostic[] {
  const all = [...byMode.operator, ...byMode.static];
  const valuesOf = (servers: readonly SettingsAt[], name: keyof ServerSettings) =>
    sortUnique(servers.map(({ settings }) => JSON.stringify(settings[name] ?? null))).join();
  const isMixed = byMode.operator.length > 0 && byMode.static.length > 0;
  const differing = DECIDING.filter((name) => valuesOf(byMode.static, name) !== valuesOf(byMode.operator, name));
  return (isMixed ? differing : []).map((name): Diagnostic => {
    const path = joinPath(all.find(({ own }) => own.includes(name))?.path ?? CLUSTER_SETTINGS, name);
    const problem = "differs between static and operator servers, so they treat the same client differently";
    const remedy = "Set it in `settings` of the cluster, unless the difference is intended.";
    return { code: "NA2017", path, problem, remedy };
  });
}

/** The settings on which depends whether a server accepts a client, what the client sends, and whether it stays connected. */
const DECIDING: readonly (keyof ServerSettings)[] = [
  "maxPayload",
  "maxConnections",
  "maxControlLine",
  "maxSubscriptions",
  "maxPending",
  "pingInterval",
  "pingMax",
  "writeDeadline",
  "extra",
];
