import { activationClaims, type ActivationTerms } from "../../provider/jwt/activation";
import { signClaims, type Validity } from "../../provider/jwt/sign";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";

/** Signs a JWT, by default of the operator. */
export function sign(kind: "operator" | "account", label: string, claims: object, validity: Partial<Validity> = {}) {
  const token = { name: "KO", sub: keyOf("operator", "KO"), ...claims } as Parameters<typeof signClaims>[0];
  return signClaims(token, pairOf(kind, label), { issuedAt: ISSUED_AT, ...validity });
}

/** The claims of an operator. */
export const OPERATOR = { nats: { type: "operator", version: 2, system_account: keyOf("account", "SYS") } };

/** The limits of a user who has none. */
export const FREE = { subs: -1, data: -1, payload: -1 };

/** The limits of an account that has none. */
export const UNLIMITED = { ...FREE, conn: -1, leaf: -1, imports: -1, exports: -1, wildcards: true };

export const signOperator = (nats: object = {}, by = "KO") =>
  sign("operator", by, { nats: { ...OPERATOR.nats, ...nats } });

export function signAccount(name: string, nats: object = {}, validity?: Partial<Validity>, by = "KO") {
  const claims = { name, sub: keyOf("account", name), nats: { ...nats, type: "account", version: 2 } };
  return sign("operator", by, claims, validity);
}

export function signUser(
  name: string | undefined,
  key: string,
  by: string,
  nats: object,
  validity?: Partial<Validity>,
) {
  const claims = { name, sub: keyOf("user", key), nats: { ...nats, type: "user", version: 2 } };
  return sign("account", by, claims, validity);
}

/** What an activation permits, by the labels of the accounts' keys. */
export type Permitted = Pick<ActivationTerms, "exporter" | "importer" | "subject" | "type">;

/** Signs an activation, by default with the exporting account's own key. */
export function signActivation(
  { exporter, importer, ...offer }: Permitted,
  by = exporter,
  validity?: Partial<Validity>,
): Promise<string> {
  const terms = { ...offer, exporter: keyOf("account", exporter), importer: keyOf("account", importer) };
  return sign("account", by, activationClaims(terms, keyOf("account", by)), validity);
}

/** Signs an activation of version 1 with the exporting account's own key. Only the claims are signed. */
export function signOldActivation({ exporter, importer, subject, type }: Permitted, exp?: number): Promise<string> {
  const own = { iss: keyOf("account", exporter), sub: keyOf("account", importer), iat: ISSUED_AT, exp };
  const claims = toPart({ ...own, type: "activation", nats: { subject, type } });
  const signature = pairOf("account", exporter).sign(new TextEncoder().encode(claims));
  const header = toPart({ typ: "jwt", alg: "ed25519" });
  return Promise.resolve([header, claims, Buffer.from(signature).toString("base64url")].join("."));
}

function toPart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** The header of a JWT of version 2. */
export const HEADER = { typ: "JWT", alg: "ed25519-nkey" };

/** Encodes a JWT without a valid signature. */
export function encode(header: object, claims: object): string {
  return [header, claims, "x"].map(toPart).join(".");
}
