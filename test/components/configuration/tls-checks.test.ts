import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { resolveTls } from "../../../provider/components/configuration/tls";
import {
  checkConnection,
  clusterTlsDiagnostics,
  tlsWarnings,
  type TlsServer,
} from "../../../provider/components/configuration/tls-diagnostics";
import type { ClusterTls, ServerTlsArgs } from "../../../provider/components/configuration/tls-args";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import type { CheckTls, ReachingHosts } from "../../../provider/model/cluster/tls";
import type { Mode } from "../../../provider/model/cluster/servers";
import { publicKeyId } from "../../../provider/model/tls/pem";
import { valueIfKnown } from "../../../provider/components/validation";
import { Authority, type Issued, type Wanted } from "../../support/certificates";

interface Given {
  readonly mode?: Mode;
  readonly tls?: ServerTlsArgs;
  readonly ports?: TlsServer["ports"];
  readonly hosts?: ReachingHosts;
}

const HOSTS = ["n1", "n2"];

/** The result of checks: code and path of each problem, and how the verification connects. */
interface Checked {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
  readonly connection: CheckTls;
}

/** Checks the TLS of servers, which reach each other by their names. Containers unless they are on this machine. */
async function check(
  tls: ClusterTls | undefined,
  given: Readonly<Record<string, Given>> = { n1: {}, n2: {} },
  { isLocal = false, verified = "n1", version }: { isLocal?: boolean; verified?: string; version?: string } = {},
): Promise<Checked> {
  const context = { tls, isLocal, version: pulumi.output(version) };
  const servers = Object.entries(given).map(([name, { ports = {}, hosts, ...own }]): TlsServer => {
    const server = { name, path: `servers.${name}`, ports, ...own };
    const resolved = resolveTls({ ...context, folder: "" }, server);
    return { ...server, resolved, hosts: hosts ?? { clients: ["n1"], routes: [name] } };
  });
  const connection = checkConnection(context, servers, servers.find(({ name }) => name === verified) ?? assert.fail());
  const found = await Promise.all(
    [...clusterTlsDiagnostics(context, servers), ...(connection === undefined ? [] : [connection.diagnostics])].map(
      (output) => valueIfKnown(output),
    ),
  );
  const namesOf = (list: readonly Diagnostic[]) => list.map(({ code, path }) => `${code} ${path}`).sort();
  return {
    problems: namesOf(found.flatMap((list) => list ?? [])),
    warnings: namesOf((await valueIfKnown(tlsWarnings(context, servers))) ?? []),
    connection: connection === undefined ? {} : ((await valueIfKnown(connection.tls)) ?? {}),
  };
}

/** A value that a preview does not know. */
function unknown(): pulumi.Output<string> {
  type Constructor = new (...args: readonly unknown[]) => pulumi.Output<string>;
  const no = Promise.resolve(false);
  const none = Promise.resolve(new Set());
  return new (pulumi.Output as unknown as Constructor)(new Set(), Promise.resolve(undefined), no, no, none);
}

function pinOf({ cert }: Issued): string {
  return publicKeyId(new X509Certificate(cert).publicKey);
}

describe("checks of the TLS of all servers", () => {
  let authority: Authority;
  let other: Authority;
  let pair: Pick<ClusterTls, "certificate" | "key">;
  let tls: ClusterTls;

  const issue = async (wanted: Wanted = {}, by: Authority = authority) => {
    const { cert: certificate, key } = await by.issue({ hosts: HOSTS, ...wanted });
    return { certificate, key, pin: pinOf({ cert: certificate, key }) };
  };
  const withoutPin = ({ certificate, key }: Awaited<ReturnType<typeof issue>>) => ({ certificate, key });

  before("authorities and a certificate", async () => {
    authority = await Authority.create();
    other = await Authority.create("other");
    pair = withoutPin(await issue());
    tls = { ...pair, ca: authority.cert };
  });

  const problems = async (...args: Parameters<typeof check>) => (await check(...args)).problems;

  it("should accept one certificate for all servers", async () => {
    assert.deepEqual(await problems(tls), []);
  });

  describe("routes", () => {
    it("should require the authority of each server in the `ca` of all others", async () => {
      const own = withoutPin(await issue({}, other));
      assert.deepEqual(await problems(tls, { n1: {}, n2: { tls: { routes: { ...own, ca: other.cert } } } }), [
        "NA1804 servers.n2.tls.routes.certificate",
        "NA1804 tls.certificate",
      ]);
      const both = { ...tls, ca: authority.cert + other.cert };
      assert.deepEqual(await problems(both, { n1: {}, n2: { tls: { routes: own } } }), []);
      const crossed = { n1: { tls: { routes: { ca: other.cert } } }, n2: { tls: { routes: own } } };
      assert.deepEqual(await problems(tls, crossed), []);
    });

    it("should require the key of each server among the pins of all others", async () => {
      const [one, two] = [await issue(), await issue()];
      const servers = { n1: { tls: withoutPin(one) }, n2: { tls: withoutPin(two) } };
      assert.deepEqual(await problems({ ...tls, routes: { pinnedCertificates: [one.pin] } }, servers), [
        "NA1814 tls.routes.pinnedCertificates",
      ]);
      assert.deepEqual(await problems({ ...tls, routes: { pinnedCertificates: [one.pin, two.pin] } }, servers), []);
      const crossed = {
        n1: { tls: { ...withoutPin(one), routes: { pinnedCertificates: [two.pin] } } },
        n2: { tls: { ...withoutPin(two), routes: { pinnedCertificates: [one.pin] } } },
      };
      assert.deepEqual(await problems(tls, crossed), []);
    });

    it("should accept names as Go does", async () => {
      for (const [name, host, found] of [
        ["*.nats-headless", "a.nats-headless", []],
        ["n*.example.org", "n1.example.org", ["NA1805 tls.routes.certificate"]],
        ["*.example.org", "a.b.example.org", ["NA1805 tls.routes.certificate"]],
      ] as const) {
        const routes = withoutPin(await issue({ hosts: [name] }));
        const hosts = { clients: ["n1"], routes: [host] };
        assert.deepEqual(await problems({ ...tls, routes }, { n1: { hosts }, n2: { hosts } }), found);
      }
    });
  });

  describe("the verification", () => {
    it("should need a certificate that is pinned", async () => {
      const verification = withoutPin(await issue({ purposes: ["clientAuth"], hosts: [] }));
      const clients = { verify: true, pinnedCertificates: [(await issue()).pin] };
      assert.deepEqual(await problems({ ...tls, clients, verification }), ["NA1814 tls.clients.pinnedCertificates"]);
      const known = { ...clients, pinnedCertificates: [pinOf({ cert: verification.certificate, key: "" })] };
      assert.deepEqual(await problems({ ...tls, clients: known, verification }), []);
    });

    it("should need a valid certificate and its key", async () => {
      const wanted = { purposes: ["clientAuth"], hosts: [] } as const;
      const own = withoutPin(await issue(wanted));
      const clients = { verify: true };
      const at = (verification: NonNullable<ClusterTls["verification"]>) => problems({ ...tls, clients, verification });
      assert.deepEqual(await at(own), []);
      assert.deepEqual(await at({ certificate: own.certificate }), ["NA1809 tls.verification.key"]);
      assert.deepEqual(await at({ key: own.key }), ["NA1809 tls.verification.certificate"]);
      assert.deepEqual(await at({ ...own, key: (await issue()).key }), ["NA1803 tls.verification.key"]);
      assert.deepEqual(await at({ ...own, key: "none" }), ["NA1802 tls.verification.key"]);
      assert.deepEqual(await at(withoutPin(await issue({ ...wanted, until: -0.5 }))), [
        "NA1806 tls.verification.certificate",
      ]);
    });

    it("should trust the authorities of the servers, which it must be able to read", async () => {
      const file = { file: "/etc/nats/tls/ca.pem" };
      assert.deepEqual(await problems({ ...pair, ca: file }), ["NA1815 tls.certificate"]);
      assert.deepEqual(await problems({ certificate: file, key: file, ca: file }), ["NA1815 tls.certificate"]);
      const named = { ...pair, ca: file, verification: { ca: authority.cert } };
      assert.deepEqual(await problems(named), []);
      const { connection, problems: none } = await check(pair, {
        n1: { tls: { ca: authority.cert } },
        n2: { tls: { ca: authority.cert } },
      });
      assert.deepEqual(none, []);
      assert.equal(connection.ca, new X509Certificate(authority.cert).toString());
    });

    it("should trust the authorities of Node.js without `ca`, and no others", async () => {
      const alone = { n1: { hosts: { clients: ["n1"], routes: [] } } };
      assert.deepEqual(await problems(pair, alone), ["NA1815 tls.certificate"]);
      assert.deepEqual(await problems({ ...pair, routes: "disabled" }), ["NA1815 tls.certificate"]);
      assert.deepEqual(await problems({ ...pair, verification: { ca: authority.cert } }, alone), []);
    });

    it("should begin the handshake as the server that it connects to requires", async () => {
      const isFirst = async (n1: ServerTlsArgs["clients"], n2: ServerTlsArgs["clients"]) => {
        const of = (mode: Mode, clients: ServerTlsArgs["clients"]): Given => ({
          mode,
          tls: clients === undefined ? {} : { clients },
        });
        const servers = { n1: of("static", n1), n2: of("operator", n2) };
        return (await check(tls, servers, { verified: "n2" })).connection.isFirst === true;
      };
      assert.equal(await isFirst({ handshakeFirst: true }, undefined), false);
      assert.equal(await isFirst(undefined, { handshakeFirst: true }), true);
      assert.equal(await isFirst("disabled", { handshakeFirst: true }), true);
    });

    it("should have a key exchange in common with the servers", async () => {
      const curves = ["X25519MLKEM768"];
      assert.deepEqual(await problems({ ...tls, curves }), ["NA1810 tls.curves"]);
      assert.deepEqual(await problems({ ...tls, curves: [...curves, "CurveP256"] }), []);
    });
  });

  describe("certificates for one protocol", () => {
    const ports = { websocketPort: 8080, leafNodePort: 7422, mqttPort: 1883 };

    it("may be from another authority than those of the cluster", async () => {
      const own = withoutPin(await issue({}, other));
      for (const protocol of ["websocket", "leafNodes", "mqtt"] as const) {
        const at = (args: object) => problems({ ...tls, [protocol]: args }, { n1: { ports } });
        assert.deepEqual(await at(own), []);
        assert.deepEqual(await at({ ...own, ca: other.cert }), []);
        assert.deepEqual(await at({ ...own, ca: authority.cert }), [`NA1804 tls.${protocol}.certificate`]);
        assert.deepEqual(await at({ ...own, ca: authority.cert, verify: true }), []);
      }
    });

    it("may be for a name of their own", async () => {
      const own = withoutPin(await issue({ hosts: ["app.example.org"] }));
      const at = (args: object) => problems({ ...tls, websocket: { ...own, ...args } }, { n1: { ports } });
      assert.deepEqual(await at({}), ["NA1805 tls.websocket.certificate"]);
      assert.deepEqual(await at({ serverName: "app.example.org" }), []);
      assert.deepEqual(await at({ serverName: "other.example.org" }), ["NA1805 tls.websocket.certificate"]);
    });

    it("should have options that nats-server applies to the protocol", async () => {
      const pinnedCertificates = ["a".repeat(64)];
      assert.deepEqual(
        await problems(
          { ...tls, websocket: { verify: true, pinnedCertificates, timeout: "5s" } as never },
          { n1: { ports } },
        ),
        ["NA1810 tls.websocket.pinnedCertificates", "NA1810 tls.websocket.timeout"],
      );
      assert.deepEqual(
        await problems({ ...tls, timeout: "5s", mqtt: { verify: true, pinnedCertificates } }, { n1: { ports } }),
        [],
      );
    });

    it("should require a port for it", async () => {
      assert.deepEqual(await problems({ ...tls, websocket: {}, mqtt: "disabled" }, { n1: {} }), [
        "NA1763 tls.websocket",
      ]);
      assert.deepEqual(await problems(tls, { n1: { tls: { mqtt: {} } }, n2: { ports } }), [
        "NA1763 servers.n1.tls.mqtt",
      ]);
    });
  });

  it("should find options that contradict each other", async () => {
    for (const clients of [
      { allowPlaintext: true, verify: true },
      { allowPlaintext: true, handshakeFirst: true },
    ]) {
      assert.deepEqual(await problems({ ...tls, clients }), ["NA1810 tls.clients.allowPlaintext"]);
    }
    assert.deepEqual(await problems({ ...tls, clients: { allowPlaintext: true, handshakeFirst: "300ms" } }), []);
    const ports = { monitoringPort: 8222 };
    const monitored: ClusterTls = { ...tls, monitoring: "enabled" };
    const plain = { ...monitored, clients: "disabled" } as const;
    assert.deepEqual(await problems(plain, { n1: { ports } }), ["NA1809 tls.monitoring"]);
    assert.deepEqual(await problems(plain), []);
    const n2: Given = { ports, tls: { clients: "disabled", monitoring: "disabled" } };
    assert.deepEqual(await problems(monitored, { n1: { ports }, n2 }), []);
  });

  it("should find cipher suites that do not match the key of the certificate", async () => {
    const suites = (kind: string) => ({ ...tls, cipherSuites: [`TLS_ECDHE_${kind}_WITH_AES_128_GCM_SHA256`] });
    assert.deepEqual(await problems(suites("RSA")), ["NA1810 tls.cipherSuites"]);
    assert.deepEqual(await problems(suites("ECDSA")), []);
  });

  it("should name files that containers cannot mount, and invalid paths", async () => {
    const at = async (file: unknown, isLocal = false) => {
      const certificate = { file } as never;
      const found = await problems(
        { ...tls, certificate, key: certificate, routes: "disabled" },
        { n1: {} },
        { isLocal },
      );
      return found.includes("NA1812 tls.certificate.file");
    };
    for (const file of ["/tls.crt", "/etc/tls.crt", "/etc/a:b/tls.crt", "/nats-auth/tls.crt", "/etc/x/../tls.crt"]) {
      assert.equal(await at(file), true, file);
    }
    assert.equal(await at("/etc/nats/tls.crt"), false);
    for (const file of [0, null, "tls.crt"]) {
      assert.equal(await at(file, true), true);
    }
  });

  it("should compare options with the version of nats-server", async () => {
    const pinnedCertificates = ["a".repeat(64)];
    const found = async (version: string) => {
      const curves = ["X25519", "X25519MLKEM768", "SecP256r1MLKEM768"];
      return (await check({ ...tls, curves }, undefined, { version })).problems;
    };
    assert.deepEqual(await found("2.11.17"), ["NA1810 tls.curves[1]", "NA1810 tls.curves[2]"]);
    assert.deepEqual(await found("2.14.6"), ["NA1810 tls.curves[2]"]);
    assert.deepEqual(await found("2.14.7"), []);
    const { warnings } = await check(
      { ...tls, mqtt: { verify: true, pinnedCertificates } },
      { n1: { ports: { mqttPort: 1883 } } },
      { version: "2.12.15" },
    );
    assert.deepEqual(warnings, ["NA1816 tls.mqtt.pinnedCertificates"]);
  });

  it("should refuse invalid names of servers", async () => {
    for (const serverName of [5, null, "", "a b", "https://n1"] as never[]) {
      assert.deepEqual(await problems({ ...tls, serverName }), ["NA1810 tls.serverName"]);
    }
    assert.deepEqual(await problems({ ...tls, serverName: "n2" }), []);
  });

  it("should find all problems of known values", async () => {
    const ended = withoutPin(await issue({ until: -0.5 }));
    const servers = { n1: { tls: { certificate: unknown(), key: unknown() } }, n2: { tls: ended } };
    assert.deepEqual(await problems(tls, servers), ["NA1806 servers.n2.tls.certificate"]);
    assert.deepEqual(await problems({ certificate: unknown(), ca: unknown() }), ["NA1809 tls.key"]);
    assert.deepEqual(await problems({ ...tls, key: unknown(), clients: { verify: true } }), []);
    assert.deepEqual(await problems({ certificate: unknown(), key: unknown(), ca: unknown() }), []);
    assert.deepEqual(await problems({ ...tls, minVersion: unknown() as never, curves: ["P256"] }), [
      "NA1810 tls.curves[0]",
    ]);
  });

  it("should not report arguments as missing beside a malformed one", async () => {
    assert.deepEqual(await problems({ ...tls, clients: null as never }), []);
    const clients = { verify: true, pinnedCertificates: ["abc"] };
    assert.deepEqual(await problems({ ...tls, clients }), ["NA1810 tls.clients.pinnedCertificates[0]"]);
  });
});
