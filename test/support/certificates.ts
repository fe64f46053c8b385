import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";

/** A certificate and its private key, in PEM format. */
export interface Issued {
  readonly cert: string;
  readonly key: string;
}

/** What differs from a valid certificate of a server of this machine. */
export interface Wanted {
  /** The common name; empty for none. @default "server" */
  readonly name?: string;
  /** @default 127.0.0.1 and localhost */
  readonly hosts?: readonly string[];
  /** @default both */
  readonly purposes?: readonly ("serverAuth" | "clientAuth")[];
  /** Days from the moment of the authority. @default -1 */
  readonly from?: number;
  /** Days from the moment of the authority. @default 365 */
  readonly until?: number;
  /** @default false */
  readonly isAuthority?: boolean;
  /** @default "SHA-256" */
  readonly hash?: "SHA-1" | "SHA-256";
  /** The algorithm of the key, which is in the format PKCS #8, or with RSA in PKCS #1. @default "ECDSA" */
  readonly algorithm?: "ECDSA" | "RSA";
}

const DAY = 86_400_000;
const RSA = {
  name: "RSASSA-PKCS1-v1_5",
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: "SHA-256",
} as const;
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** Signs certificates for tests. */
export class Authority {
  private constructor(
    readonly name: string,
    readonly cert: string,
    private readonly keys: webcrypto.CryptoKeyPair,
    readonly key: string,
    /** The moment from which the times of its certificates count, in milliseconds since 1970. */
    readonly now: number,
  ) {}

  /** Creates an authority that signs itself, or that another one has signed. @param now milliseconds since 1970 */
  static async create(
    name = "authority",
    by?: Authority,
    wanted: Wanted = {},
    now = by?.now ?? Date.now(),
  ): Promise<Authority> {
    const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
    const certificate = await createCertificate(
      { hosts: [], purposes: [], ...wanted, name, isAuthority: true },
      keys,
      now,
      by,
    );
    return new Authority(name, toPem(certificate), keys, await exportKey(keys), now);
  }

  /** Signs a new certificate. */
  async issue(wanted: Wanted = {}): Promise<Issued> {
    const algorithm = wanted.algorithm === "RSA" ? RSA : EC;
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    return { cert: toPem(await createCertificate(wanted, keys, this.now, this)), key: await exportKey(keys) };
  }

  /** Returns another certificate of this authority, with the same key, that another one signs. */
  async renew(by: Authority): Promise<string> {
    const wanted = { name: this.name, hosts: [], purposes: [], isAuthority: true } as const;
    return toPem(await createCertificate(wanted, this.keys, this.now, by));
  }

  get signingKey(): webcrypto.CryptoKey {
    return this.keys.privateKey;
  }
}

async function createCertificate(
  wanted: Wanted,
  keys: webcrypto.CryptoKeyPair,
  now: number,
  by?: Authority,
): Promise<X509Certificate> {
  const { name = "server", hosts = ["127.0.0.1", "localhost"], purposes = ["serverAuth", "clientAuth"] } = wanted;
  const { from = -1, until = 365, isAuthority = false, hash = "SHA-256" } = wanted;
  return X509CertificateGenerator.create(
    {
      serialNumber: Buffer.from(
        webcrypto.getRandomValues(new Uint8Array(8)).map((byte, index) => (index === 0 ? (byte & 0x7f) | 1 : byte)),
      ).toString("hex"),
      subject: name === "" ? "" : `CN=${name}`,
      issuer: `CN=${by?.name ?? name}`,
      notBefore: new Date(now + from * DAY),
      notAfter: new Date(now + until * DAY),
      signingAlgorithm: { ...EC, hash },
      publicKey: keys.publicKey,
      signingKey: by?.signingKey ?? keys.privateKey,
      extensions: [
        new BasicConstraintsExtension(isAuthority, undefined, true),
        ...(purposes.length === 0
          ? []
          : [new ExtendedKeyUsageExtension(purposes.map((purpose) => ExtendedKeyUsage[purpose]))]),
        ...(hosts.length === 0
          ? []
          : [
              new SubjectAlternativeNameExtension(
                hosts.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
              ),
            ]),
      ],
    },
    webcrypto,
  );
}

function toPem(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function exportKey({ privateKey }: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
  if (privateKey.algorithm.name === RSA.name) {
    const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
    return key.export({ format: "pem", type: "pkcs1" }).toString();
  }
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
}
