import { verify } from "node:crypto";
import { Codec } from "nkeys.js/lib/codec";
import { defined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { publicKeyFrom } from "../nkeys/ed25519";
import { publicKeyProblem } from "../nkeys/keys";
import type { KeyKind } from "../nkeys/kinds";
import { Fields } from "./fields";
import type { Notes } from "./notes";
import { Unreadable } from "./unreadable";

/** What a token is about. */
export type TokenKind = "operator" | "account" | "user" | "activation";

/** A token whose signature and issuer were checked; what it says was not. */
export interface CheckedToken {
  readonly kind: TokenKind;
  /** The version of its schema. */
  readonly version: 1 | 2;
  /** The public key that it is about. */
  readonly subject: string;
  /** The public key that signed it. */
  readonly issuer: string;
  readonly name?: string;
  /** When it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** From when it holds, in seconds since 1970. */
  readonly notBefore?: number;
  /** Until when it holds, in seconds since 1970. */
  readonly expires?: number;
  /** What it says, as version 2 has it: tags and the account of the issuer among the rest. */
  readonly says: Fields;
}

/** Go's JWT library reads no larger ones. */
const LARGEST = 1024 * 1024;

/** Whose key a token is about, and whose can sign it. */
const KEYS: Readonly<Record<TokenKind, { readonly subject: KeyKind; readonly issuers: readonly KeyKind[] }>> = {
  operator: { subject: "operator", issuers: ["operator"] },
  account: { subject: "account", issuers: ["operator", "account"] },
  user: { subject: "user", issuers: ["account"] },
  activation: { subject: "account", issuers: ["account", "operator"] },
};

/** The algorithm that each version names. The server takes either name for either version. */
const ALGORITHMS = ["ed25519", "ed25519-nkey"];

/** What version 1 says in the envelope, and version 2 under `nats`. */
const MOVED = ["type", "tags", "issuer_account"];

/**
 * Reads a NATS JWT of version 1 or 2, whoever made it, and checks who signed it.
 *
 * @param what what messages call it
 * @param notes where it is noted what has no place in it
 * @throws Unreadable when it is none, or was not signed by the key that it names
 */
export function checkedToken(jwt: string, what: string, notes: Notes): CheckedToken {
  const [header = "", body = "", signature = "", ...more] = jwt.length > LARGEST ? [] : jwt.trim().split(".");
  if (signature === "" || more.length > 0) {
    throw new Unreadable(what, "it is no JWT: three parts with dots between them, and at most 1 MiB");
  }
  const { typ, alg } = objectOf(header, what);
  if (String(typ).toUpperCase() !== "JWT" || !ALGORITHMS.includes(String(alg).toLowerCase())) {
    throw new Unreadable(what, "it is no JWT of NATS, the header of which says so");
  }
  const claims = objectOf(body, what);
  const version = "type" in claims ? 1 : 2;
  const token = tokenOf(version === 1 ? asVersion2(claims) : claims, version, what, notes);
  // Version 1 signs the claims alone.
  if (!isSignedBy(token.issuer, version === 1 ? body : `${header}.${body}`, bytesOf(signature, what))) {
    throw new Unreadable(what, `its signature is not by the key that it names, ${token.issuer}`);
  }
  return token;
}

/** The claims with everything in its present place. The type under `nats` was what an activation is for. */
function asVersion2(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const isMoved = ([key]: [string, unknown]) => MOVED.includes(key);
  const moved = Object.fromEntries(Object.entries(claims).filter(isMoved));
  const rest = Object.fromEntries(Object.entries(claims).filter((entry) => !isMoved(entry)));
  const nats = isRecord(rest.nats) ? rest.nats : {};
  return { ...rest, nats: { ...nats, ...("type" in nats && { kind: nats.type }), ...moved, version: 2 } };
}

function tokenOf(claims: Record<string, unknown>, version: 1 | 2, what: string, notes: Notes): CheckedToken {
  const envelope = new Fields(claims, "", notes);
  const says = envelope.fields("nats") ?? new Fields({}, "nats", notes);
  const kind = says.text("type") as TokenKind | undefined;
  if (kind === undefined || !Object.hasOwn(KEYS, kind) || says.whole("version") !== 2) {
    throw new Unreadable(what, "it is no JWT of version 1 or 2 of an operator, account, user or activation");
  }
  const token = defined<CheckedToken>({
    kind,
    version,
    subject: keyOf(envelope, "sub", [KEYS[kind].subject], what),
    issuer: keyOf(envelope, "iss", KEYS[kind].issuers, what),
    name: envelope.text("name"),
    issuedAt: envelope.whole("iat") ?? 0,
    notBefore: envelope.whole("nbf"),
    expires: envelope.whole("exp"),
    says,
  });
  envelope.take("jti");
  says.take("type", "version");
  envelope.leaveOutRest("is no claim that servers know", "Nothing is to be done: it decides nothing.");
  return token;
}

function keyOf(envelope: Fields, claim: string, kinds: readonly KeyKind[], what: string): string {
  const key = envelope.text(claim) ?? "";
  if (kinds.every((kind) => publicKeyProblem(kind, key) !== undefined)) {
    throw new Unreadable(what, `its claim \`${claim}\` is not the public key of an ${kinds.join(" or ")}`);
  }
  return key;
}

function isSignedBy(publicKey: string, text: string, signature: Uint8Array): boolean {
  const [, ...raw] = Codec._decode(new TextEncoder().encode(publicKey));
  return verify(null, Buffer.from(text), publicKeyFrom(Uint8Array.from(raw)), signature);
}

function objectOf(part: string, what: string): Record<string, unknown> {
  const value = jsonOf(bytesOf(part, what), what);
  if (!isRecord(value)) {
    throw new Unreadable(what, "a part of it is no object of JSON");
  }
  return value;
}

function jsonOf(bytes: Uint8Array, what: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new Unreadable(what, "a part of it is not UTF-8 and JSON", { cause: error });
  }
}

function bytesOf(part: string, what: string): Uint8Array {
  if (!/^[\w-]+$/.test(part)) {
    throw new Unreadable(what, "a part of it is not in base64url");
  }
  return Buffer.from(part, "base64url");
}
