import * as pulumi from "@pulumi/pulumi";
import { resolveTls } from "../../../provider/components/configuration/tls";
import { withoutServersDiagnostics } from "../../../provider/components/configuration/auth-configuration";
import {
  checkConnection,
  clusterTlsDiagnostics,
  tlsWarnings,
} from "../../../provider/components/configuration/tls-diagnostics";
import type { ClusterTls } from "../../../provider/components/configuration/tls-args";
import { hubPinWarnings } from "../../../provider/model/cluster/tls-checks";
import { certificateDiagnostics, endingDiagnostics, issuerDiagnostics } from "../../../provider/model/tls/certificate";
import { parityDiagnostics } from "../../../provider/parity/findings";
import { parityReport } from "../../../provider/parity/report";
import { Authority, type Wanted } from "../../support/certificates";
import { joined, type DiagnosticCase } from "./case";

/** The moment of these cases: messages contain dates. */
const NOW = Date.parse("2026-06-01T00:00:00Z");
const SERVER = { name: "n1", path: "servers.n1", ports: { monitoringPort: 8222 } };

/** Checks a server with TLS for clients, and for routes if the arguments have them. */
function find(tls: ClusterTls, isLocal = true) {
  const context = { tls: { routes: "disabled", ...tls } as const, isLocal };
  const resolved = resolveTls({ ...context, folder: "" }, SERVER);
  const server = { ...SERVER, resolved, hosts: { clients: ["127.0.0.1"], routes: ["n1"] } };
  const connection = checkConnection(context, [server], server);
  return joined([
    ...clusterTlsDiagnostics(context, [server], NOW / 1000),
    ...(connection === undefined ? [] : [connection.diagnostics]),
  ]);
}

/** Checks a certificate and its key, in place of a valid pair. */
async function findWith(
  wanted: Wanted,
  change: (made: Required<Pick<ClusterTls, "certificate" | "key">>) => ClusterTls = () => ({}),
  { digest, isLocal = true }: { readonly digest?: string; readonly isLocal?: boolean } = {},
) {
  const authority = await Authority.create("authority", undefined, {}, NOW);
  const { cert: certificate, key } = await authority.issue(wanted);
  const found = await find({ certificate, key, ca: authority.cert, ...change({ certificate, key }) }, isLocal);
  // The public key differs in each run.
  return found.map((one) => ({ ...one, remedy: one.remedy.replace(/[0-9a-f]{64}/, digest ?? "$&") }));
}

async function issueElsewhere() {
  const { cert: certificate, key } = await (await Authority.create("other", undefined, {}, NOW)).issue();
  return { certificate, key };
}

/** Inputs that produce each code of the area. */
export const TLS_CASES: readonly DiagnosticCase[] = [
  {
    name: "ports without TLS",
    codes: ["NA1800", "NA1800", "NA1800"],
    find: () => {
      const operator = { name: "KO", systemAccount: "SYS" };
      const port = (kind: string) => ({
        name: `(servers).n1.${kind}`,
        address: "0.0.0.0:4222",
        consequence: "has no TLS",
      });
      const accept = { "(servers).*.monitoring": "A firewall." };
      const ports = ["clients", "routes", "monitoring", "remotes.hub"].map(port);
      return parityDiagnostics(parityReport({ operator, accounts: [], ports }, { accept }), { accept }, [], false);
    },
  },
  {
    name: "certificates that are not in PEM format",
    codes: ["NA1801"],
    find: () => findWith({}, () => ({ certificate: "certificate" })),
  },
  { name: "a key with a passphrase", codes: ["NA1802"], find: () => findWith({}, () => ({ key: ENCRYPTED })) },
  {
    name: "the key of another certificate",
    codes: ["NA1803"],
    find: async () => {
      const { key } = await issueElsewhere();
      return findWith({}, () => ({ key }));
    },
  },
  {
    name: "a certificate of another authority",
    codes: ["NA1804"],
    find: async () => {
      const other = await issueElsewhere();
      return findWith({}, () => other);
    },
  },
  { name: "a certificate for another host", codes: ["NA1805"], find: () => findWith({ hosts: ["n1.example.org"] }) },
  { name: "a certificate that has ended", codes: ["NA1806"], find: () => findWith({ from: -10, until: -1 }) },
  { name: "a certificate that is not valid yet", codes: ["NA1806"], find: () => findWith({ from: 1 }) },
  {
    name: "a certificate that ends soon",
    codes: ["NA1807"],
    find: async () => {
      const authority = await Authority.create("authority", undefined, {}, NOW);
      return endingDiagnostics("tls.certificate", (await authority.issue({ from: -100, until: 20 })).cert, NOW / 1000);
    },
  },
  {
    name: "an authority that has ended, beside another one",
    codes: ["NA1819"],
    find: async () => {
      const former = await Authority.create("former", undefined, { from: -100, until: -1 }, NOW);
      const { cert } = await Authority.create("authority", undefined, { from: -100 }, NOW);
      return endingDiagnostics("tls.ca", former.cert + cert, NOW / 1000);
    },
  },
  {
    name: "an authority for servers alone, beside routes",
    codes: ["NA1808", "NA1808"],
    find: async () => {
      const authority = await Authority.create("authority", undefined, { purposes: ["serverAuth"] }, NOW);
      const middle = await Authority.create("middle", authority, { purposes: ["serverAuth"] });
      const { cert } = await middle.issue();
      const use = { path: "tls.certificate", keyPath: "tls.key", certificates: cert + middle.cert, hosts: [] };
      const purposes = ["server", "client"] as const;
      return [
        ...certificateDiagnostics({ ...use, purposes }, NOW / 1000),
        ...issuerDiagnostics(
          { ...use, certificates: cert, purposes },
          [{ path: "tls.ca", text: middle.cert }],
          NOW / 1000,
        ),
      ];
    },
  },
  { name: "a certificate for clients alone", codes: ["NA1808"], find: () => findWith({ purposes: ["clientAuth"] }) },
  {
    name: "a certificate of a server as that of an authority",
    codes: ["NA1808"],
    find: () => findWith({}, ({ certificate }) => ({ ca: certificate })),
  },
  { name: "a server without a certificate", codes: ["NA1809", "NA1809"], find: () => find({}) },
  {
    name: "routes without an authority",
    codes: ["NA1809", "NA1815"],
    find: () =>
      findWith({ hosts: ["127.0.0.1", "n1"] }, () => ({ ca: undefined, routes: {} }) as unknown as ClusterTls),
  },
  {
    name: "options that nats-server does not have",
    codes: ["NA1810", "NA1810", "NA1006", "NA1810", "NA1006"],
    find: () =>
      findWith({}, () => ({
        clients: {
          cipherSuites: ["TLS_RSA_WITH_RC4_128_SHA"],
          curves: ["P256"],
          pinnedCertificates: ["abc"],
          timeout: "soon",
          handshakeFirst: "0s",
        },
      })),
  },
  {
    name: "options that contradict each other",
    codes: ["NA1810"],
    find: () => findWith({}, () => ({ minVersion: "1.3", cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] })),
  },
  {
    name: "a key among certificates",
    codes: ["NA1811"],
    find: () => findWith({}, ({ certificate, key }) => ({ certificate: `${certificate as string}${key as string}` })),
  },
  {
    name: "files that cannot be read, and one that is a folder",
    codes: ["NA1812", "NA1812"],
    find: () => find({ certificate: { file: "tls.crt" }, key: { file: "/" } }),
  },
  {
    name: "a verification without a certificate for clients",
    codes: ["NA1813"],
    find: () => findWith({ purposes: ["serverAuth"] }, () => ({ clients: { verify: true } })),
  },
  {
    name: "a verification whose certificate is not pinned",
    codes: ["NA1814"],
    find: () =>
      findWith({}, () => ({ clients: { verify: true, pinnedCertificates: [OTHER_PIN] } }), { digest: "(a digest)" }),
  },
  {
    name: "a certificate of an authority that the verification does not trust",
    codes: ["NA1815", "NA1815"],
    find: async () => [
      ...(await findWith({}, () => ({ ca: undefined }) as unknown as ClusterTls)),
      ...(await findWith({}, () => ({ ca: { file: "/etc/nats/ca.pem" } }), { isLocal: false })),
    ],
  },
  {
    name: "TLS of a protocol without a port, and of monitoring without that of clients",
    codes: ["NA1763", "NA1809"],
    find: () => findWith({}, () => ({ websocket: {}, clients: "disabled", monitoring: "enabled" })),
  },
  {
    name: "names and options that cannot be used",
    codes: ["NA1810", "NA1810", "NA1810", "NA1810"],
    find: () =>
      findWith({}, () => ({
        serverName: "https://n1",
        cipherSuites: ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
        curves: ["X25519MLKEM768"],
        clients: { verify: true, allowPlaintext: true },
      })),
  },
  {
    name: "options and pins of a newer version",
    codes: ["NA1810", "NA1816"],
    find: async () => {
      const authority = await Authority.create("authority", undefined, {}, NOW);
      const { cert: certificate, key } = await authority.issue();
      const tls: ClusterTls = {
        ...{ certificate, key, ca: authority.cert, routes: "disabled" },
        clients: { verify: true, pinnedCertificates: [OTHER_PIN], curves: ["X25519", "SecP256r1MLKEM768"] },
      };
      const context = { tls, isLocal: true, version: pulumi.output("2.12.15") };
      const server = { ...SERVER, resolved: resolveTls({ ...context, folder: "" }, SERVER) };
      const reached = { ...server, hosts: { clients: ["127.0.0.1"], routes: [] } };
      return joined([
        ...clusterTlsDiagnostics(context, [reached], NOW / 1000),
        tlsWarnings(context, [reached], NOW / 1000),
      ]);
    },
  },
  {
    name: "pins of leaf nodes beside a hub with TLS",
    codes: ["NA1818"],
    find: () => {
      const remote = { name: "hub", path: "remotes.hub", account: "A", settings: { urls: ["tls://hub"] } };
      const options = { verify: true, pinnedCertificates: [OTHER_PIN] };
      return hubPinWarnings({ path: "tls.leafNodes", options }, [{ ...remote, hasTls: true, login: "creds" }]);
    },
  },
  {
    name: "TLS of a configuration without servers",
    codes: ["NA1817"],
    find: () => withoutServersDiagnostics({ tls: {} }),
  },
];

const OTHER_PIN = "a".repeat(64);

const ENCRYPTED = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
