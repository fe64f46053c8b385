import assert from "node:assert/strict";
import fc from "fast-check";
import { serverSettingsLines, startupOnly } from "../../provider/config/server-settings";
import { parseConfig } from "../../provider/language/parse";
import { mergeSettings, settingsDiagnostics, type ServerSettings } from "../../provider/model/cluster/server-settings";
import { parseDuration } from "../../provider/model/form/quantities";
import { plainValues } from "../support/config-values";
import { renderText } from "../../provider/config/lines";

const optional = { requiredKeys: [] };
const bytes = fc.integer({ min: 4_096, max: 2 ** 31 - 1 });
const amount = fc.oneof(
  bytes,
  bytes.map((size) => `${size}B`),
  fc.integer({ min: 4, max: 1_000 }).map((size) => `${size}KiB`),
);
const count = fc.integer({ min: 1, max: 2 ** 31 - 1 });
const time = fc.oneof(
  fc.integer({ min: 30, max: 100_000 }),
  fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 0, max: 3_599_999 })).map(([h, ms]) => `${h}h${ms}ms`),
);
const tag = fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => text === text.trim().toLowerCase());

const settings = fc.record(
  {
    maxPayload: amount,
    maxConnections: count,
    maxControlLine: amount,
    maxSubscriptions: count,
    maxPending: amount,
    pingInterval: time,
    pingMax: count,
    writeDeadline: time,
    lameDuckDuration: time,
    lameDuckGracePeriod: time,
    serverTags: fc.array(tag, { minLength: 1 }),
    debug: fc.boolean(),
    trace: fc.constantFrom(true, false, "verbose" as const, "headers" as const),
    logtimeUtc: fc.boolean(),
  },
  optional,
) as fc.Arbitrary<ServerSettings>;

const TIMES = ["ping_interval", "write_deadline", "lame_duck_duration", "lame_duck_grace_period"];

/** Parses the rendered settings, with durations in nanoseconds. */
function readBack(known: ServerSettings): Record<string, unknown> {
  const text = renderText([serverSettingsLines(known)]);
  const files = { include: () => ({ file: "", text: "" }), environment: () => undefined };
  const values = plainValues(parseConfig({ file: "nats.conf", text }, files)) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, TIMES.includes(key) ? parseDuration(String(value)) : value]),
  );
}

describe("the lines of settings", () => {
  it("should be read back as the same values", () => {
    fc.assert(
      fc.property(settings, (given) => {
        assert.deepEqual(settingsDiagnostics(given), []);
        const known = mergeSettings(given);
        const { trace, debug, logtimeUtc } = known;
        const expected = {
          max_payload: known.maxPayload,
          max_connections: known.maxConnections,
          max_control_line: known.maxControlLine,
          max_subscriptions: known.maxSubscriptions,
          max_pending: known.maxPending,
          ping_interval: known.pingInterval && parseDuration(given.pingInterval ?? ""),
          ping_max: known.pingMax,
          write_deadline: known.writeDeadline && parseDuration(given.writeDeadline ?? ""),
          lame_duck_duration: known.lameDuckDuration && parseDuration(given.lameDuckDuration ?? ""),
          lame_duck_grace_period: known.lameDuckGracePeriod && parseDuration(given.lameDuckGracePeriod ?? ""),
          server_tags: known.serverTags,
          debug,
          trace: trace === true || undefined,
          trace_verbose: trace === "verbose" || undefined,
          trace_headers: trace === "headers" || undefined,
          logtime_utc: logtimeUtc,
        };
        const set = Object.entries(expected).filter(([, value]) => value !== undefined);
        assert.deepEqual(readBack(known), Object.fromEntries(set));
        assert.deepEqual(mergeSettings(known), known);
      }),
    );
  });

  it("should be the same at a start when only settings differ that are reloaded", () => {
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        const { maxSubscriptions, maxPending, lameDuckDuration, lameDuckGracePeriod } = one;
        const restart = { maxSubscriptions, maxPending, lameDuckDuration, lameDuckGracePeriod } as ServerSettings;
        const same = mergeSettings({ ...other, ...restart });
        assert.deepEqual(startupOnly(mergeSettings(one)), startupOnly(same));
      }),
    );
  });
});
