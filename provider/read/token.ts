import { verify } from "node:crypto";
import { Codec } from "nkeys.js/lib/codec";
import { omitUndefined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { importPublicKey } from "../nkeys/native-key-pair";
import { publicKeyProblem } from "../nkeys/keys";
import type { KeyKind } from "../nkeys/key-kinds";
import { Fields } from "./fields";
import { type Notes } from "./notes";
import { Unreadable } from "../diagnostics/unreadable";

/** The type of a NATS JWT. */
export type TokenKind = "operator" | "account" | "user" | "activation";

/** A JWT with a valid signature and valid keys; its claims are not checked yet. */
export interface VerifiedToken {
  readonly kind: TokenKind;
  /** The version of the JWT schema. */
  readonly version: 1 | 2;
  /** The public key of the subject. */
  readonly subject: string;
  /** The public key that signed the JWT. */
  readonly issuer: string;
  readonly name?: string;
  /** When the JWT was signed, in Unix seconds. */
  readonly issuedAt: number;
  /** When the JWT becomes valid, in Unix seconds. */
  readonly notBefore?: number;
  /** When the JWT expires, in Unix seconds. */
  readonly expires?: number;
  /** The claims under `nats` in the layout of version 2, with tags and the issuer's account. */
  readonly claims: Fields;
}

/** The size limit of Go's JWT library, in bytes. */
const MAX_SIZE = 1024 * 1024;

/** The kinds of keys that a JWT can be about and signed by. */
const KEYS: Readonly<Record<TokenKind, { readonly subject: KeyKind; readonly issuers: readonly KeyKind[] }>> = {
  operator: { subject: "operator", issuers: ["operator"] },
  account: { subject: "account", issuers: ["operator", "account"] },
  user: { subject: "user", issuers: ["account"] },
  activation: { subject: "account", issuers: ["account", "operator"] },
};

/** The algorithm names of versions 1 and 2. Servers accept either name in either version. */
const ALGORITHMS = ["ed25519", "ed25519-nkey"];

/** Claims that version 1 has at the top level, and version 2 under `nats`. */
const MOVED = ["type", "tags", "issuer_account"];

/**
 * Reads a NATS JWT of version 1 or 2 and verifies its signature.
 *
 * @param origin the name of the JWT in messages
 * @param notes receives the claims without a place in the model
 * @throws Unreadable when it is malformed, or not signed by its issuer
 */
export function verifyToken(jwt: string, origin: string, notes: Notes): VerifiedToken {
  const [header = "", body = "", signature = "", ...more] = jwt.length > MAX_SIZE ? [] : jwt.trim().split(".");
  if (signature === "" || more.length > 0) {
    throw malformed(origin, "must have three parts separated by dots, and at most 1 MiB");
  }
  const { typ, alg } = decodeObject(header, origin);
  if (String(typ).toUpperCase() !== "JWT" || !ALGORITHMS.includes(String(alg).toLowerCase())) {
    throw malformed(origin, "must have a header with the type JWT and the algorithm ed25519-nkey");
  }
  const claims = decodeObject(body, origin);
  const version = "type" in claims ? 1 : 2;
  const token = readToken(version === 1 ? toVersion2(claims) : claims, version, origin, notes);
  // The signature of version 1 covers the claims only.
  if (!isSignedBy(token.issuer, version === 1 ? body : `${header}.${body}`, decodeBytes(signature, origin))) {
    throw new Unreadable(origin, {
      code: "NA3003",
      problem: `is not signed by its issuer, ${token.issuer}`,
      remedy: "Use an unmodified copy of the JWT.",
    });
  }
  return token;
}

/** Returns the error for a JWT of another type than the one that is read. */
export function unexpectedKind(origin: string, found: TokenKind, expected: TokenKind): Unreadable {
  return new Unreadable(origin, {
    code: "NA3002",
    problem: `has the type \`${found}\` instead of \`${expected}\``,
    remedy: `Use the JWT of an ${expected}.`.replace("an user", "a user"),
  });
}

function malformed(origin: string, problem: string, cause?: unknown): Unreadable {
  const remedy = "Use a complete NATS JWT of version 1 or 2.";
  return new Unreadable(origin, { code: "NA3001", problem, remedy }, cause === undefined ? undefined : { cause });
}

/** Moves the claims of version 1 to their places in version 2. An activation's kind was its type under `nats`. */
function toVersion2(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isMoved = ([key]: [string, unknown]) => MOVED.includes(key);
  const moved = Object.fromEntries(Object.entries(claims).filter(isMoved));
  const rest = Object.fromEntries(Object.entries(claims).filter((entry) => !isMoved(entry)));
  const nats = isRecord(rest.nats) ? rest.nats : {};
  return { ...rest, nats: { ...nats, ...("type" in nats && { kind: nats.type }), ...moved, version: 2 } };
}

function readToken(claims: Record<string, unknown>, version: 1 | 2, origin: string, notes: Notes): VerifiedToken {
  const envelope = new Fields(claims, "", notes);
  const nats = envelope.fields("nats") ?? new Fields({}, "nats", notes);
  const kind = nats.text("type") as TokenKind | undefined;
  if (kind === undefined || !Object.hasOwn(KEYS, kind) || nats.whole("version") !== 2) {
    throw malformed(origin, "must be of version 1 or 2, and of an operator, account, user or activation");
  }
  const token = omitUndefined<VerifiedToken>({
    kind,
    version,
    subject: readKey(envelope, "sub", [KEYS[kind].subject], origin),
    issuer: readKey(envelope, "iss", KEYS[kind].issuers, origin),
    name: envelope.text("name"),
    issuedAt: envelope.whole("iat") ?? 0,
    notBefore: envelope.whole("nbf"),
    expires: envelope.whole("exp"),
    claims: nats,
  });
  envelope.take("jti");
  nats.take("type", "version");
  envelope.leaveOutRest({ code: "NA3022", problem: "is ignored by servers", remedy: "No action is needed." });
  return token;
}

function readKey(envelope: Fields, claim: string, kinds: readonly KeyKind[], origin: string): string {
  const key = envelope.text(claim) ?? "";
  if (kinds.every((kind) => publicKeyProblem(kind, key) !== undefined)) {
    throw new Unreadable(origin, {
      code: "NA3004",
      problem: `has a claim \`${claim}\` that is not the public key of an ${kinds.join(" or ")}`.replace(
        "an user",
        "a user",
      ),
      remedy: "Use a JWT with valid keys.",
    });
  }
  return key;
}

/** Returns true if a key signed a text. */
export function isSignedBy(publicKey: string, text: string, signature: Uint8Array): boolean {
  const [, ...raw] = Codec._decode(new TextEncoder().encode(publicKey));
  return verify(null, Buffer.from(text), importPublicKey(Uint8Array.from(raw)), signature);
}

function decodeObject(part: string, origin: string): Record<string, unknown> {
  const value = decodeJson(decodeBytes(part, origin), origin);
  if (!isRecord(value)) {
    throw malformed(origin, "must have parts that are JSON objects");
  }
  return value;
}

function decodeJson(bytes: Uint8Array, origin: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed(origin, "must have parts that are JSON in UTF-8", error);
  }
}

function decodeBytes(part: string, origin: string): Uint8Array {
  if (!/^[\w-]+$/.test(part)) {
    throw malformed(origin, "must have parts that are encoded in base64url");
  }
  return Buffer.from(part, "base64url");
}
