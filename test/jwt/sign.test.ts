import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { decode } from "nats-jwt";
import { base32 } from "nkeys.js/lib/base32";
import { type Claims, readToken, signClaims } from "../../provider/jwt/sign";
import { keyOf, pairOf } from "../support/keys";

const ISSUED_AT = 1_760_000_000;
const issuer = pairOf("operator", "issuer");

function claimsNamed(name: string): Claims {
  return { name, sub: keyOf("account", "A"), nats: { type: "account", version: 2, description: name } };
}

/** A deeply frozen value: changing it throws. */
function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
  }
  return Object.freeze(value);
}

describe("signClaims", () => {
  it("should return the same JWT when claims, time and key are the same", async () => {
    const validity = { issuedAt: ISSUED_AT };
    const [first, second] = await Promise.all([1, 2].map(() => signClaims(claimsNamed("A"), issuer, validity)));
    assert.equal(first, second);
  });

  it("should return this JWT when claims, time and key are these", async () => {
    const [header, payload] = (await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT })).split(".");
    const text = (part = "") => Buffer.from(part, "base64url").toString();
    assert.equal(text(header), '{"typ":"JWT","alg":"ed25519-nkey"}');
    const [iss, sub] = [issuer.getPublicKey(), keyOf("account", "A")];
    const body = `{"iat":${ISSUED_AT},"iss":"${iss}","name":"A","sub":"${sub}","nats":{"type":"account","version":2,"description":"A"}`;
    const id = base32.encode(new Uint8Array(createHash("sha512-256").update(`${body}}`).digest()));
    assert.equal(text(payload), `${body},"jti":"${new TextDecoder().decode(id)}"}`);
  });

  it("should set `exp` only when there is an expiry", async () => {
    const limited = await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT, expires: ISSUED_AT + 60 });
    const unlimited = await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT });
    assert.equal(readToken(limited).exp, ISSUED_AT + 60);
    assert.equal("exp" in readToken(unlimited), false);
  });

  it("should return another identifier when any claim changes", async () => {
    const tokens = await Promise.all([
      signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT }),
      signClaims(claimsNamed("B"), issuer, { issuedAt: ISSUED_AT }),
      signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT + 1 }),
      signClaims(claimsNamed("A"), pairOf("operator", "another"), { issuedAt: ISSUED_AT }),
    ]);
    assert.equal(new Set(tokens.map((token) => readToken(token).jti)).size, tokens.length);
  });

  it("should be readable by nats-jwt when the text is ASCII", async () => {
    const { name, iss, iat, jti } = decode(await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT }));
    const token = readToken(await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT }));
    assert.deepEqual({ name, iss, iat, jti }, { name: "A", iss: token.iss, iat: ISSUED_AT, jti: token.jti });
  });

  it("should not modify its arguments", async () => {
    await signClaims(frozen(claimsNamed("A")), issuer, frozen({ issuedAt: ISSUED_AT }));
  });

  it("should encode every text as UTF-8", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (name) => {
        const jwt = await signClaims(claimsNamed(name), issuer, { issuedAt: ISSUED_AT });
        assert.equal(readToken(jwt).name, name);
        const [, payload = ""] = jwt.split(".");
        assert.match(payload, /^[\w-]+$/);
        new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(payload, "base64url"));
      }),
    ));
});

describe("readToken", () => {
  it("should throw when a byte of the JWT was changed", async () => {
    const jwt = await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT });
    const [header, payload = "", signature] = jwt.split(".");
    const other = Buffer.from(Buffer.from(payload, "base64url").toString().replace('"A"', '"B"')).toString("base64url");
    assert.throws(() => readToken([header, other, signature].join(".")), /sig verification failed/);
  });

  it("should throw when another key signed the JWT", async () => {
    const [header, payload] = (await signClaims(claimsNamed("A"), issuer, { issuedAt: ISSUED_AT })).split(".");
    const other = pairOf("operator", "another").sign(new TextEncoder().encode(`${header}.${payload}`));
    const forged = [header, payload, Buffer.from(other).toString("base64url")].join(".");
    assert.throws(() => readToken(forged), /sig verification failed/);
  });

  it("should throw when a text is not a JWT", () => {
    for (const text of ["", "a.b.c", "eyJ9.e30.x"]) {
      assert.throws(() => readToken(text));
    }
  });
});
