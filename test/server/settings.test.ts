import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { extraDiagnostics, REJECTED_OPTIONS, RELOADED_OPTIONS } from "../../provider/config/extra";
import type { Listener } from "../../provider/config/listener";
import { APPLIED } from "../../provider/config/server-settings";
import { mergeSettings, type ServerSettings } from "../../provider/model/cluster/server-settings";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { ServerRefusal } from "../../provider/servers/errors";
import { LOG_FILE } from "../../provider/servers/process/layout";
import { MAIN_FILE } from "../../provider/servers/server";
import { change, pairFiles } from "../support/change";
import { logIn } from "../support/decisions";
import { tryConfig } from "../support/local-server";
import { freeListeners, newPair, type Listeners, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { publish, type Wire } from "../support/wire";
import { loginOf, worldOf, type World } from "../support/world";

const ACCOUNTS: readonly AccountDeclaration[] = [
  { name: "A", users: { u: {} } },
  { name: "small", limits: { payload: 10 }, users: { u: {} } },
];

type Name = keyof typeof APPLIED;

/** Two values of each setting. */
const VALUES: { readonly [Key in Name]: readonly [ServerSettings[Key], ServerSettings[Key]] } = {
  maxPayload: ["2MiB", "4MiB"],
  maxConnections: [100, 200],
  maxControlLine: ["8KiB", "16KiB"],
  maxSubscriptions: [50, 60],
  maxPending: ["32MiB", "16MiB"],
  pingInterval: ["30s", "1m"],
  pingMax: [3, 4],
  writeDeadline: ["5s", "6s"],
  lameDuckDuration: ["40s", "50s"],
  lameDuckGracePeriod: ["5s", "6s"],
  serverTags: [["region:eu", "az:One"], ["az:two"]],
  debug: [true, false],
  trace: ["headers", false],
  logtimeUtc: [true, false],
  monitoringBasePath: ["/nats", "/other"],
};

const NAMES = Object.keys(APPLIED) as Name[];

/** The part of VARZ that the settings determine. */
interface Varz {
  readonly max_payload: number;
  readonly max_connections: number;
  readonly max_control_line: number;
  readonly max_subscriptions?: number;
  readonly max_pending: number;
  readonly ping_interval: number;
  readonly ping_max: number;
  readonly write_deadline: number;
  readonly tags?: readonly string[];
  readonly http_base_path: string;
}

/** What a server reports with each of the two values; settings that VARZ leaves out are missing. */
const REPORTED = (index: 0 | 1) =>
  ({
    max_payload: [2, 4].map((size) => size * 2 ** 20)[index],
    max_connections: [100, 200][index],
    max_control_line: [8_192, 16_384][index],
    max_subscriptions: [50, 60][index],
    max_pending: [32, 16].map((size) => size * 2 ** 20)[index],
    ping_interval: [30e9, 60e9][index],
    ping_max: [3, 4][index],
    write_deadline: [5e9, 6e9][index],
    tags: [["az:one", "region:eu"], ["az:two"]][index],
    http_base_path: ["/nats", "/other"][index],
  }) as Varz;

/** Returns all settings with one of their values; those of a kind can have the other one. */
function settingsWith(index: 0 | 1, kind?: "reload"): ServerSettings {
  const entries = NAMES.map((name) => [name, VALUES[name][kind === undefined || APPLIED[name] === kind ? index : 0]]);
  return mergeSettings(Object.fromEntries(entries) as ServerSettings);
}

describe("the settings of servers", function () {
  this.timeout(60_000);
  let world: World;
  let base: Listeners;
  let pair: Pair | undefined;
  const wires: Wire[] = [];

  before(async () => {
    world = await worldOf(ACCOUNTS);
  });

  beforeEach(async () => {
    const listeners = await freeListeners();
    const [a = 0, b = 0] = await freePorts(2);
    base = {
      static: { ...listeners.static, monitoringPort: a },
      operator: { ...listeners.operator, monitoringPort: b },
    };
  });

  afterEach(async () => {
    await Promise.all(wires.splice(0).map((wire) => wire.close()));
    pair?.stop();
  });

  function withSettings(settings: ServerSettings): Listeners {
    const add = (listener: Listener): Listener => ({ ...listener, settings });
    return { static: add(base.static), operator: add(base.operator) };
  }

  async function start(settings: ServerSettings): Promise<Pair> {
    pair = await newPair(withSettings(settings));
    const files = pairFiles(world, pair.listeners);
    for (const side of SIDES) {
      await pair.servers[side].put(files[side]);
      await pair.servers[side].start();
    }
    return pair;
  }

  async function varz(side: Side, path: string): Promise<Varz> {
    const response = await fetch(`http://127.0.0.1:${base[side].monitoringPort}${path}/varz`);
    const all = (await response.json()) as Varz;
    const names = Object.keys(REPORTED(0)) as (keyof Varz)[];
    return Object.fromEntries(names.map((name) => [name, all[name]])) as unknown as Varz;
  }

  it("should be what each server reports after a start", async () => {
    await start(settingsWith(0));
    for (const side of SIDES) {
      assert.deepEqual(await varz(side, "/nats"), REPORTED(0), side);
    }
  });

  it("should be what each server reports after a reload that disconnects nobody", async () => {
    const running = await start(settingsWith(0));
    for (const side of SIDES) {
      wires.push(await logIn(running, side, world, "A/u"));
    }
    const next = pairFiles(world, withSettings(settingsWith(1, "reload")));
    await change(running, next, pairFiles(world, running.listeners));
    for (const side of SIDES) {
      const { max_subscriptions, max_pending, http_base_path } = REPORTED(0);
      const expected = { ...REPORTED(1), max_subscriptions, max_pending, http_base_path };
      assert.deepEqual(await varz(side, "/nats"), expected, side);
    }
    for (const wire of wires) {
      assert.equal(await wire.send(publish("subject", "x".repeat(2 * 2 ** 20 + 1))), "allowed");
    }
  });

  it("should be rejected by a reload when they need a restart, each one", async () => {
    const settings = settingsWith(0);
    const { servers } = await start(settings);
    for (const name of NAMES.filter((one) => APPLIED[one] === "restart")) {
      const { static: files } = pairFiles(world, withSettings(mergeSettings(settings, { [name]: VALUES[name][1] })));
      const digest = await servers.static.try(files);
      await servers.static.put(files);
      await assert.rejects(servers.static.reload(digest), (error: ServerRefusal) => error.code === "NA5003", name);
    }
  });

  it("should leave the limits of accounts to connected clients when the maximum payload is reloaded", async () => {
    const running = await start({ maxPayload: 1_000 });
    for (const side of SIDES) {
      wires.push(await logIn(running, side, world, "small/u"));
    }
    const next = pairFiles(world, withSettings({ maxPayload: 2_000 }));
    await change(running, next, pairFiles(world, running.listeners));
    for (const wire of wires) {
      assert.equal(await wire.send(publish("subject", "x".repeat(10))), "allowed");
      assert.notEqual(await wire.send(publish("subject", "x".repeat(11))), "allowed");
    }
  });

  it("should be defaults when they are removed again by a reload", async () => {
    const settings = { maxPayload: "2MiB", pingInterval: "30s", serverTags: ["a"], maxConnections: 5, debug: true };
    const running = await start(mergeSettings(settings));
    await change(running, pairFiles(world, withSettings({})), pairFiles(world, running.listeners));
    for (const side of SIDES) {
      const { max_payload, ping_interval, tags, max_connections } = await varz(side, "");
      assert.deepEqual([max_payload, ping_interval, tags, max_connections], [2 ** 20, 120e9, undefined, 65_536]);
    }
  });

  it("should write the JWTs of clients to the log when clients are traced", async () => {
    const running = await start({ trace: true });
    const { jwt } = loginOf(world, "A/u");
    wires.push(await logIn(running, "operator", world, "A/u"));
    const folder = join(running.cluster, "operator");
    const logs = readdirSync(folder).map((place) => readFileSync(join(folder, place, LOG_FILE), "utf8"));
    assert.ok(logs.join().includes(jwt), "nats-server hides it now: the warning NA1414 is no longer needed");
  });

  describe("of lame duck mode", () => {
    async function stopTime(settings: ServerSettings): Promise<number> {
      const running = await start(settings);
      wires.push(await logIn(running, "static", world, "A/u"));
      const begun = performance.now();
      await running.servers.static.stop();
      return performance.now() - begun;
    }

    it("should give clients two seconds when nothing is set", async () => {
      const time = await stopTime({});
      assert.ok(time > 1_500 && time < 6_000, String(time));
    });

    it("should give clients the grace period, after which the server closes them and ends by itself", async () => {
      const time = await stopTime(mergeSettings({ lameDuckDuration: "30s", lameDuckGracePeriod: "5s" }));
      assert.ok(time > 4_500 && time < 15_000, String(time));
    });
  });

  describe("in `extra`", () => {
    /** What nats-server reports about an option with a value of the wrong type. */
    async function outputFor(option: string): Promise<string> {
      const { output } = await tryConfig({ [MAIN_FILE]: `${option}: { "no such member": 1 }\n` });
      return output;
    }

    it("should be options that nats-server has, where this package has a rule for them", async () => {
      assert.match(await outputFor("no_such_option"), /unknown field/);
      for (const option of [...REJECTED_OPTIONS, ...RELOADED_OPTIONS].filter((one) => one !== "include")) {
        assert.doesNotMatch(await outputFor(option), new RegExp(`unknown field "${option}"`), option);
      }
    });

    it("should have the same values for nats-server, whatever they contain", async () => {
      const texts = [
        "port: 1",
        "a }\nport: 1",
        "# a",
        "$HOME",
        '"',
        "\\x41",
        "true",
        "1k",
        "include ./a",
        "é😀",
        "\u2028",
        "//",
        "'",
      ];
      const metadata = Object.fromEntries(
        texts.map((text, index) => [/["\\\n]/.test(text) ? `a${index}` : text, text]),
      );
      const extra = `server_metadata ${JSON.stringify(metadata)}`;
      assert.deepEqual(extraDiagnostics(extra), []);
      await start({ extra });
      for (const side of SIDES) {
        const response = await fetch(`http://127.0.0.1:${base[side].monitoringPort}/varz`);
        assert.deepEqual(((await response.json()) as { metadata?: unknown }).metadata, metadata, side);
      }
    });

    it("should be reloaded without a restart, or rejected by a reload, as their rule states", async () => {
      const reloaded: Record<string, readonly [string, string]> = {
        client_advertise: ['"a:1"', '"b:2"'],
        connect_error_reports: ["5", "6"],
        max_traced_msg_len: ["10", "20"],
        no_fast_producer_stall: ["true", "false"],
        prof_block_rate: ["1", "2"],
        reconnect_error_reports: ["5", "6"],
        server_metadata: ["{ a: b }", "{ a: c }"],
      };
      const restarted: Record<string, readonly [string, string]> = {
        disable_sublist_cache: ["true", "false"],
        no_header_support: ["true", "false"],
        max_closed_clients: ["10", "20"],
        max_sub_tokens: ["10", "20"],
        write_timeout: ["retry", "close"],
        feature_flags: ["{ a: true }", "{ a: false }"],
      };
      assert.deepEqual(Object.keys(reloaded), RELOADED_OPTIONS);
      const text = (index: 0 | 1, only?: string) =>
        Object.entries({ ...reloaded, ...restarted })
          .map(([option, values]) => `${option}: ${values[only === undefined || only === option ? index : 0]}`)
          .join("\n");
      const { servers } = await start({ extra: text(0) });
      for (const option of Object.keys({ ...reloaded, ...restarted })) {
        const { operator: files } = pairFiles(world, withSettings({ extra: text(1, option) }));
        const digest = await servers.operator.try(files);
        await servers.operator.put(files);
        const outcome = await servers.operator.reload(digest).then(
          () => "reload",
          () => "restart",
        );
        assert.equal(outcome, option in reloaded ? "reload" : "restart", option);
        const { operator: before } = pairFiles(world, withSettings({ extra: text(0) }));
        await servers.operator.put(before);
        await servers.operator.reload(await servers.operator.try(before));
      }
    });
  });
});
