import type { CodeTable } from "./code";

/** Certificates, keys and settings of TLS, and ports without it. */
export const TLS_CODES = {
  NA1800: {
    title: "Port or remote without TLS",
    cause:
      "Other machines can reach a port of a server, and connections to it are not encrypted, or encryption is optional; or a server connects to a hub on another machine without TLS. Ports in a docker network count only if a container publishes them.",
    remedy:
      "Set `tls`, or bind the port to a loopback address (`bindAddress`, `clusterAddress` or `monitoringAddress`). Or accept the port or remote in `parity.accept`, by its name in the message, with a reason such as a VPN. `*` stands for any server: `(servers).*.clients`. docs/tls.md has a complete program.",
  },
  NA1801: {
    title: "Invalid certificates",
    cause:
      "The text is not in PEM format, contains no certificate, is truncated, or contains a block that is not a certificate. Or `-----BEGIN` of a block in a `{ file }` does not begin a line: nats-server skips it, also after a byte order mark.",
    remedy: "Use the content of a file with certificates, or `{ file }` for a file on the machine of the server.",
  },
  NA1802: {
    title: "Unsuitable private key",
    cause:
      "The text is not one private key in PEM format, the key is encrypted with a passphrase, or nats-server or the TLS libraries of clients do not support keys of its kind. Or a certificate is signed with SHA-1. The message does not contain the key.",
    remedy:
      "Use an RSA key of at least 2048 bits, an ECDSA key on P-256, P-384 or P-521, or an Ed25519 key, without a passphrase.",
  },
  NA1803: {
    title: "Private key of another certificate",
    cause:
      "The private key does not belong to the first certificate in `certificate`. A server would not start with them.",
    remedy:
      "Use the private key with which the certificate was requested, and put the certificate of the server first.",
  },
  NA1804: {
    title: "Certificate of another authority",
    cause:
      "No chain of the certificates in `certificate` leads to an authority in `ca`, so clients that trust it, or the other servers of the cluster, would refuse to connect.",
    remedy: "Append the certificates of intermediate authorities to `certificate`, or add the authority to `ca`.",
  },
  NA1805: {
    title: "Certificate for other hosts",
    cause:
      "The subject alternative names of the certificate do not contain a host by which others reach the server: the host of its client URL, or the one by which the other servers reach it. The common name does not count.",
    remedy:
      "Add the host to the certificate. If clients reach the servers by another name than `clientUrls` contain, set `tls.serverName` to it.",
  },
  NA1806: {
    title: "Certificate that is not valid now",
    cause:
      "A certificate has ended, or is not valid yet, or the certificate of an authority that has signed it. Clients and the other servers refuse it. In `ca`, only one of the authorities needs to be valid, unless it is another one that has signed the certificates of servers.",
    remedy: "Renew the certificate. The servers reload it; no client is disconnected.",
  },
  NA1807: {
    title: "Certificate that ends soon",
    cause:
      "A certificate ends within 30 days. For a certificate that is valid for less than 90 days in total, the warning begins when a third of this time remains.",
    remedy: "Renew the certificate. The servers reload it; no client is disconnected.",
  },
  NA1808: {
    title: "Certificate for another purpose",
    cause:
      "The extended key usage of a certificate does not include what it is used for: `serverAuth`, and for routes `clientAuth` as well, because each server connects to the others. The extended key usage of an authority restricts the certificates that it has signed. Or a certificate in `ca` is not that of an authority.",
    remedy: "Create a certificate with these purposes.",
  },
  NA1809: {
    title: "Incomplete TLS arguments",
    cause:
      "`certificate` or `key` is missing, routes or `verify` have no `ca`, certificates are pinned although clients have none, or only some of the servers encrypt their routes.",
    remedy: 'Set the missing argument. To leave a kind of connections without TLS, set it to `"disabled"`.',
  },
  NA1810: {
    title: "Invalid TLS option",
    cause:
      "nats-server does not have the cipher suite, the curve or the pinned key, or the options contradict each other.",
    remedy: "Use one of the values in the message, or remove the option.",
  },
  NA1811: {
    title: "Private key among certificates",
    cause:
      "The text of `certificate` or `ca` contains a private key. Certificates are public, and appear in previews and in the state. A `{ file }` may contain both.",
    remedy: "Pass the key as `key`, and only certificates as `certificate` and `ca`.",
  },
  NA1812: {
    title: "Unreadable certificate file",
    cause:
      "`{ file }` is not an absolute path, or is a path that containers cannot mount. Or the servers run as processes of this machine, and the file does not exist, is a folder, or cannot be read.",
    remedy: "Use the absolute path of a file that the user of the server can read.",
  },
  NA1813: {
    title: "Verification without a client certificate",
    cause:
      "The servers require certificates of their clients (`verify`), and the verification of the update has none that they accept. The certificate of the servers works if it has the purpose `clientAuth`.",
    remedy: 'Set `tls.verification` to a certificate for clients and its key, or `verification: "disabled"`.',
  },
  NA1814: {
    title: "Certificate that is not pinned",
    cause:
      "`pinnedCertificates` of a listener does not contain the public key of a certificate that must connect: for routes, the certificate of another server; for clients, that of the verification. The servers would refuse it.",
    remedy: "Add the public key in the message, before or in the same update as the certificate.",
  },
  NA1815: {
    title: "Verification that does not trust the servers",
    cause:
      "The verification of the update connects to the servers, and would refuse their certificates: their authority is in a file that only the servers can read, or no `ca` is set and Node.js does not trust it.",
    remedy: 'Set `tls.ca` or `tls.verification.ca` to the certificate of the authority, or `verification: "disabled"`.',
  },
  NA1816: {
    title: "Removed pins that keep connections open",
    cause:
      "nats-server before 2.14.8 and 2.15.1 compares changed `pinnedCertificates` only with new connections of clients (nats-server issue 8270). A client whose key is removed stays connected until it reconnects. This is a warning.",
    remedy: "Use a newer nats-server, or close the connections with `nats server request kick`.",
  },
  NA1817: {
    title: "TLS without servers",
    cause:
      "`tls` of an `AuthConfiguration` belongs to its `servers`. It has no effect on configurations that only include its parts, or on the Helm chart.",
    remedy:
      "Add `servers`, or remove the argument and configure TLS where the rest of the configuration is; for the Helm chart, `tls` of `helmValues`.",
  },
  NA1818: {
    title: "Pins of leaf nodes beside a hub",
    cause:
      "`pinnedCertificates` of `leafNodes` applies to all connections of a server with leaf nodes: to those that it accepts, and to those with hubs that it opens. nats-server refuses a hub whose key is not pinned (`certificate not pinned`). The package does not know the certificates of hubs. This is a warning.",
    remedy:
      "Add the public keys of the certificates of all servers of the hub, also before it renews them with another key.",
  },
  NA1819: {
    title: "Authority that has ended",
    cause:
      "`ca` or `certificate` contains the certificate of an authority that has ended, beside others that are valid. It has no effect. This is a warning.",
    remedy: "Remove it when all certificates are signed by another authority.",
  },
  NA1820: {
    title: "Hub without authorities",
    cause:
      "A remote with TLS has no `tls.ca`, so that servers trust the authorities of their system. Images such as `nats:2.15.2` contain nothing but nats-server, so they would refuse the certificate of every hub (`x509: certificate signed by unknown authority`).",
    remedy: "Set `tls.ca` of the remote, or use an image with authorities, such as `nats:2.15.2-alpine`.",
  },
} as const satisfies CodeTable;
