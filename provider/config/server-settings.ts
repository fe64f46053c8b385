import { emptyToUndefined, omitUndefined } from "../model/form/order";
import type { ServerSettings } from "../model/cluster/server-settings";
import { extraLines, keepRestarting } from "./extra";
import { linesOf, noLines, settingOf, settings, texts, type Lines, type LineTable } from "./lines";

/** Whether nats-server applies a changed option when it reloads, or only when it starts (`diffOptions` of nats-server). */
export type Applied = "reload" | "restart";

/** How nats-server applies a change of each setting. `extra` depends on its options. */
export const APPLIED: Readonly<Record<Exclude<keyof ServerSettings, "extra">, Applied>> = {
  maxPayload: "reload",
  maxConnections: "reload",
  maxControlLine: "reload",
  maxSubscriptions: "restart",
  maxPending: "restart",
  pingInterval: "reload",
  pingMax: "reload",
  writeDeadline: "reload",
  lameDuckDuration: "restart",
  lameDuckGracePeriod: "restart",
  serverTags: "reload",
  debug: "reload",
  trace: "reload",
  logtimeUtc: "reload",
  monitoringBasePath: "restart",
};

const TRACE_OPTIONS = { true: "trace", verbose: "trace_verbose", headers: "trace_headers" } as const;

const SETTINGS: LineTable<ServerSettings> = {
  maxPayload: settingOf("max_payload"),
  maxConnections: settingOf("max_connections"),
  maxControlLine: settingOf("max_control_line"),
  maxSubscriptions: settingOf("max_subscriptions"),
  maxPending: settingOf("max_pending"),
  pingInterval: settingOf("ping_interval"),
  pingMax: settingOf("ping_max"),
  writeDeadline: settingOf("write_deadline"),
  lameDuckDuration: settingOf("lame_duck_duration"),
  lameDuckGracePeriod: settingOf("lame_duck_grace_period"),
  serverTags: (tags) => texts("server_tags", tags),
  debug: settingOf("debug"),
  trace: (trace) =>
    trace === undefined || trace === false ? [] : settings({ [TRACE_OPTIONS[trace === true ? "true" : trace]]: true }),
  logtimeUtc: settingOf("logtime_utc"),
  // The listener renders it, next to the port that it belongs to.
  monitoringBasePath: noLines,
  extra: (extra) => (extra === undefined ? [] : extraLines(extra)),
};

/** Renders the settings of a server. They must be valid and normalized. */
export function serverSettingsLines(known: ServerSettings): Lines {
  return linesOf(SETTINGS, known, undefined);
}

/** Returns the settings that a server reads only when it starts; undefined if there are none. */
export function startupOnly({ extra, ...known }: ServerSettings): ServerSettings | undefined {
  const names = Object.keys(APPLIED) as (keyof typeof APPLIED)[];
  const kept = names.flatMap((name) =>
    APPLIED[name] === "restart" && known[name] !== undefined ? [[name, known[name]] as const] : [],
  );
  const restarting = extra === undefined ? undefined : keepRestarting(extra);
  return emptyToUndefined(omitUndefined<ServerSettings>({ ...Object.fromEntries(kept), extra: restarting }));
}
