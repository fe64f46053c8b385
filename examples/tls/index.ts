import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { Account, MixedAuthCluster, Operator, type Target } from "pulumi-nats-auth";

const operator = new Operator("KO", { systemAccount: { name: "SYS", users: { sys: {} } } });
const a = new Account("A", { operator, users: { test: {} } });

// An authority of this program, which signs one certificate for both servers.
const authorityKey = new tls.PrivateKey("authority", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const authority = new tls.SelfSignedCert("authority", {
  privateKeyPem: authorityKey.privateKeyPem,
  subject: { commonName: "NATS authority" },
  isCaCertificate: true,
  allowedUses: ["cert_signing"],
  validityPeriodHours: 10 * 365 * 24,
});
const key = new tls.PrivateKey("servers", { algorithm: "ECDSA", ecdsaCurve: "P256" });
const request = new tls.CertRequest("servers", {
  privateKeyPem: key.privateKeyPem,
  subject: { commonName: "NATS servers" },
  // The hosts by which clients reach the servers, and those by which the servers reach each other.
  ipAddresses: ["127.0.0.1"],
  dnsNames: ["static", "operator"],
});
const certificate = new tls.LocallySignedCert("servers", {
  certRequestPem: request.certRequestPem,
  caPrivateKeyPem: authorityKey.privateKeyPem,
  caCertPem: authority.certPem,
  allowedUses: ["digital_signature", "server_auth", "client_auth"],
  validityPeriodHours: 365 * 24,
  earlyRenewalHours: 30 * 24,
});

const cluster = new MixedAuthCluster("nats", {
  operator,
  accounts: [a],
  target: new pulumi.Config().require<Target & string>("target", { allowedValues: ["docker", "process"] }),
  tls: { certificate: certificate.certPem, key: key.privateKeyPem, ca: authority.certPem },
});

export const urls = cluster.clientUrls; // { static: "tls://127.0.0.1:4222", operator: "tls://127.0.0.1:4223" }
export const ca = authority.certPem; // for clients
export const seed = a.users.test.seed; // for the static server
export const creds = a.users.test.creds; // for the operator server
