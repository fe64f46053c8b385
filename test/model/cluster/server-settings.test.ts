import assert from "node:assert/strict";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import {
  cappedLimitDiagnostics,
  combinedDiagnostics,
  differingDiagnostics,
  discouragedDiagnostics,
  mergeSettings,
  settingsDiagnostics,
  unusedBasePathDiagnostics,
  type ServerSettings,
  type SettingsAt,
} from "../../../provider/model/cluster/server-settings";
import { codesAndPaths } from "../../support/diagnostics";

const at = (settings: ServerSettings, own: ServerSettings = {}, path = "staticServer.settings"): SettingsAt => ({
  settings: mergeSettings(settings, own),
  path,
  own: Object.keys(own),
});

describe("mergeSettings", () => {
  it("should normalize sizes, durations and tags, and leave out flags that are off", () => {
    const settings: ServerSettings = {
      maxPayload: "2MiB",
      maxPending: 2 ** 26,
      pingInterval: "1m30s",
      writeDeadline: 10,
      serverTags: ["b", "a:B", "b"],
      debug: false,
      trace: false,
      logtimeUtc: true,
    };
    assert.deepEqual(mergeSettings(settings), {
      maxPayload: 2 ** 21,
      maxPending: 2 ** 26,
      pingInterval: "90s",
      writeDeadline: "10s",
      serverTags: ["a:b", "b"],
      logtimeUtc: true,
    });
  });

  it("should replace single settings of the cluster by those of the server, also by an empty list and a flag that is off", () => {
    const cluster: ServerSettings = { maxPayload: "2MiB", pingMax: 3, debug: true, serverTags: ["a"] };
    const own: ServerSettings = { maxPayload: "1MiB", debug: false, serverTags: [] };
    assert.deepEqual(mergeSettings(cluster, own), { maxPayload: 2 ** 20, pingMax: 3 });
    assert.deepEqual(mergeSettings(undefined, undefined), {});
  });
});

describe("settingsDiagnostics", () => {
  it("should accept what nats-server accepts", () => {
    const settings: ServerSettings = {
      maxPayload: 2 ** 31 - 1,
      maxConnections: 1,
      maxControlLine: 4_096,
      maxSubscriptions: 2 ** 31 - 1,
      maxPending: "1TiB",
      pingInterval: "1ms",
      pingMax: 1,
      writeDeadline: "1s",
      lameDuckDuration: "30s",
      lameDuckGracePeriod: "29s",
      serverTags: ["region:EU"],
      debug: true,
      trace: "verbose",
      logtimeUtc: false,
      monitoringBasePath: "/a.b/c_d~e-f/..g",
      extra: "anything, checked elsewhere",
    };
    assert.deepEqual(settingsDiagnostics(settings), []);
    assert.deepEqual(combinedDiagnostics(at({ lameDuckDuration: "30s", lameDuckGracePeriod: "29s" })), []);
    assert.deepEqual(combinedDiagnostics(at({ maxPayload: "64MiB" })), []);
  });

  it("should report all problems at once", () => {
    const settings = {
      maxPayload: 2 ** 31,
      maxConnections: 0,
      maxControlLine: "1KiB",
      maxSubscriptions: 1.5,
      maxPending: "64MB",
      pingInterval: "often",
      pingMax: -1,
      writeDeadline: 0,
      lameDuckDuration: "29s",
      lameDuckGracePeriod: {},
      serverTags: ["Region:eu", " a"],
      debug: "yes",
      trace: "all",
      logtimeUtc: 1,
      monitoringBasePath: "/a/../b",
      extra: 1,
    } as unknown as ServerSettings;
    assert.deepEqual(codesAndPaths(settingsDiagnostics(settings)), [
      "NA1008 maxPayload",
      "NA1008 maxConnections",
      "NA1784 maxControlLine",
      "NA1008 maxSubscriptions",
      "NA1005 maxPending",
      "NA1006 pingInterval",
      "NA1008 pingMax",
      "NA1007 writeDeadline",
      "NA1780 lameDuckDuration",
      "NA1006 lameDuckGracePeriod",
      "NA1011 serverTags[0]",
      "NA1011 serverTags[1]",
      "NA1003 debug",
      "NA1003 trace",
      "NA1003 logtimeUtc",
      "NA1785 monitoringBasePath",
      "NA1003 extra",
    ]);
  });

  for (const path of ["nats", "/", "//a", "/a/", "/a b", "/{a}", "/.", "/a/./b", "/a?b", ""]) {
    it(`should reject the path ${JSON.stringify(path)} for monitoring`, () => {
      assert.deepEqual(codesAndPaths(settingsDiagnostics({ monitoringBasePath: path })), ["NA1785 monitoringBasePath"]);
    });
  }
});

describe("the checks of several settings", () => {
  it("should find what nats-server rejects together, with its defaults, at the argument that sets it", () => {
    for (const [cluster, own, ...found] of [
      [{ maxPayload: "65MiB" }, {}, "NA1782 settings.maxPayload"],
      [{ maxPending: "1000B" }, {}, "NA1782 settings.maxPending"],
      [{ maxPayload: "2MiB" }, { maxPending: "1MiB" }, "NA1782 settings.maxPayload"],
      [{ maxPending: "1MiB" }, { maxPayload: "2MiB" }, "NA1782 staticServer.settings.maxPayload"],
      [{ lameDuckGracePeriod: "2m" }, {}, "NA1781 settings.lameDuckGracePeriod"],
      [{ lameDuckDuration: "30s" }, { lameDuckGracePeriod: "30s" }, "NA1781 staticServer.settings.lameDuckGracePeriod"],
      [{ maxPayload: "x", lameDuckDuration: "y", lameDuckGracePeriod: "1h" }, {}],
    ] as [ServerSettings, ServerSettings, ...string[]][]) {
      assert.deepEqual(codesAndPaths(combinedDiagnostics(at(cluster, own))), found);
    }
  });

  it("should warn of payloads above 8 MiB", () => {
    assert.deepEqual(codesAndPaths(discouragedDiagnostics(at({ maxPayload: "9MiB" }))), ["NA1783 settings.maxPayload"]);
    assert.deepEqual(discouragedDiagnostics(at({ maxPayload: "8MiB" })), []);
  });

  it("should warn of limits of accounts, users and roles that the servers cap", () => {
    const accounts: AccountDeclaration[] = [
      {
        name: "A",
        limits: { payload: "2MiB", subscriptions: 5 },
        roles: { r: { limits: { subscriptions: 11 } } },
        users: { u: { limits: { payload: 2 ** 20 } }, v: { role: "r" }, w: { limits: { payload: 2 ** 20 + 1 } } },
      },
      { name: "B", users: 5 } as unknown as AccountDeclaration,
    ];
    const found = cappedLimitDiagnostics(accounts, at({ maxPayload: "1MiB", maxSubscriptions: 10 }));
    assert.deepEqual(codesAndPaths(found), [
      'NA1787 accounts[0]("A").limits.payload',
      'NA1787 accounts[0]("A").users.w.limits.payload',
      'NA1787 accounts[0]("A").roles.r.limits.subscriptions',
    ]);
    assert.deepEqual(cappedLimitDiagnostics(accounts, at({})), []);
  });

  it("should find a path for monitoring without a port", () => {
    const server = at({ monitoringBasePath: "/a" });
    assert.deepEqual(codesAndPaths(unusedBasePathDiagnostics(server, false)), ["NA1786 settings.monitoringBasePath"]);
    assert.deepEqual(unusedBasePathDiagnostics(server, true), []);
    assert.deepEqual(unusedBasePathDiagnostics(at({}), false), []);
  });

  it("should warn of settings that decide differently about clients in the two modes, and of no others", () => {
    const operator = [at({ maxPayload: 5, debug: true }, { maxPayload: 6, serverTags: ["a"] }, "o.settings")];
    assert.deepEqual(codesAndPaths(differingDiagnostics({ operator, static: [at({ maxPayload: 5 })] })), [
      "NA2017 o.settings.maxPayload",
    ]);
    assert.deepEqual(differingDiagnostics({ operator, static: [] }), []);
    assert.deepEqual(differingDiagnostics({ operator, static: [at({ maxPayload: 6 }), at({ maxPayload: 6 })] }), []);
    const several = { operator: [at({ pingMax: 1 }), at({})], static: [at({}), at({ pingMax: 1 })] };
    assert.deepEqual(differingDiagnostics(several), []);
  });
});
