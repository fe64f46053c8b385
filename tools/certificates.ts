import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509CertificateCreateParamsBase,
} from "@peculiar/x509";

/** The files in the folder of certificates that examples/mixed-auth reads. */
export const CERTIFICATE_FILES = { certificate: "certificate.pem", key: "key.pem", ca: "ca.pem" } as const;

const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const DAY = 86_400_000;
const LIFETIME = 365 * DAY;
/** Time before the end at which certificates are replaced: earlier than previews warn. */
const RENEWAL = 60 * DAY;
/** The hosts by which clients reach the servers of the example, and by which its containers reach each other. */
const DNS_NAMES = ["localhost", "static", "operator"];
const ADDRESSES = ["127.0.0.1"];

/**
 * Creates an authority and a certificate for the servers of examples/mixed-auth, unless the folder has valid ones. Nothing keeps the
 * key of the authority.
 *
 * @param now milliseconds since 1970
 */
export async function ensureCertificates(folder: string, now = Date.now()): Promise<void> {
  if (await isValid(folder, now)) return;
  const [ofAuthority, ofServers] = await Promise.all([newKeys(), newKeys()]);
  const issuer = "CN=examples/mixed-auth";
  const ca = await issue({ subject: issuer, issuer, publicKey: ofAuthority.publicKey }, ofAuthority, now, [
    new BasicConstraintsExtension(true, undefined, true),
  ]);
  const subject = "CN=servers of examples/mixed-auth";
  const certificate = await issue({ subject, issuer, publicKey: ofServers.publicKey }, ofAuthority, now, [
    new BasicConstraintsExtension(false, undefined, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension([
      ...DNS_NAMES.map((value) => ({ type: "dns" as const, value })),
      ...ADDRESSES.map((value) => ({ type: "ip" as const, value })),
    ]),
  ]);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const texts = { certificate, key: await exportKey(ofServers.privateKey), ca };
  for (const kind of ["certificate", "key", "ca"] as const) {
    await writeFile(join(folder, CERTIFICATE_FILES[kind]), texts[kind], { mode: 0o600 });
  }
}

/** Whether a folder has certificates that last. */
async function isValid(folder: string, now: number): Promise<boolean> {
  try {
    const [text] = await Promise.all(
      Object.values(CERTIFICATE_FILES).map((file) => readFile(join(folder, file), "utf8")),
    );
    return Date.parse(new X509Certificate(text ?? "").validTo) > now + RENEWAL;
  } catch {
    return false;
  }
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
}

async function issue(
  names: { subject: string; issuer: string; publicKey: webcrypto.CryptoKey },
  by: webcrypto.CryptoKeyPair,
  now: number,
  extensions: X509CertificateCreateParamsBase["extensions"],
): Promise<string> {
  const certificate = await X509CertificateGenerator.create(
    {
      ...names,
      notBefore: new Date(now - DAY),
      notAfter: new Date(now + LIFETIME),
      signingAlgorithm: EC,
      signingKey: by.privateKey,
      extensions: [...(extensions ?? [])],
    },
    webcrypto,
  );
  return `${certificate.toString("pem")}\n`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
