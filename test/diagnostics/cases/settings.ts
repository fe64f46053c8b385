import { extraDiagnostics } from "../../../provider/config/extra";
import {
  cappedLimitDiagnostics,
  combinedDiagnostics,
  differingDiagnostics,
  discouragedDiagnostics,
  settingsDiagnostics,
  unusedBasePathDiagnostics,
  type ServerSettings,
  type SettingsAt,
} from "../../../provider/model/cluster/server-settings";
import type { DiagnosticCase } from "./case";

const at = (settings: ServerSettings, own: readonly string[] = []): SettingsAt => ({
  settings,
  path: "staticServer.settings",
  own,
});

/** Cases of the settings of servers. */
export const SETTINGS_CASES: readonly DiagnosticCase[] = [
  {
    name: "settings out of range",
    codes: ["NA1008", "NA1008", "NA1784", "NA1005", "NA1006", "NA1007", "NA1780"],
    find: () =>
      settingsDiagnostics({
        maxPayload: 2 ** 31,
        maxConnections: 0,
        maxControlLine: 1_024,
        maxPending: "64MB",
        pingInterval: "often",
        writeDeadline: "0s",
        lameDuckDuration: "10s",
      }),
  },
  {
    name: "a grace period longer than lame duck mode",
    codes: ["NA1781"],
    find: () =>
      combinedDiagnostics(at({ lameDuckDuration: "30s", lameDuckGracePeriod: "1m" }, ["lameDuckGracePeriod"])),
  },
  {
    name: "a payload larger than the data that may wait for a client",
    codes: ["NA1782"],
    find: () => combinedDiagnostics(at({ maxPayload: "65MiB" })),
  },
  { name: "large payloads", codes: ["NA1783"], find: () => discouragedDiagnostics(at({ maxPayload: "9MiB" })) },
  {
    name: "a path for monitoring with a space",
    codes: ["NA1785"],
    find: () => settingsDiagnostics({ monitoringBasePath: "/a b" }),
  },
  {
    name: "a path for monitoring without monitoring",
    codes: ["NA1786"],
    find: () => unusedBasePathDiagnostics(at({ monitoringBasePath: "/a" }), false),
  },
  {
    name: "a limit of an account above the one of the servers",
    codes: ["NA1787"],
    find: () =>
      cappedLimitDiagnostics([{ name: "A", limits: { payload: "2MiB" }, users: {} }], at({ maxPayload: 2 ** 20 })),
  },
  {
    name: "a setting that differs between the modes",
    codes: ["NA2017"],
    find: () => differingDiagnostics({ operator: [at({})], static: [at({ maxPayload: 5 }, ["maxPayload"])] }),
  },
  {
    name: "extra options with a syntax error, and with a variable",
    codes: ["NA1790", "NA1790"],
    find: () => [...extraDiagnostics("a: 1\nb: ["), ...extraDiagnostics("a: 1\nb: $a")],
  },
  {
    name: "extra options that something else determines",
    codes: Array.from({ length: 10 }, () => "NA1791" as const),
    find: () =>
      extraDiagnostics(
        "include a\nmax_payload: 1\naccounts {}\nport: 1\nhttp: 1\njetstream {}\nproxies {}\nlogtime: no\ntls {}\nws {}",
      ),
  },
  {
    name: "an extra option that is set twice",
    codes: ["NA1792"],
    find: () => extraDiagnostics("max_closed_clients: 1\nMAX_CLOSED_CLIENTS: 2"),
  },
  {
    name: "an extra option with a secret",
    codes: ["NA1793"],
    find: () => extraDiagnostics("server_metadata { password: hidden }"),
  },
];
