import assert from "node:assert/strict";
import { ROUTES_FILE } from "../../provider/config/listener";
import { operatorConfig } from "../../provider/config/operator";
import { routesConfig } from "../../provider/config/routes";
import { staticConfig } from "../../provider/config/static";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { OWN_KEY } from "../../provider/model/shares/imports";
import type { ServerStorage } from "../../provider/model/cluster/server-storage";
import { DOCUMENTATION } from "../support/documentation";
import { assertGolden } from "../support/golden";
import { ROUTE_PASSWORD } from "../support/pair";
import { worldOf } from "../support/world";

const NAMES = { clusterName: "nats", clientPort: 4222, clusterPort: 6222 };
const STATIC = { ...NAMES, serverName: "nats-static" };
const OPERATOR = { ...NAMES, serverName: "nats-operator", monitoringPort: 8222 };

/** Everything that the static side can say, in one account. */
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

describe("the rendered configurations", () => {
  it("should say where it listens and what it keeps in files when it has no container", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const files = { log: "nats.log", store: "../store" };
    const text = staticConfig(model, { ...STATIC, monitoringPort: 8222, address: "::1", files });
    const [head = ""] = text.split("system_account");
    assertGolden(__dirname, "process-listener.conf", head);
  });

  it("should be these texts when the model is the documentation's", async () => {
    const { model, tokens } = await worldOf(DOCUMENTATION);
    assertGolden(__dirname, "documentation-static.conf", staticConfig(model, STATIC));
    assertGolden(__dirname, "documentation-operator.conf", operatorConfig(model, tokens, OPERATOR));
  });

  it("should be this text when the model has everything that a static server can be told", async () => {
    const { model } = await worldOf(EVERYTHING);
    assertGolden(__dirname, "everything-static.conf", staticConfig(model, STATIC));
  });

  it("should say what is stored, where and how much, when servers have streams", () => {
    const model = { operator: "KO", systemAccount: "SYS", accounts: [] };
    const textOf = (jetstream: ServerStorage) =>
      staticConfig(model, { ...STATIC, files: { store: "/store" }, jetstream });
    assert.match(textOf({}), /^store_dir: "\/store"\njetstream: true$/m);
    assert.match(
      textOf({ memoryStorage: 0, fileStorage: 1_024 }),
      /^store_dir: "\/store"\njetstream \{\n {2}max_memory_store: 0\n {2}max_file_store: 1024\n\}$/m,
    );
    assert.doesNotMatch(staticConfig(model, STATIC), /store|jetstream/);
  });

  it("should be this text when it says who may open a route", () => {
    const text = routesConfig({ host: "operator", clusterPort: 6223 }, ROUTE_PASSWORD);
    assertGolden(__dirname, ROUTES_FILE, text);
  });

  it("should hold no seed, and the route's password in its own file alone", async () => {
    const { model, tokens, logins } = await worldOf(DOCUMENTATION);
    const texts = staticConfig(model, STATIC) + operatorConfig(model, tokens, OPERATOR);
    assert.equal(/\bS[UAOXNC][A-Z2-7]{20,}/.test(texts), false);
    assert.equal(
      Object.values(logins).some(({ seed }) => texts.includes(seed)),
      false,
    );
    assert.equal(texts.includes(ROUTE_PASSWORD), false);
  });
});
