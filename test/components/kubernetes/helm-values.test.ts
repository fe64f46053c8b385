import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  Operator,
  UserSet,
  type AuthConfigurationArgs,
  type HelmRelease,
  type HelmValues,
  type Mode,
} from "../../../provider";
import { closingGates, reasonOf } from "../../support/gates";
import { assertGolden } from "../../support/golden";
import { keyOf, seedOf } from "../../support/keys";
import { valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const RELEASES = { static: { name: "nats-static" }, operator: { name: "nats-operator", replicas: 2 } };
const CHECKSUM = "pulumi-nats-auth/restart-checksum";

type More = Partial<AuthConfigurationArgs>;

function declareOperator(description = "first"): Operator {
  return new Operator("KO", {
    seed: seedOf("operator", "KO"),
    tags: [description],
    systemAccount: { seed: seedOf("account", "SYS"), users: { sys: { seed: seedOf("user", "sys") } } },
  });
}

function declare(more: More = {}, account: object = {}, operator = declareOperator()): AuthConfiguration {
  const a = new Account("A", {
    operator,
    seed: seedOf("account", "A"),
    users: { u: { seed: seedOf("user", "u"), permissions: { publish: { allow: ["test.>"] } } } },
    exports: [{ subject: "test", type: "service" }],
    ...account,
  });
  return new AuthConfiguration("nats", { operator, accounts: [a], ...more });
}

/** Values with JWTs and secrets replaced. */
async function shown(values: HelmValues): Promise<string> {
  const plain = await valueOf(pulumi.output(values));
  return `${JSON.stringify(plain, undefined, 2)
    .replace(/eyJ[\w.-]+/g, "(JWT)")
    .replace(/[0-9a-f]{64}/g, "(hex)")}\n`;
}

const checksumOf = ({ podTemplate }: HelmValues) =>
  valueOf(podTemplate.merge.metadata.annotations[CHECKSUM] ?? assert.fail());

const isSecret = (output: unknown) => (output as { readonly isSecret: Promise<boolean> }).isSecret;

describe("values for the Helm chart of NATS", () => {
  closingGates();
  const warnings = collectWarnings();

  for (const mode of ["static", "operator"] as const) {
    it(`should be those of the golden file in ${mode} mode`, async () => {
      const more = { jetstream: { fileStorage: "2GiB" }, settings: { maxPayload: "4MiB" } } as const;
      const auth = declare(more, { jetstream: { fileStorage: "1GiB" } });
      assertGolden(__dirname, `${mode}.json`, await shown(auth.helmValues(mode, { releases: RELEASES })));
    });
  }

  it("should name the Secrets of TLS, and open encrypted routes", async () => {
    const secretName = pulumi.output("nats-tls");
    const values = declare({ jetstream: {} }).helmValues("operator", {
      releases: RELEASES,
      tls: {
        ca: { secretName: "nats-ca" },
        clients: { secretName, verify: true, minVersion: "1.3", timeout: "5s" },
        routes: { secretName: "routes-tls", certificate: "cert.pem", key: "key.pem" },
        websocket: { secretName: "public-tls" },
        leafNodes: { secretName: "leaf-tls" },
        mqtt: { secretName: "mqtt-tls" },
      },
    });
    const {
      merge: _merge,
      jetstream: _jetstream,
      cluster,
      ...config
    } = (await valueOf(values.config)) as Record<string, { tls?: unknown }>;
    assert.deepEqual(config, {
      nats: {
        tls: { enabled: true, secretName: "nats-tls", merge: { verify: true, min_version: "1.3", timeout: "5s" } },
      },
      leafnodes: { enabled: true, tls: { enabled: true, secretName: "leaf-tls" } },
      websocket: { enabled: true, tls: { enabled: true, secretName: "public-tls" } },
      mqtt: { enabled: true, tls: { enabled: true, secretName: "mqtt-tls" } },
    });
    assert.deepEqual(cluster?.tls, { enabled: true, secretName: "routes-tls", cert: "cert.pem", key: "key.pem" });
    assert.deepEqual(await valueOf(values.tlsCA ?? assert.fail()), { enabled: true, secretName: "nats-ca" });
    const routes = await valueOf(values.extraResources?.[0]?.stringData["routes.conf"] ?? assert.fail());
    assert.equal(routes.match(/"tls:\/\/route:/g)?.length, 3);
    assert.notEqual(
      await checksumOf(values),
      await checksumOf(declare().helmValues("operator", { releases: RELEASES })),
    );
  });

  it("should be refused with TLS that servers would not start with, or not have", async () => {
    const values = declare({ jetstream: {} }).helmValues("static", {
      releases: { static: { name: "n" } },
      tls: {
        clients: { secretName: "", verify: true, minVersion: "1.1" as "1.2" },
        routes: { secretName: "r" },
        mqtt: { secretName: "m" },
      },
    });
    assert.deepEqual(codesAndPathsIn(await reasonOf(valueOf(values.config) as unknown as Promise<void>)), [
      "NA2107 tls.clients.secretName",
      "NA1003 tls.clients.minVersion",
      "NA1809 tls.ca",
      "NA1809 tls.ca",
      "NA1764 tls.mqtt",
      "NA2107 tls.routes",
    ]);
  });

  it("should be refused with options that would keep all clients out, or have no effect", async () => {
    const pinnedCertificates = ["a".repeat(64)];
    const problemsOf = async (tls: object) => {
      const values = declare().helmValues("operator", {
        releases: RELEASES,
        tls: { ca: { secretName: "ca" }, ...tls },
      });
      return codesAndPathsIn(await reasonOf(valueOf(values.config).then(() => undefined)));
    };
    const secretName = "s";
    assert.deepEqual(
      await problemsOf({
        clients: { secretName, pinnedCertificates },
        routes: { secretName, pinnedCertificates },
        websocket: { secretName, verify: true, pinnedCertificates, timeout: "5s" },
        mqtt: { secretName, verify: true, pinnedCertificates },
      }),
      [
        "NA1809 tls.clients.pinnedCertificates",
        "NA1810 tls.websocket.timeout",
        "NA1810 tls.websocket.pinnedCertificates",
        "NA1765 tls.mqtt",
      ],
    );
    const first = { secretName, handshakeFirst: true };
    assert.deepEqual(await problemsOf({ routes: first, websocket: first, mqtt: first, leafNodes: first }), [
      "NA1001 tls.routes.handshakeFirst",
      "NA1001 tls.websocket.handshakeFirst",
      "NA1001 tls.mqtt.handshakeFirst",
    ]);
  });

  it("should warn of pins of leaf nodes beside a hub", async () => {
    const pins = { verify: true, pinnedCertificates: ["a".repeat(64)] };
    const remotes = { hub: { urls: ["tls://hub"], account: "A" } };
    const tls = { ca: { secretName: "ca" }, leafNodes: { secretName: "s", ...pins } };
    await valueOf(declare({ remotes }).helmValues("static", { releases: RELEASES, tls }).config);
    assert.deepEqual(codesAndPathsIn(warnings.join("\n")), ["NA1818 tls.leafNodes.pinnedCertificates"]);
  });

  it("should have the remotes of the configuration in the Secret, and replace pods for what servers may not reload", async () => {
    const operator = declareOperator();
    const remote = { urls: ["tls://hub.example.org"], account: "A", seed: seedOf("user", "hub") };
    const values = (more: object = {}, releases: object = RELEASES) =>
      declare({ remotes: { hub: { ...remote, ...more } } }, {}, operator).helmValues("static", { releases });
    const { extraResources, ...others } = values();
    const { "routes.conf": _routes, ...files } = extraResources?.[0]?.stringData ?? {};
    assert.deepEqual(Object.keys(files), ["remotes.conf", "remote-hub.conf"]);
    const texts = await Promise.all(Object.values(files).map(valueOf));
    assert.match(
      texts[0] ?? "",
      /^remotes: \[.*urls: \["tls:\/\/hub\.example\.org:7422"\].*include "\.\/remote-hub\.conf"/s,
    );
    assert.match(texts[1] ?? "", /^nkey: "SU/);
    assert.deepEqual(await Promise.all(Object.values(files).map(isSecret)), [true, true]);
    const { merge } = (await valueOf(others.config)) as { merge: { leafnodes?: object } };
    assert.deepEqual(merge.leafnodes, { $include: "../nats-auth/remotes.conf" });
    const { annotations } = others.podTemplate.merge.metadata;
    assert.deepEqual(await Promise.all([others.config, annotations[CHECKSUM]].map(isSecret)), [false, false]);
    const checksum = await checksumOf(values());
    assert.equal(await checksumOf(values()), checksum);
    assert.notEqual(await checksumOf(declare({}, {}, operator).helmValues("static", { releases: RELEASES })), checksum);
    assert.notEqual(await checksumOf(values({ seed: seedOf("user", "other") })), checksum);
    assert.notEqual(await checksumOf(values({ denyImports: ["in.>"] })), checksum);
    const alone = values({}, { static: { name: "nats" } });
    assert.deepEqual(Object.keys(alone.extraResources?.[0]?.stringData ?? {}), ["remotes.conf", "remote-hub.conf"]);
    assert.ok(alone.container);
  });

  it("should be refused with remotes and no release, or more of them than leaf nodes of the account", async () => {
    const remotes = { hub: { urls: ["tls://hub"], account: "A" } };
    const problemsOf = async (releases?: object) => {
      const values = declare({ remotes }, { limits: { leafNodes: 2 } }).helmValues("static", releases && { releases });
      return codesAndPathsIn(await reasonOf(valueOf(values.config).then(() => undefined)));
    };
    assert.deepEqual(await problemsOf(), ["NA2103 releases"]);
    assert.deepEqual(await problemsOf(RELEASES), ["NA1775 remotes.hub.account"]);
    assert.deepEqual(await problemsOf({ static: { name: "n", replicas: 2 } }), []);
  });

  it("should contain the accounts alone without releases", async () => {
    const values = declare().helmValues("static");
    assert.deepEqual(Object.keys(values), ["config", "podTemplate"]);
    assert.deepEqual(Object.keys(await valueOf(values.config)), ["merge"]);
  });

  it("should have the password of the routes in a Secret only", async () => {
    const values = declare().helmValues("operator", { releases: RELEASES });
    const routes = values.extraResources?.[0]?.stringData["routes.conf"] ?? assert.fail();
    assert.equal(await isSecret(routes), true);
    assert.equal(await isSecret(values.config), false);
    const [, password = "?"] = /route:([0-9a-f]+)@/.exec(await valueOf(routes)) ?? [];
    assert.equal(password.length, 64);
    assert.ok(!JSON.stringify(await valueOf(values.config)).includes(password));
  });

  it("should route to the pods of all releases, by namespace where they have one", async () => {
    const releases = {
      static: { name: "a", namespace: "one" },
      operator: { name: "b", replicas: 2, namespace: "two" },
    };
    const hosts = async (mode: Mode) => {
      const { extraResources = [] } = declare().helmValues(mode, { releases });
      const text = await valueOf(extraResources[0]?.stringData["routes.conf"] ?? assert.fail());
      return [...text.matchAll(/@([^"]+)"/g)].map(([, host]) => host);
    };
    const expected = ["a-0.a-headless.one.svc:6222", "b-0.b-headless.two.svc:6222", "b-1.b-headless.two.svc:6222"];
    assert.deepEqual([await hosts("static"), await hosts("operator")], [expected, expected]);
  });

  it("should replace pods for settings that a server does not reload, and for no others", async () => {
    // Without a state, each operator signs its JWT at its own time.
    const operator = declareOperator();
    const users = { u: { seed: seedOf("user", "u") } };
    for (const mode of ["static", "operator"] as const) {
      const of = (more: More, account = {}, own = operator) =>
        checksumOf(declare(more, account, own).helmValues(mode, { releases: RELEASES }));
      const before = await of({});
      assert.equal(await of({}, { users }), before, "permissions are reloaded");
      assert.equal(await of({ settings: { maxPayload: "4MiB" } }), before, "this setting is reloaded");
      assert.notEqual(await of({ settings: { maxPending: "4MiB" } }), before, "this setting is not reloaded");
      const isSame = (await of({}, {}, declareOperator("second"))) === before;
      assert.equal(isSame, mode === "static", "the operator's JWT is not reloaded");
    }
  });

  it("should contain no cluster for a single server, which would wait for others before it runs JetStream", async () => {
    const auth = declare({ jetstream: {} });
    const alone = auth.helmValues("operator", { releases: { operator: { name: "nats" } } });
    assert.deepEqual(Object.keys(await valueOf(alone.config)), ["merge", "jetstream"]);
    assert.deepEqual(Object.keys(alone).sort(), ["config", "fullnameOverride", "podTemplate"]);
    const two = auth.helmValues("operator", { releases: { operator: { name: "nats", replicas: 2 } } });
    assert.notEqual(await checksumOf(alone), await checksumOf(two), "a server does not reload that it joins a cluster");
  });

  it("should have a volume of the size of a large store", async () => {
    const volume = async (fileStorage?: `${number}GiB`) => {
      const { config } = declare({ jetstream: fileStorage === undefined ? {} : { fileStorage } }).helmValues("static");
      return ((await valueOf(config)).jetstream as { fileStore: { pvc?: object } }).fileStore.pvc;
    };
    assert.deepEqual(await volume("20GiB"), { size: String(20 * 1024 ** 3) });
    assert.deepEqual([await volume("10GiB"), await volume()], [undefined, undefined]);
  });

  it("should be refused when a ConfigMap cannot store them", async () => {
    const users = Object.fromEntries(
      Array.from({ length: 200 }, (_, index) => [`d-${index}`, { publicKey: keyOf("user", `d-${index}`) }]),
    );
    const operator = declareOperator();
    const subjects = Array.from({ length: 100 }, (_, index) => `devices.{{name()}}.values.of.sensor.${index}.>`);
    const roles = { device: { permissions: { publish: { allow: subjects } } } };
    const own = new Account("A", { operator, roles });
    new UserSet("devices", { account: own, role: "device", users });
    const auth = new AuthConfiguration("nats", { operator, accounts: [own] });
    const reason = (mode: Mode) => reasonOf(valueOf(auth.helmValues(mode).config).then(() => undefined));
    assert.deepEqual(codesAndPathsIn(await reason("static")), ["NA2106 config"]);
    assert.equal(await reason("operator"), undefined);
  });

  it("should report every invalid argument", async () => {
    const problemsOf = async (auth: AuthConfiguration, mode: Mode, releases?: object) => {
      const { config } = auth.helmValues(mode, { releases: releases as Partial<Record<Mode, HelmRelease>> });
      return codesAndPathsIn(await reasonOf(valueOf(config).then(() => undefined)));
    };
    const invalid = { static: { name: "Nats", replicas: 0, namespace: "a.b" } };
    assert.deepEqual(await problemsOf(declare(), "operator", invalid), [
      "NA2103 releases.operator",
      "NA2100 releases.static.name",
      "NA2100 releases.static.namespace",
      "NA2105 releases.static.replicas",
    ]);
    assert.deepEqual(await problemsOf(declare(), "both" as Mode), ["NA1003 mode"]);
    assert.deepEqual(await problemsOf(declare({ clusterName: "no good" }), "static"), ["NA1701 clusterName"]);
    const mappings = { "a.$include": [{ subject: "b" }] };
    assert.deepEqual(
      (await problemsOf(declare({}, { mappings }), "static")).map((line) => line.replace(/A[A-Z0-9]{55}/, "A")),
      ['NA2104 accounts.A.mappings["a.$include"]'],
    );
  });
});
