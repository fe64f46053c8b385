import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  MixedAuthCluster,
  Operator,
  type ClusterTls,
  type MixedAuthClusterArgs,
} from "../../../provider";
import { Authority, type Issued } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { seedOf } from "../../support/keys";
import { temporaryFolder } from "../../support/local-server";
import { ofType, registered, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";
import { codesAndPathsIn } from "../reports";

const HOSTS = ["127.0.0.1", "static", "operator"];

interface Server {
  readonly config: string;
  readonly tls?: boolean;
  readonly files?: Readonly<Record<string, string>>;
}

describe("TLS of a cluster", () => {
  closingGates();
  const warnings = collectWarnings();
  let authority: Authority;
  let issued: Issued;

  before("a certificate", async () => {
    authority = await Authority.create();
    issued = await authority.issue({ hosts: HOSTS });
  });

  const identity = ({ cert, key }: Issued = issued): ClusterTls => ({ certificate: cert, key, ca: authority.cert });

  function declare(args: Partial<MixedAuthClusterArgs>) {
    const systemAccount = { seed: seedOf("account", "SYS"), users: { sys: {} } };
    const operator = new Operator("KO", { systemAccount });
    return new MixedAuthCluster("nats", {
      operator,
      accounts: [new Account("A", { operator, users: { u: {} } })],
      ...args,
    });
  }

  const servers = () =>
    ((ofType("ClusterConfiguration")[0] ?? assert.fail()).inputs as { servers: Record<string, Server> }).servers;
  const problems = async (args: Partial<MixedAuthClusterArgs>) =>
    codesAndPathsIn((await reasonOf(declare(args).gate)) ?? "");

  it("should encrypt clients, routes and monitoring with one certificate, which previews outline", async () => {
    const cluster = declare({ tls: identity(), staticServer: { monitoringPort: 8222 } });
    await valueOf(cluster.checked);
    assert.equal(await valueOf(cluster.clientUrls.static), "tls://127.0.0.1:4222");
    assert.equal(await valueOf(pulumi.output(cluster.networkUrls?.operator)), "tls://operator:4223");
    assert.equal(await valueOf(cluster.monitoringUrls.static ?? pulumi.output("")), "https://127.0.0.1:8222");
    const config = await valueOf(cluster.configs.static);
    assert.match(config, /^https: "0\.0\.0\.0:8222"$/m);
    assert.equal(config.match(/cert_file: "\/nats-auth\/tls-(clients|routes)\.pem"/g)?.length, 2);
    assert.match(
      config,
      /# CN=server for "127\.0\.0\.1", "static", "operator", ends \d{4}-\d\d-\d\d, SHA-256 [0-9a-f]{16}/,
    );
    const { static: own } = servers();
    assert.equal(own?.tls, true);
    assert.equal(own.files?.["tls-clients.pem"], issued.cert + issued.key);
    assert.deepEqual(Object.keys(own.files ?? {}).sort(), [
      "tls-clients-ca.pem",
      "tls-clients.pem",
      "tls-routes-ca.pem",
      "tls-routes.pem",
    ]);
  });

  it("should keep keys out of the arguments of the component, also if they are plain", async () => {
    await valueOf(
      declare({ tls: { ...identity(), verification: { certificate: issued.cert, key: issued.key } } }).checked,
    );
    const component = registered.find(({ type }) => type === "nats-auth:index:MixedAuthCluster");
    assert.doesNotMatch(JSON.stringify(component?.inputs), /BEGIN/);
  });

  for (const [what, tlsOf] of [
    ["the path of a file", (key: string) => ({ key: { file: key } })],
    ["all arguments", (key: string) => key as never],
    ["a listener", (key: string) => ({ clients: key })],
    ["a pinned certificate", (key: string) => ({ clients: { verify: true, pinnedCertificates: [key] } })],
    ["a name", (key: string) => ({ [key]: true })],
    ["an unknown property", (key: string) => ({ privateKey: key, clients: [{ key }], routes: { keyPem: key } })],
  ] as const) {
    for (const isSecret of [false, true]) {
      it(`should show no ${isSecret ? "secret " : ""}key that is given as ${what}`, async () => {
        const given = (isSecret ? pulumi.secret(issued.key) : issued.key) as string;
        const more: object | string = tlsOf(given);
        const tls = what === "all arguments" ? more : { ...identity(), ...more };
        const reason = await reasonOf(declare({ tls }).gate);
        const component = registered.find(({ type }) => type === "nats-auth:index:MixedAuthCluster");
        for (const text of [reason ?? "", JSON.stringify(component?.inputs)]) {
          assert.doesNotMatch(text, /BEGIN PRIVATE/);
          assert.ok(!text.includes(issued.key.split("\n")[1] ?? assert.fail()));
        }
      });
    }
  }

  it("should change neither the state nor the places of a cluster without TLS", async () => {
    await valueOf(declare({}).checked);
    const { static: own, operator } = servers();
    for (const server of [own, operator]) {
      assert.deepEqual(Object.keys(server ?? {}).sort(), ["clusterPort", "config", "host"]);
      assert.doesNotMatch(server?.config ?? "", /tls/);
    }
  });

  it("should not replace a server for a certificate, but for monitoring and for clients without TLS", async () => {
    const labelOf = async (args: Partial<MixedAuthClusterArgs>) => {
      registered.length = 0;
      await valueOf(declare(args).checked);
      const container = ofType("Container").find(({ name }) => name === "nats-static");
      const { labels } = (container ?? assert.fail()).inputs as { labels: { label: string; value: string }[] };
      return labels.find(({ label }) => label.endsWith("restart-for"))?.value;
    };
    const other = identity(await authority.issue({ hosts: HOSTS }));
    const plain = await labelOf({});
    assert.equal(await labelOf({ tls: identity() }), plain);
    assert.equal(await labelOf({ tls: { ...other, minVersion: "1.3", clients: { handshakeFirst: true } } }), plain);
    assert.notEqual(await labelOf({ tls: { ...identity(), clients: { allowPlaintext: true } } }), plain);
    const withTimeout = { ...identity(), timeout: "5s" };
    for (const [port, isCompared] of [
      ["websocketPort", false],
      ["leafNodePort", true],
    ] as const) {
      const staticServer = { [port]: 8080 };
      const label = await labelOf({ staticServer, tls: identity() });
      assert.equal((await labelOf({ staticServer, tls: withTimeout })) !== label, isCompared, port);
    }
    const ports = { staticServer: { monitoringPort: 8222 } };
    assert.notEqual(await labelOf({ ...ports, tls: identity() }), await labelOf(ports));
  });

  it("should use the most specific certificate, and none where it is disabled", async () => {
    const [own, ofRoutes] = [await authority.issue({ hosts: HOSTS }), await authority.issue({ hosts: HOSTS })];
    const { ca = "" } = identity();
    await valueOf(
      declare({
        tls: { ...identity(), routes: identity(ofRoutes) },
        staticServer: { tls: { certificate: own.cert, key: own.key } },
        operatorServer: { tls: { clients: "disabled" } },
      }).checked,
    );
    const { static: first, operator } = servers();
    assert.equal(first?.files?.["tls-clients.pem"], own.cert + own.key);
    assert.equal(first.files["tls-routes.pem"], ofRoutes.cert + ofRoutes.key);
    assert.deepEqual(Object.keys(operator?.files ?? {}).sort(), ["tls-routes-ca.pem", "tls-routes.pem"]);
    assert.deepEqual(await problems({ tls: { ca }, staticServer: { tls: { routes: "disabled" } } }), [
      "NA1809 tls.certificate",
      "NA1809 tls.key",
      "NA1809 tls.routes",
    ]);
  });

  it("should require no authority for the routes of a single server, and use the last of several settings", async () => {
    const { certificate = "", key = "" } = identity();
    const one = { mode: "operator", monitoringPort: 8222, tls: { monitoring: "enabled" } } as const;
    const cluster = declare({
      tls: { certificate, key, monitoring: "disabled", verification: { ca: authority.cert } },
      servers: { one },
    } as unknown as Partial<MixedAuthClusterArgs>);
    assert.equal(await reasonOf(cluster.gate), undefined);
    const urls = cluster.monitoringUrls as Readonly<Record<string, pulumi.Output<string> | undefined>>;
    assert.equal(await valueOf(pulumi.output(urls.one)), "https://127.0.0.1:8222");
  });

  it("should read files of this machine, and mount those of other machines into containers", async () => {
    const folder = temporaryFolder("tls");
    try {
      const [certificate, key, ca] = ["tls.crt", "tls.key", "ca.crt"].map((name) => ({ file: join(folder, name) })) as [
        { file: string },
        { file: string },
        { file: string },
      ];
      const tls = { certificate, key, ca };
      writeFileSync(certificate.file, issued.cert);
      writeFileSync(key.file, (await authority.issue()).key);
      writeFileSync(ca.file, authority.cert);
      const found = await problems({ tls, target: { process: { binary: process.env.NATS_SERVER ?? "nats-server" } } });
      assert.deepEqual(
        found.filter((one) => one.startsWith("NA18")),
        ["NA1803 tls.key"],
      );
      const binary = process.env.NATS_SERVER ?? "nats-server";
      const local = async (text: string) => {
        writeFileSync(certificate.file, text);
        const all = await problems({ tls: { certificate, key: certificate, ca }, target: { process: { binary } } });
        return all.filter((one) => one.startsWith("NA18"));
      };
      assert.deepEqual(await local(`Bag Attributes\n${issued.cert}${issued.key}`), []);
      for (const text of [`\uFEFF${issued.cert}${issued.key}`, `  ${issued.cert}${issued.key}`]) {
        assert.deepEqual((await local(text)).sort(), ["NA1801 tls.certificate.file", "NA1801 tls.key.file"]);
      }
      registered.length = 0;
      await valueOf(declare({ tls: { ...tls, verification: { ca: authority.cert } } }).checked);
      const { volumes } = (ofType("Container")[0] ?? assert.fail()).inputs as { volumes: { hostPath?: string }[] };
      assert.deepEqual(
        volumes.map(({ hostPath }) => hostPath),
        [undefined, folder],
      );
      assert.deepEqual(servers().static?.files, {});
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("should name certificates that end within 30 days, and refuse those that have ended", async () => {
    await valueOf(declare({ tls: identity(await authority.issue({ hosts: HOSTS, from: -100, until: 20 })) }).checked);
    assert.match(warnings.join("\n"), /tls\.certificate = .*: ends on .* in 19 days\..*\[NA1807\]/);
    assert.deepEqual(await problems({ tls: identity(await authority.issue({ hosts: HOSTS, until: -0.5 })) }), [
      "NA1806 tls.certificate",
    ]);
  });

  it("should be required for ports that others reach, unless they are accepted by name", async () => {
    assert.deepEqual(
      await problems({ bindAddress: "0.0.0.0" }),
      ["NA1800 (servers).operator.clients", "NA1800 (servers).static.clients"].sort((a, b) => b.localeCompare(a)),
    );
    assert.deepEqual(await problems({ bindAddress: "0.0.0.0", tls: identity() }), []);
    const half = { ...identity(), clients: { allowPlaintext: true } };
    assert.equal((await problems({ bindAddress: "0.0.0.0", tls: half })).length, 2);
    const ports = { operatorServer: { mqttPort: 1883 }, jetstream: {} };
    assert.deepEqual(
      (await problems({ bindAddress: "0.0.0.0", tls: half, ...ports })).filter((one) => one.endsWith("mqtt")),
      ["NA1800 (servers).operator.mqtt"],
    );
    const accept = { "(servers).*.clients": "The VPN encrypts." };
    const cluster = declare({ bindAddress: "0.0.0.0", parity: { accept } });
    assert.equal(await reasonOf(cluster.gate), undefined);
    const { rows, summary } = await valueOf(cluster.parity);
    assert.equal(rows.filter(({ accepted }) => accepted === "The VPN encrypts.").length, 2);
    assert.equal(summary.accepted, 2);
    assert.deepEqual(await problems({ parity: { accept } }), ['NA2002 parity.accept["(servers).*.clients"]']);
  });

  it("should give the files of an AuthConfiguration as a secret", async () => {
    const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
    const own = await authority.issue({ hosts: ["n1.example.org"] });
    const auth = new AuthConfiguration("nats", {
      operator,
      accounts: [],
      servers: { n1: { mode: "operator", host: "n1.example.org" } },
      tls: identity(own),
      tlsFolder: "/srv/nats",
    });
    assert.equal(await reasonOf(auth.gate), undefined);
    assert.equal(await valueOf(auth.clientUrls.n1), "tls://n1.example.org:4222");
    assert.match(await valueOf(auth.configs.n1), /cert_file: "\/srv\/nats\/tls-clients\.pem"/);
    const files = auth.tlsFiles.n1;
    assert.equal((await valueOf(files))["tls-clients.pem"], own.cert + own.key);
    assert.equal(await (files as unknown as { readonly isSecret: Promise<boolean> }).isSecret, true);
  });
});
