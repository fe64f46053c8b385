import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
  Account,
  AuthConfiguration,
  MixedAuthCluster,
  Operator,
  type AuthConfigurationArgs,
  type ConfiguredServerArgs,
  type MixedAuthClusterArgs,
} from "../../../provider";
import { Authority } from "../../support/certificates";
import { closingGates, reasonOf } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";
import { codesAndPathsIn } from "../reports";

type Args = Partial<MixedAuthClusterArgs<"docker", "static" | "operator">>;

const JETSTREAM = { jetstream: {} };

describe("listeners of a cluster for leaf nodes, WebSocket and MQTT", () => {
  closingGates();

  function create(name: string, args: Args) {
    const operator = new Operator(`${name}-KO`);
    const a = new Account(`${name}-A`, { operator, ...JETSTREAM, users: { edge: { connectionTypes: ["LEAFNODE"] } } });
    return { a, operator, cluster: new MixedAuthCluster(name, { operator, accounts: [a], ...JETSTREAM, ...args }) };
  }

  it("should have published ports, URLs, and a block for each leaf node", async () => {
    const { cluster, a } = create("nats", {
      bindAddress: "10.0.0.1",
      parity: { accept: { "(servers).*.*": "The network encrypts." } },
      staticServer: { leafNodePort: pulumi.output(7422) },
      operatorServer: { leafNodePort: 7423, websocketPort: 8080, mqttPort: 1883 },
    });
    await valueOf(cluster.checked);
    const ports = ofType("Container").find((one) => one.name === "nats-operator")?.inputs.ports as {
      internal: number;
      ip: string;
    }[];
    assert.deepEqual(
      ports.map(({ internal, ip }) => [internal, ip]),
      [4223, 7423, 8080, 1883].map((port) => [port, "10.0.0.1"]),
    );
    assert.equal(await valueOf(pulumi.output(cluster.websocketUrls.operator)), "ws://10.0.0.1:8080");
    assert.equal(await valueOf(pulumi.output(cluster.mqttUrls.operator)), "mqtt://10.0.0.1:1883");
    assert.equal(cluster.websocketUrls.static, undefined);
    const remotes = cluster.leafNodeRemotes(a.users.edge, { credentials: "/etc/edge.creds", account: "EDGE" });
    const seed = await valueOf(a.users.edge.seed);
    assert.match(
      await valueOf(remotes.static.apply((text = "") => text)),
      new RegExp(`nats-leaf://10.0.0.1:7422.*${seed}`, "s"),
    );
    assert.ok(await pulumi.isSecret(remotes.static));
    const ofOperator = await valueOf(remotes.operator.apply((text = "") => text));
    assert.match(ofOperator, /nats-leaf:\/\/10\.0\.0\.1:7423.*account: "EDGE".*credentials: "\/etc\/edge\.creds"/s);
    assert.ok(!(await pulumi.isSecret(remotes.operator)));
  });

  it("should leave resources as they are without ports", async () => {
    const { cluster } = create("none", {});
    await valueOf(cluster.checked).catch(() => undefined);
    assert.deepEqual(Object.keys(cluster.leafNodeUrls), ["static", "operator"]);
    assert.ok(ofType("MixedAuthCluster").every(({ inputs }) => !JSON.stringify(inputs).includes("leafNode")));
  });

  it("should be compared with the types of connections of users", async () => {
    const { cluster } = create("types", {
      staticServer: { websocketPort: 8080, mqttPort: 1883 },
      mqtt: {},
      leafNodes: {},
    });
    assert.deepEqual(codesAndPathsIn(await reasonOf(cluster.gate)), [
      'NA1410 accounts[0]("types-A").users.edge.connectionTypes',
      "NA1763 leafNodes",
      "NA1764 staticServer.mqttPort",
    ]);
  });

  it("should not have several origins of one host with a version that keeps one of them", async () => {
    const problemsOf = async (image: string) => {
      const allowedOrigins = ["https://app", "https://other", "https://APP:8443", "https://app"];
      const args = { image, staticServer: { websocketPort: 8080 }, websocket: { allowedOrigins } };
      const { cluster } = create(`origins-${image.replace(/\W/g, "-")}`, args);
      return codesAndPathsIn(await reasonOf(cluster.gate)).filter((one) => !one.startsWith("NA1410"));
    };
    for (const image of ["nats:2.11.13", "nats:2.12.4-alpine"]) {
      assert.deepEqual(await problemsOf(image), ["NA1769 websocket.allowedOrigins[2]"]);
    }
    for (const image of ["nats:2.11.14", "nats:2.15.2", "nats:latest"]) {
      assert.deepEqual(await problemsOf(image), []);
    }
  });

  it("should not be known of servers that no program names", async () => {
    const operator = new Operator("foreign-KO");
    const a = new Account("foreign-A", { operator, users: { edge: { connectionTypes: ["LEAFNODE"] } } });
    const alone = new AuthConfiguration("foreign", { operator, accounts: [a] });
    assert.match(await valueOf(alone.static.authorization), /LEAFNODE/);
    const named = new AuthConfiguration("named", {
      operator,
      accounts: [a],
      parity: { accept: { "(servers).n1.*": "The network encrypts." } },
      servers: { n1: { mode: "operator", host: "n1.example.org", leafNodePort: 7422, websocketPort: 443 } },
    });
    assert.match(await valueOf(named.configs.n1), /leafnodes \{\n {2}host: "0\.0\.0\.0"\n {2}port: 7422/);
    assert.equal(await valueOf(pulumi.output(named.leafNodeUrls.n1)), "nats-leaf://n1.example.org:7422");
    const remotes = named.leafNodeRemotes(a.users.edge, { credentials: "/etc/edge.creds" });
    assert.equal(await valueOf(remotes.static.apply((text = "") => text)), "");
    assert.match(await valueOf(remotes.operator.apply((text = "") => text)), /nats-leaf:\/\/n1\.example\.org:7422/);
  });

  it("should give leaf nodes only what they can connect with", async () => {
    const authority = await Authority.create();
    const { cert: certificate, key } = await authority.issue({ hosts: ["n1", "n2", "leaf.example.org", "127.0.0.1"] });
    const operator = new Operator("leaf-KO");
    const a = new Account("leaf-A", { operator, users: { edge: {} } });
    const ports = { mode: "operator", leafNodePort: 7422, websocketPort: 8080, bindAddress: "127.0.0.1" } as const;
    const create = (name: string, tls: AuthConfigurationArgs["tls"], second: Partial<ConfiguredServerArgs> = {}) =>
      new AuthConfiguration(name, {
        operator,
        accounts: [a],
        tls: { certificate, key, ca: authority.cert, ...tls },
        servers: { n1: { ...ports, host: "n1" }, n2: { ...ports, host: "n2", ...second } },
      });
    const credentials = "/etc/edge.creds";
    const textOf = (auth: AuthConfiguration, options: object = {}) =>
      valueOf(auth.leafNodeRemotes(a.users.edge, { credentials, ...options }).operator.apply((text = "") => text));

    const mixed = await textOf(create("mixed", {}, { tls: { leafNodes: "disabled" } }), { ca: "/etc/ca.pem" });
    assert.match(mixed, /urls: \["tls:\/\/n1:7422"\]/);
    const plain = await textOf(create("plain", { leafNodes: "disabled" }), { ca: "/etc/ca.pem" });
    assert.doesNotMatch(plain, /tls/);

    const named = create("named", { leafNodes: { serverName: "leaf.example.org" } });
    assert.match(await textOf(named), /tls:\/\/leaf\.example\.org:7422/);
    assert.equal(await valueOf(pulumi.output(named.websocketUrls.n1)), "wss://n1:8080");

    const first = await textOf(create("first", { leafNodes: { handshakeFirst: true } }));
    assert.match(first, /tls \{\s+handshake_first: true\s+\}/);
    const some = create("some", {}, { tls: { leafNodes: { handshakeFirst: true } } });
    assert.match(await textOf(some), /urls: \["tls:\/\/n2:7422"\].*handshake_first: true/s);
    const later = await textOf(create("later", { leafNodes: { handshakeFirst: "300ms" } }));
    assert.doesNotMatch(later, /handshake_first/);

    const verifying = create("verifying", { leafNodes: { verify: true } });
    const files = { certificate: "/etc/leaf.crt", key: "/etc/leaf.key" };
    assert.match(await textOf(verifying, files), /cert_file: "\/etc\/leaf\.crt"\s+key_file: "\/etc\/leaf\.key"/);
    await assert.rejects(textOf(verifying), /NA1768/);
    await assert.rejects(textOf(verifying, { certificate: "/etc/leaf.crt" }), /NA1768/);
    await assert.rejects(textOf(verifying, { certificate, key }), /- key: .*NA1768/);
  });

  it("should have as many replicas for MQTT as there are servers, at most 3", async () => {
    const operator = new Operator("mqtt-KO");
    const a = new Account("mqtt-A", { operator, ...JETSTREAM, users: { u: {} } });
    const create = (count: number, mqtt?: AuthConfigurationArgs["mqtt"]) => {
      const names = Array.from({ length: count }, (_, index) => `n${index + 1}`);
      const server = { mode: "operator", bindAddress: "127.0.0.1", mqttPort: 1883 } as const;
      return new AuthConfiguration(`mqtt-${count}`, {
        ...{ operator, accounts: [a], ...JETSTREAM, ...(mqtt === undefined ? {} : { mqtt }) },
        servers: Object.fromEntries(names.map((host) => [host, { ...server, host }])),
      });
    };
    for (const [count, replicas] of [
      [1, 1],
      [2, 1],
      [3, 3],
      [5, 3],
    ] as const) {
      const config = await valueOf(create(count).configs.n1 ?? assert.fail());
      assert.match(config, new RegExp(`stream_replicas: ${replicas}$`, "m"));
    }
    assert.match(await valueOf(create(3, { streamReplicas: 2 }).configs.n1 ?? assert.fail()), /stream_replicas: 2$/m);
    assert.deepEqual(codesAndPathsIn(await reasonOf(create(2, { streamReplicas: 3 }).gate)), [
      "NA1767 mqtt.streamReplicas",
    ]);
  });
});
