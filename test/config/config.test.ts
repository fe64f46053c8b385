import assert from "node:assert/strict";
import { normalizeListener, ROUTES_FILE, startupListener } from "../../provider/config/listener";
import { renderOperatorConfig } from "../../provider/config/operator";
import { renderRoutesConfig } from "../../provider/config/routes";
import { renderStaticConfig } from "../../provider/config/static";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { OWN_KEY } from "../../provider/model/shares/imports";
import { mergeSettings, type ServerSettings } from "../../provider/model/cluster/server-settings";
import type { ServerStorage } from "../../provider/model/cluster/server-storage";
import { DOCUMENTATION } from "../support/documentation";
import { assertGolden } from "../support/golden";
import { ROUTE_PASSWORD } from "../support/pair";
import { worldOf } from "../support/world";

const NAMES = { clusterName: "nats", clientPort: 4222, clusterPort: 6222 };
const STATIC = { ...NAMES, serverName: "nats-static" };
const OPERATOR = { ...NAMES, serverName: "nats-operator", monitoringPort: 8222 };

/** An account with everything that static configuration supports. */
const EVERYTHING: readonly AccountDeclaration[] = [
  {
    name: 'orders # the "big" one\nof all',
    description: "not in a configuration",
    limits: {
      connections: 0,
      leafNodes: 1,
      subscriptions: 2,
      payload: "3KiB",
      data: 4,
      imports: 5,
      exports: 6,
      wildcardExports: true,
      disallowBearer: true,
    },
    jetstream: {
      memoryStorage: "1MiB",
      fileStorage: "1GiB",
      streams: 1,
      consumers: 2,
      maxAckPending: 3,
      memoryMaxStreamBytes: 4,
      fileMaxStreamBytes: "5KiB",
      maxBytesRequired: true,
      clusterTraffic: "owner",
    },
    mappings: {
      "m.*": [
        { subject: "to.$1", weight: 40 },
        { subject: "there.{{wildcard(1)}}", cluster: "nats" },
      ],
      'quoted."m"': [{ subject: "q" }],
    },
    trace: { destination: "traces", sampling: 50 },
    authorization: {
      users: ["zoë"],
      allowedAccounts: ["other"],
      xkey: "XBDDX2XPWUWGRVHQRWGLHFXH23OTZTX4Q3PUT3SRRY6IJGEUB2UB5H6W",
    },
    exports: [
      { subject: "z", type: "service", latency: { sampling: "headers", results: "latency.z" } },
      { subject: "a.*.$x", type: "stream", name: "no name in a configuration", accountTokenPosition: 2 },
      { subject: "private.b", type: "service", importers: ["other", "SYS"] },
      { subject: "private.a", type: "stream", importers: [], revocations: { "*": 1 } },
      {
        subject: "slow.*",
        type: "service",
        responseType: "chunked",
        responseThreshold: "1h30m",
        accountTokenPosition: 2,
        allowTrace: true,
        advertise: true,
        infoUrl: "https://example.org/slow",
      },
    ],
    imports: [
      { account: "other", subject: "b.*", type: "service", localSubject: "c.$1" },
      { account: "other", subject: "b", type: "stream", allowTrace: true },
      { account: "other", subject: `d.${OWN_KEY}`, type: "service", share: true },
    ],
    users: {
      zoë: {},
      "many subjects": {
        permissions: {
          publish: { allow: Array.from({ length: 12 }, (_, index) => `a.long.subject.of.its.own.${index}`) },
          subscribe: { allow: ["a.> q"], deny: ['quoted."x"', "back\\slash", "\u0001"] },
        },
      },
    },
  },
  { name: "other", jetstream: { tiers: { R1: { fileStorage: 1 } } } },
];

/** Every setting of servers. */
const SETTINGS: Required<ServerSettings> = {
  maxPayload: "2MiB",
  maxConnections: 1_000,
  maxControlLine: "8KiB",
  maxSubscriptions: 500,
  maxPending: "128MiB",
  pingInterval: "1m30s",
  pingMax: 3,
  writeDeadline: "2.5s",
  lameDuckDuration: 60,
  lameDuckGracePeriod: "5s",
  serverTags: ["region:eu", "az:1"],
  debug: true,
  trace: "verbose",
  logtimeUtc: true,
  monitoringBasePath: "/nats",
  extra:
    "no_fast_producer_stall: yes # why\nserver_metadata { 'data center': x, rack: 'a \"b\"' }\nother: [1, [2, {}], 0.5, []]",
};

describe("the rendered configurations", () => {
  it("should have address and files when the server does not run in a container", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const files = { log: "nats.log", store: "../store" };
    const { text } = renderStaticConfig(model, { ...STATIC, monitoringPort: 8222, address: "::1", files });
    const [head = ""] = text.split("system_account");
    assertGolden(__dirname, "process-listener.conf", head);
  });

  it("should listen for routes and for monitoring at addresses of their own", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const addresses = { address: "192.0.2.1", clusterAddress: "127.0.0.1", monitoringAddress: "::1" };
    const { text } = renderStaticConfig(model, { ...STATIC, monitoringPort: 8222, ...addresses });
    assert.deepEqual(text.match(/^ *(host|http): .*$/gm), [
      'host: "192.0.2.1"',
      'http: "[::1]:8222"',
      '  host: "127.0.0.1"',
    ]);
  });

  it("should be these when the model is that of the NATS documentation", async () => {
    const { model, tokens } = await worldOf(DOCUMENTATION);
    assertGolden(__dirname, "documentation-static.conf", renderStaticConfig(model, STATIC).text);
    assertGolden(__dirname, "documentation-operator.conf", renderOperatorConfig(model, tokens, OPERATOR).text);
  });

  it("should be this when the model has everything that static configuration supports", async () => {
    const { model } = await worldOf(EVERYTHING);
    assertGolden(__dirname, "everything-static.conf", renderStaticConfig(model, STATIC).text);
  });

  it("should have storage and its limits when servers run JetStream", () => {
    const model = { operator: "KO", systemAccount: "SYS", accounts: [] };
    const textOf = (jetstream: ServerStorage) =>
      renderStaticConfig(model, { ...STATIC, files: { store: "/store" }, jetstream }).text;
    assert.match(textOf({}), /^store_dir: "\/store"\njetstream: true$/m);
    assert.match(
      textOf({ memoryStorage: 0, fileStorage: 1_024 }),
      /^store_dir: "\/store"\njetstream \{\n {2}max_memory_store: 0\n {2}max_file_store: 1024\n\}$/m,
    );
    assert.doesNotMatch(renderStaticConfig(model, STATIC).text, /store|jetstream/);
  });

  it("should be this when servers have settings, which are the same in both modes", async () => {
    const { model, tokens } = await worldOf(DOCUMENTATION);
    const listener = { ...STATIC, monitoringPort: 8222, settings: mergeSettings(SETTINGS) };
    const heads = [renderStaticConfig(model, listener), renderOperatorConfig(model, tokens, listener)].map(
      ({ text }) => /^server_name[^]*?(?=^cluster)/m.exec(text)?.[0] ?? "",
    );
    assert.equal(heads[0], heads[1]);
    assertGolden(__dirname, "settings.conf", heads[0] ?? "");
  });

  it("should be unchanged when no setting is set, or all are off", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const plain = renderStaticConfig(model, STATIC).text;
    const settings = mergeSettings({ debug: false, trace: false, logtimeUtc: false, serverTags: [], extra: "" });
    assert.equal(renderStaticConfig(model, { ...STATIC, settings }).text, plain);
    assert.equal(renderStaticConfig(model, normalizeListener({ ...STATIC, settings: {} })).text, plain);
    // The digest of this text decides whether the servers of earlier versions are replaced.
    const reloaded = { ...STATIC, settings: mergeSettings({ maxPayload: 5, extra: "client_advertise: 'a:1'" }) };
    for (const listener of [STATIC, reloaded, { ...STATIC, settings: {} }]) {
      assert.equal(JSON.stringify(startupListener(normalizeListener(listener))), JSON.stringify(STATIC));
    }
  });

  it("should be this when it authorizes routes", () => {
    const text = renderRoutesConfig([{ host: "operator", clusterPort: 6223 }], ROUTE_PASSWORD);
    assertGolden(__dirname, ROUTES_FILE, text);
  });

  it("should contain no seed, and the password of routes only in a file of its own", async () => {
    const { model, tokens, logins } = await worldOf(DOCUMENTATION);
    const texts = renderStaticConfig(model, STATIC).text + renderOperatorConfig(model, tokens, OPERATOR).text;
    assert.equal(/\bS[UAOXNC][A-Z2-7]{20,}/.test(texts), false);
    assert.equal(
      Object.values(logins).some(({ seed }) => texts.includes(seed)),
      false,
    );
    assert.equal(texts.includes(ROUTE_PASSWORD), false);
  });
});
