import type { KeyPair } from "nkeys.js";
import type { KeyKind } from "../../../provider/nkeys/key-kinds";
import { keyOf, pairOf } from "../../support/keys";
import {
  SYSTEM,
  type AccountDraft,
  type AccountSigner,
  type ExportDraft,
  type ImportDraft,
  type OperatorDraft,
  type RevokedAt,
  type StoreDraft,
  type UserDraft,
  type Validity,
} from "./draft";

/** Seconds since everything in a store was signed. */
const AGE = 10_000;
const DAY = 86_400;

/** The JWTs of a store. */
export interface StoreTokens {
  readonly operator: string;
  /** JWTs of accounts by name, the system account included. */
  readonly accounts: Readonly<Record<string, string>>;
  /** JWTs of users by `account/user`. */
  readonly users: Readonly<Record<string, string>>;
}

/** Labels of keys. */
export const label = {
  operator: "adoption operator",
  operatorSigning: (index: number) => `adoption operator signing ${index}`,
  account: (account: string) => `adoption ${account}`,
  signing: (account: string, index: number) => `adoption ${account} signing ${index}`,
  user: (account: string, user: string) => `adoption ${account}/${user}`,
  stranger: "adoption stranger",
};

/** The public key of an account. */
export function accountKey(account: string): string {
  return keyOf("account", label.account(account));
}

/** Signs everything in a store, some hours ago. The tokens are made as nsc makes them, not by this package. */
export function signStore(draft: StoreDraft): StoreTokens {
  const now = Math.floor(Date.now() / 1000);
  const accounts = Object.entries({ [SYSTEM]: draft.system, ...draft.accounts });
  return {
    operator: operatorToken(draft.operator, now),
    accounts: Object.fromEntries(
      accounts.map(([name, account]) => [name, accountToken(name, account, draft, now)] as const),
    ),
    users: Object.fromEntries(
      accounts.flatMap(([name, { users, signingKeys }]) =>
        Object.entries(users).map(
          ([user, own]) => [`${name}/${user}`, userToken(name, user, own, signingKeys.length, now)] as const,
        ),
      ),
    ),
  };
}

function operatorToken({ signingKeys, strict, signedBy, validity }: OperatorDraft, now: number): string {
  const keys = Array.from({ length: signingKeys }, (_, index) => keyOf("operator", label.operatorSigning(index)));
  const [first] = keys;
  const issuer = signedBy === "identity" || first === undefined ? label.operator : label.operatorSigning(0);
  const nats = {
    ...(keys.length === 0 ? {} : { signing_keys: keys }),
    system_account: accountKey(SYSTEM),
    ...(strict ? { strict_signing_key_usage: true } : {}),
    type: "operator",
  };
  return sign("KO", keyOf("operator", label.operator), pairOf("operator", issuer), nats, validity, now);
}

function accountToken(name: string, account: AccountDraft, { operator }: StoreDraft, now: number): string {
  const { limits, claims, signingKeys, revocations, exports, imports, signedBy, validity } = account;
  const keys = signingKeys.map((template, index) => {
    const key = keyOf("account", label.signing(name, index));
    return template === null ? key : { kind: "user_scope", key, role: roleName(index), template, description: "" };
  });
  const nats = {
    ...nonEmpty({ imports: imports.map((entry) => importClaims(name, entry, now)) }),
    ...nonEmpty({ exports: exports.map((entry) => exportClaims(entry, now)) }),
    limits: present({ ...UNLIMITED, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1, ...limits }),
    ...nonEmpty({ signing_keys: keys }),
    ...nonEmpty({ revocations: revoked(revocations, (user) => keyOf("user", label.user(name, user)), now) }),
    default_permissions: { pub: {}, sub: {} },
    authorization: {},
    ...claims,
    type: "account",
  };
  return sign(name, accountKey(name), accountSigner(name, signedBy, operator), nats, validity, now);
}

/** Limits as nsc writes them. */
export const UNLIMITED = { subs: -1, data: -1, payload: -1 };

/** The name of a role. */
export function roleName(index: number): string {
  return `role ${index}`;
}

function accountSigner(name: string, signedBy: AccountSigner, { signingKeys }: OperatorDraft): KeyPair {
  const last = signingKeys - 1;
  switch (signedBy) {
    case "itself":
      return pairOf("account", label.account(name));
    case "identity":
      return pairOf("operator", label.operator);
    case "former signing key":
      return pairOf("operator", label.operatorSigning(last + 1));
    case "signing key":
    case "last signing key": {
      const index = signedBy === "signing key" ? Math.min(0, last) : last;
      return pairOf("operator", index < 0 ? label.operator : label.operatorSigning(index));
    }
  }
}

function exportClaims({ subject, type, claims, revocations }: ExportDraft, now: number): object {
  return {
    name: subject,
    subject,
    type,
    ...claims,
    ...nonEmpty({ revocations: revoked(revocations, accountKey, now) }),
  };
}

function importClaims(importer: string, entry: ImportDraft, now: number): object {
  const { account, subject, type, claims, activation } = entry;
  const token = activation === "none" ? {} : { token: activationToken(importer, entry, now) };
  return { name: subject, subject, account: accountKey(account), ...token, ...claims, type };
}

function activationToken(importer: string, { account, subject, type, claims, activation }: ImportDraft, now: number) {
  const exporter = accountKey(account);
  const exported = type === "service" && typeof claims.to === "string" ? claims.to : subject;
  const byKey = activation === "by a signing key";
  const signer =
    activation === "by a stranger" ? label.stranger : byKey ? label.signing(account, 0) : label.account(account);
  const nats = {
    subject: activation === "other subject" ? `other.${exported}` : exported,
    kind: activation === "other kind" ? (type === "stream" ? "service" : "stream") : type,
    ...(signer === label.account(account) ? {} : { issuer_account: exporter }),
    type: "activation",
  };
  const to = activation === "for another account" ? keyOf("account", label.stranger) : accountKey(importer);
  const validity =
    activation === "ended" || activation === "not yet" || activation === "for a day" ? activation : "always";
  return sign(exported, to, pairOf("account", signer), nats, validity, now);
}

function userToken(account: string, user: string, draft: UserDraft, signingKeys: number, now: number): string {
  const { signedBy, validity, claims } = draft;
  const signer =
    signedBy === "account"
      ? label.account(account)
      : signedBy === "stranger" || signingKeys === 0
        ? label.stranger
        : label.signing(account, signedBy % signingKeys);
  const nats = {
    pub: {},
    sub: {},
    ...present(claims),
    ...(signedBy === "account" ? {} : { issuer_account: accountKey(account) }),
    type: "user",
  };
  return sign(user, keyOf("user", label.user(account, user)), pairOf("account", signer), nats, validity, now);
}

/** Revocation times by key. */
function revoked(
  drafts: Readonly<Record<string, RevokedAt>>,
  keyOfName: (name: string) => string,
  now: number,
): object {
  const times = { before: now - 2 * AGE, after: now - AGE / 2, future: now + DAY };
  return Object.fromEntries(
    Object.entries(drafts).map(([name, at]) => [name === "*" ? name : keyOfName(name), times[at]]),
  );
}

function sign(name: string, sub: string, issuer: KeyPair, nats: object, validity: Validity, now: number): string {
  const times = {
    always: {},
    "for a day": { exp: now + DAY },
    ended: { exp: now - AGE / 4 },
    "not yet": { nbf: now + DAY },
  }[validity];
  const body = {
    jti: "",
    iat: now - AGE,
    iss: issuer.getPublicKey(),
    name,
    sub,
    ...times,
    nats: { ...nats, version: 2 },
  };
  const text = [{ typ: "JWT", alg: "ed25519-nkey" }, body]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${text}.${Buffer.from(issuer.sign(new TextEncoder().encode(text))).toString("base64url")}`;
}

/** Without the members that are null. */
function present(claims: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}

function nonEmpty(claims: Readonly<Record<string, object>>): object {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => Object.keys(value).length > 0));
}

/** Every key of a store, with its label. */
export function keysOf({ operator, accounts, system }: StoreDraft): { kind: KeyKind; label: string }[] {
  const ofAccounts = Object.entries({ [SYSTEM]: system, ...accounts }).flatMap(([name, { signingKeys, users }]) => [
    { kind: "account" as const, label: label.account(name) },
    ...signingKeys.map((_, index) => ({ kind: "account" as const, label: label.signing(name, index) })),
    ...Object.keys(users).map((user) => ({ kind: "user" as const, label: label.user(name, user) })),
  ]);
  const signing = Array.from({ length: operator.signingKeys + 1 }, (_, index) => label.operatorSigning(index));
  return [...[label.operator, ...signing].map((own) => ({ kind: "operator" as const, label: own })), ...ofAccounts];
}
