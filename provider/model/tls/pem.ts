import { createHash, createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";

/** A block of text in PEM format. */
interface Block {
  readonly label: string;
  readonly text: string;
}

const BEGIN = /-----BEGIN ([A-Z0-9 ]+)-----/g;

/** Returns the blocks of a text, or the reason why it is not in PEM format. */
function blocksOf(text: string): readonly Block[] | string {
  const blocks: Block[] = [];
  for (const { 0: begin, 1: label = "", index } of text.matchAll(BEGIN)) {
    const end = text.indexOf(`-----END ${label}-----`, index);
    if (end < 0 || text.slice(index + begin.length, end).includes("-----BEGIN")) {
      return "is truncated: a block has no end";
    }
    blocks.push({ label, text: text.slice(index, end + `-----END ${label}-----`.length) });
  }
  return blocks.length === 0 ? `is not text in PEM format${formHint(text)}` : blocks;
}

/** Names the cause if the lines of a text have changed. */
function formHint(text: string): string {
  return text.includes("\\n")
    ? ": it contains `\\n` in place of line breaks"
    : /^[ \t]+\S/m.test(text)
      ? ": its lines are indented"
      : "";
}

const KEY_LABEL = /(?:^| )PRIVATE KEY$/;

/** Certificates in the form that servers get: without comments and other blocks, in the same order. */
export type CertificatesResult = { readonly text: string } | CertificatesProblem;

/** The reason why a text does not contain certificates. */
export interface CertificatesProblem {
  readonly problem: string;
  /** True if the text contains a private key, which does not belong there. */
  readonly hasKey: boolean;
}

/** Blocks beside certificates that tools write, and that have no meaning for a server. */
const IGNORED: readonly string[] = ["EC PARAMETERS", "DH PARAMETERS", "X509 CRL"];

/**
 * Reads certificates in PEM format. Problems contain nothing of the text, because it can be a private key.
 *
 * @param mayHaveKeys whether the text may contain private keys, too, which are left out
 */
export function readCertificates(text: string, mayHaveKeys = false): CertificatesResult {
  const blocks = blocksOf(text);
  if (typeof blocks === "string") {
    return { problem: blocks, hasKey: false };
  }
  const isKey = ({ label }: Block) => KEY_LABEL.test(label);
  if (!mayHaveKeys && blocks.some(isKey)) {
    return { problem: "contains a private key", hasKey: true };
  }
  const other = blocks.find(
    (block) => block.label !== "CERTIFICATE" && !IGNORED.includes(block.label) && !isKey(block),
  );
  if (other !== undefined) {
    return { problem: `contains a block of another kind: ${other.label}`, hasKey: false };
  }
  const texts = blocks.filter(({ label }) => label === "CERTIFICATE").map((block) => block.text);
  const parsed = texts.map(parseCertificate);
  const invalid = parsed.indexOf(undefined);
  if (invalid >= 0) {
    return {
      problem: `contains an invalid certificate${texts.length === 1 ? "" : ` (number ${invalid + 1})`}${formHint(texts[invalid] ?? "")}`,
      hasKey: false,
    };
  }
  return texts.length === 0
    ? { problem: "contains no certificate", hasKey: false }
    : { text: parsed.map((certificate) => certificate?.toString() ?? "").join("") };
}

/** Returns why nats-server does not read all blocks of a file: each must begin a line. */
export function fileProblem(text: string): string | undefined {
  return /[^\n]-----BEGIN /.test(text)
    ? "has characters before `-----BEGIN` on the same line, such as a byte order mark, so nats-server does not read what follows"
    : undefined;
}

function parseCertificate(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(text);
  } catch {
    return undefined;
  }
}

/** Returns the certificates of a text that {@link readCertificates} returned, or of a file with one and its key. */
export function certificatesIn(text: string): readonly X509Certificate[] {
  const blocks = blocksOf(text);
  const certificates = typeof blocks === "string" ? [] : blocks.filter(({ label }) => label === "CERTIFICATE");
  return certificates.map((block) => new X509Certificate(block.text));
}

/** A private key in the form that servers get (PKCS 8), and its public key. */
export type KeyResult =
  | { readonly text: string; readonly publicKey: string }
  | {
      /** A clause that contains nothing of the key. */
      readonly problem: string;
    };

/** Reads a private key in PEM format. */
export function readPrivateKey(text: string): KeyResult {
  const blocks = blocksOf(text);
  if (typeof blocks === "string") {
    return { problem: blocks };
  }
  const keys = blocks.filter(({ label }) => KEY_LABEL.test(label));
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    return { problem: key === undefined ? "contains no private key" : "contains several private keys" };
  }
  if (key.label.includes("ENCRYPTED") || /^Proc-Type:.*ENCRYPTED/m.test(key.text)) {
    return { problem: "is encrypted with a passphrase, which nats-server does not support" };
  }
  try {
    const parsed = createPrivateKey(key.text);
    const problem = keyProblem(parsed);
    return problem === undefined
      ? {
          text: parsed.export({ type: "pkcs8", format: "pem" }).toString(),
          publicKey: publicKeyId(createPublicKey(parsed)),
        }
      : { problem };
  } catch {
    return { problem: `is not a valid private key${formHint(key.text)}` };
  }
}

/** The elliptic curves of keys that nats-server supports. */
const CURVES: readonly (string | undefined)[] = ["prime256v1", "secp384r1", "secp521r1"];

/** The shortest RSA keys that the TLS libraries of clients accept, in bits. */
const RSA_BITS = 2048;

/** Returns why servers and clients do not support a key, as a clause. */
export function keyProblem(key: KeyObject): string | undefined {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  switch (type) {
    case "rsa":
      return (details.modulusLength ?? 0) < RSA_BITS
        ? `is too short: RSA keys must have at least ${RSA_BITS} bits`
        : undefined;
    case "ec":
      return hasExplicitCurve(key)
        ? "describes its elliptic curve by parameters rather than by name, which nats-server does not support"
        : CURVES.includes(details.namedCurve)
          ? undefined
          : "has an elliptic curve that nats-server does not support: use P-256, P-384 or P-521";
    case "ed25519":
      return undefined;
    default:
      return "is of a kind that nats-server does not support: use RSA, ECDSA or Ed25519";
  }
}

/** The object identifier of a prime field, as DER: only parameters of a curve contain it. */
const PRIME_FIELD = Buffer.from("06072a8648ce3d0101", "hex");

function hasExplicitCurve(key: KeyObject): boolean {
  const der =
    key.type === "private" ? key.export({ type: "pkcs8", format: "der" }) : key.export({ type: "spki", format: "der" });
  return der.includes(PRIME_FIELD);
}

/** Identifies a public key as `pinned_certs` of nats-server does: SHA-256 of SubjectPublicKeyInfo, in hexadecimal digits. */
export function publicKeyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}
