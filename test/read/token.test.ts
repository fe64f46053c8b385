import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { KeyPair } from "nkeys.js";
import { readOperator } from "../../provider/read/operator";
import { Notes } from "../../provider/read/notes";
import { Unreadable } from "../../provider/diagnostics/unreadable";
import { verifyToken } from "../../provider/read/token";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { TOKENS } from "./documentation";

const HEADER = { typ: "JWT", alg: "ed25519-nkey" };

function part(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** Signs any claims as version 2 does. */
function sign(claims: unknown, by: KeyPair = pairOf("operator", "KO"), header: unknown = HEADER): string {
  const text = `${part(header)}.${part(claims)}`;
  return `${text}.${Buffer.from(by.sign(new TextEncoder().encode(text))).toString("base64url")}`;
}

const OPERATOR = {
  iss: keyOf("operator", "KO"),
  sub: keyOf("operator", "KO"),
  name: "KO",
  iat: ISSUED_AT,
  nats: { type: "operator", version: 2 },
};

function check(jwt: string) {
  return verifyToken(jwt, "the token", new Notes());
}

describe("verifyToken", () => {
  for (const [name, kind] of [
    ["KO", "operator"],
    ["A", "account"],
    ["A/test", "user"],
  ] as const) {
    it(`should read the JWT of ${name} in the documentation, which has version 1`, () => {
      const token = check(TOKENS[name]);
      const own = name.split("/").at(-1);
      assert.deepEqual([token.kind, token.version, token.name, token.issuedAt], [kind, 1, own, 1574375916]);
    });
  }

  it("should read the claims of a JWT of version 2", () => {
    const notes = new Notes();
    const { claims, ...token } = verifyToken(
      sign({ ...OPERATOR, exp: ISSUED_AT + 60, nbf: ISSUED_AT - 60, jti: "X" }),
      "",
      notes,
    );
    assert.deepEqual(token, {
      kind: "operator",
      version: 2,
      subject: OPERATOR.sub,
      issuer: OPERATOR.iss,
      name: "KO",
      issuedAt: ISSUED_AT,
      notBefore: ISSUED_AT - 60,
      expires: ISSUED_AT + 60,
    });
    claims.leaveOutUnknown();
    assert.deepEqual(notes.leftOut, []);
  });

  it("should read a JWT surrounded by white space", () => {
    assert.equal(check(`${sign(OPERATOR)}\n`).name, "KO");
  });

  it("should reject a JWT when any character has changed", () => {
    const jwt = sign(OPERATOR);
    fc.assert(
      fc.property(fc.nat(jwt.length - 1), fc.constantFrom("A", "Z", "a", "z", "0", "-", "_", "."), (at, char) => {
        fc.pre(jwt.charAt(at) !== char);
        const changed = jwt.slice(0, at) + char + jwt.slice(at + 1);
        // The last character of a base64url part has unused bits.
        fc.pre(!sameBytes(jwt, changed));
        assert.throws(() => check(changed), Unreadable);
      }),
    );
  });

  for (const [condition, jwt, code] of [
    ["it is empty", "", "NA3001"],
    ["it has two parts", "e30.e30", "NA3001"],
    ["it is too large", "a.".repeat(600_000), "NA3001"],
    ["it is truncated", sign(OPERATOR).slice(0, -9), "NA3003"],
    ["another key signed it", sign(OPERATOR, pairOf("operator", "other")), "NA3003"],
    ["it is not in base64url", "e$.e$.e$", "NA3001"],
    ["it is not UTF-8", sign(OPERATOR).replace(/\..*\./, ".wyj_."), "NA3001"],
    ["its claims are a list", sign([OPERATOR]), "NA3001"],
    ["its header names another algorithm", sign(OPERATOR, undefined, { typ: "JWT", alg: "HS256" }), "NA3001"],
    ["it is of a later version", sign({ ...OPERATOR, nats: { type: "operator", version: 3 } }), "NA3001"],
    ["it has an unknown type", sign({ ...OPERATOR, nats: { type: "server", version: 2 } }), "NA3001"],
    ["its type is an inherited property", sign({ ...OPERATOR, nats: { type: "toString", version: 2 } }), "NA3001"],
    ["it has no issuer", sign({ ...OPERATOR, iss: undefined }), "NA3004"],
    ["its issuer is a user", sign({ ...OPERATOR, iss: keyOf("user", "u") }), "NA3004"],
    ["its subject is not a key", sign({ ...OPERATOR, sub: 5 }), "NA3004"],
  ] as const) {
    it(`should throw ${code} when ${condition}`, () => {
      assert.throws(() => check(jwt), { name: "Unreadable", code, origin: "the token" });
    });
  }

  it("should either read a text or throw Unreadable, whatever the text", () => {
    const parts = fc.oneof(fc.string(), fc.json().map(part), fc.constantFrom(...TOKENS.A.split(".")));
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 4 }), (all) => {
        try {
          check(all.join("."));
        } catch (error) {
          assert.ok(error instanceof Unreadable, String(error));
        }
      }),
    );
  });

  it("should name top-level claims that servers ignore", () => {
    const notes = new Notes();
    verifyToken(sign({ ...OPERATOR, aud: "x", "odd one": 1 }), "the token", notes);
    assert.deepEqual(codesAndPaths(notes.leftOut), ["NA3022 aud", 'NA3022 ["odd one"]']);
  });
});

describe("readOperator", () => {
  it("should read the operator of the documentation", () => {
    assert.deepEqual(readOperator(TOKENS.KO, "KO"), {
      name: "KO",
      publicKey: "OCOJJNZICH6CGQNK3SQ35WLZWZJCRDALRHZ6OW44DZYUWMUV3WPRHFRD",
      signingKeys: [],
      strict: false,
      serviceUrls: [],
      tags: [],
      leftOut: [],
    });
  });

  it("should read every claim of an operator, and name the others", () => {
    const nats = {
      type: "operator",
      version: 2,
      signing_keys: [keyOf("operator", "signing")],
      account_server_url: "nats://host:4222",
      operator_service_urls: ["nats://host:4222"],
      system_account: keyOf("account", "SYS"),
      assert_server_version: "2.10.0",
      strict_signing_key_usage: true,
      tags: ["a"],
      later: { x: 1 },
    };
    const { leftOut, ...read } = readOperator(sign({ ...OPERATOR, nats }), "KO");
    assert.deepEqual(read, {
      name: "KO",
      publicKey: OPERATOR.sub,
      signingKeys: nats.signing_keys,
      systemAccount: nats.system_account,
      strict: true,
      accountServerUrl: nats.account_server_url,
      serviceUrls: nats.operator_service_urls,
      assertServerVersion: "2.10.0",
      tags: ["a"],
    });
    assert.deepEqual(codesAndPaths(leftOut), ["NA3021 nats.later"]);
  });

  it("should name every invalid claim at once", () => {
    const nats = { type: "operator", version: 2, signing_keys: "O", tags: [5], strict_signing_key_usage: "yes" };
    assert.throws(
      () => readOperator(sign({ ...OPERATOR, nats }), "KO.jwt"),
      (error) => {
        assert.ok(error instanceof Unreadable);
        assert.deepEqual(codesAndPaths(error.diagnostics), [
          "NA3013 nats.signing_keys",
          "NA3013 nats.strict_signing_key_usage",
          "NA3013 nats.tags[0]",
        ]);
        return true;
      },
    );
  });

  it("should read the JWT of an operator that one of its signing keys has signed", () => {
    const signing = pairOf("operator", "signing");
    for (const strict_signing_key_usage of [false, true]) {
      const nats = { ...OPERATOR.nats, signing_keys: [signing.getPublicKey()], strict_signing_key_usage };
      const { publicKey, strict } = readOperator(
        sign({ ...OPERATOR, iss: signing.getPublicKey(), nats }, signing),
        "KO",
      );
      assert.deepEqual([publicKey, strict], [OPERATOR.sub, strict_signing_key_usage]);
      // Strict use of signing keys does not apply to the operator's own JWT.
      assert.equal(readOperator(sign({ ...OPERATOR, nats }), "KO").publicKey, OPERATOR.sub);
    }
  });

  it("should reject the JWT of an account, and of an operator that another one has signed", () => {
    assert.throws(() => readOperator(TOKENS.A, "A.jwt"), { code: "NA3002", origin: "A.jwt" });
    const other = sign({ ...OPERATOR, iss: keyOf("operator", "other") }, pairOf("operator", "other"));
    assert.throws(() => readOperator(other, "KO.jwt"), { code: "NA3003", origin: "KO.jwt" });
  });
});

/** True when two JWTs decode to the same bytes. */
function sameBytes(one: string, other: string): boolean {
  const digest = (jwt: string) =>
    jwt.split(".").map((text) => createHash("sha256").update(Buffer.from(text, "base64url")).digest("hex"));
  const [a, b] = [digest(one), digest(other)];
  return a.join() === b.join();
}
