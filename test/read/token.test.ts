import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import type { KeyPair } from "nkeys.js";
import { readOperator } from "../../provider/read/operator";
import { Notes } from "../../provider/read/notes";
import { checkedToken } from "../../provider/read/token";
import { Unreadable } from "../../provider/read/unreadable";
import { keyOf, pairOf } from "../support/keys";
import { ISSUED_AT } from "../support/world";
import { TOKENS } from "./documentation";

const HEADER = { typ: "JWT", alg: "ed25519-nkey" };

function part(value: unknown): string {
  return Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
}

/** A token with any content at all, signed as version 2 is. */
function signed(claims: unknown, by: KeyPair = pairOf("operator", "KO"), header: unknown = HEADER): string {
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
  return checkedToken(jwt, "the token", new Notes());
}

describe("checkedToken", () => {
  for (const [name, kind] of [
    ["KO", "operator"],
    ["A", "account"],
    ["A/test", "user"],
  ] as const) {
    it(`should read the token of ${name} when the documentation has it, of version 1`, () => {
      const token = check(TOKENS[name]);
      const own = name.split("/").at(-1);
      assert.deepEqual([token.kind, token.version, token.name, token.issuedAt], [kind, 1, own, 1574375916]);
    });
  }

  it("should read what a token of version 2 says of itself", () => {
    const notes = new Notes();
    const { says, ...token } = checkedToken(
      signed({ ...OPERATOR, exp: ISSUED_AT + 60, nbf: ISSUED_AT - 60, jti: "X" }),
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
    says.leaveOutRest("is more", "");
    assert.deepEqual(notes.leftOut, []);
  });

  it("should read a token with white space around it, as files have it", () => {
    assert.equal(check(`${signed(OPERATOR)}\n`).name, "KO");
  });

  it("should refuse a token when any character of it was changed", () => {
    const jwt = signed(OPERATOR);
    fc.assert(
      fc.property(fc.nat(jwt.length - 1), fc.constantFrom("A", "Z", "a", "z", "0", "-", "_", "."), (at, char) => {
        fc.pre(jwt.charAt(at) !== char);
        const changed = jwt.slice(0, at) + char + jwt.slice(at + 1);
        // The last character of a part in base64url has bits that stand for nothing.
        fc.pre(!sameBytes(jwt, changed));
        assert.throws(() => check(changed), Unreadable);
      }),
    );
  });

  for (const [what, jwt, message] of [
    ["it is empty", "", "it is no JWT: three parts with dots between them, and at most 1 MiB"],
    ["it has two parts", "e30.e30", "it is no JWT: three parts with dots between them, and at most 1 MiB"],
    ["it is too large", "a.".repeat(600_000), "it is no JWT: three parts with dots between them, and at most 1 MiB"],
    ["it was cut off", signed(OPERATOR).slice(0, -9), /its signature is not by the key that it names, O/],
    ["another key signed it", signed(OPERATOR, pairOf("operator", "other")), /its signature is not by the key that/],
    ["it is not in base64url", "e$.e$.e$", "a part of it is not in base64url"],
    ["it is not UTF-8", signed(OPERATOR).replace(/\..*\./, ".wyj_."), "a part of it is not UTF-8 and JSON"],
    ["its claims are a list", signed([OPERATOR]), "a part of it is no object of JSON"],
    ["its header is another's", signed(OPERATOR, undefined, { typ: "JWT", alg: "HS256" }), /it is no JWT of NATS/],
    ["it is of a later version", signed({ ...OPERATOR, nats: { type: "operator", version: 3 } }), /version 1 or 2/],
    ["it is about a server", signed({ ...OPERATOR, nats: { type: "server", version: 2 } }), /version 1 or 2/],
    ["it is about something inherited", signed({ ...OPERATOR, nats: { type: "toString", version: 2 } }), /version 1/],
    [
      "nobody issued it",
      signed({ ...OPERATOR, iss: undefined }),
      "its claim `iss` is not the public key of an operator",
    ],
    [
      "a user issued it",
      signed({ ...OPERATOR, iss: keyOf("user", "u") }),
      "its claim `iss` is not the public key of an operator",
    ],
    ["it is about nobody", signed({ ...OPERATOR, sub: 5 }), "its claim `sub` is not the public key of an operator"],
  ] as const) {
    it(`should say why it cannot be read when ${what}`, () => {
      const expected = typeof message === "string" ? `the token cannot be read: ${message}` : message;
      assert.throws(() => check(jwt), { name: "Unreadable", code: "UNREADABLE", message: expected });
    });
  }

  it("should either read a text or say why not, whatever the text", () => {
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

  it("should name claims of the envelope that it does not know", () => {
    const notes = new Notes();
    checkedToken(signed({ ...OPERATOR, aud: "x", "odd one": 1 }), "the token", notes);
    assert.deepEqual(
      notes.leftOut.map(({ path }) => path),
      ["aud", '["odd one"]'],
    );
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

  it("should read everything that an operator says, and name the rest", () => {
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
    const { leftOut, ...read } = readOperator(signed({ ...OPERATOR, nats }), "KO");
    assert.deepEqual(read, {
      name: "KO",
      publicKey: OPERATOR.sub,
      signingKeys: nats.signing_keys,
      systemAccount: nats.system_account,
      strict: true,
      accountServerUrl: nats.account_server_url,
      serviceUrls: nats.operator_service_urls,
      serverVersion: "2.10.0",
      tags: ["a"],
    });
    assert.deepEqual(
      leftOut.map(({ path }) => path),
      ["nats.later"],
    );
  });

  it("should say everything that is not what it must be", () => {
    const nats = { type: "operator", version: 2, signing_keys: "O", tags: [5], strict_signing_key_usage: "yes" };
    assert.throws(
      () => readOperator(signed({ ...OPERATOR, nats }), "KO.jwt"),
      (error) => {
        assert.ok(error instanceof Unreadable);
        assert.equal(
          error.message,
          "KO.jwt cannot be read: it has 3 problems:\n" +
            [
              "nats.signing_keys: is not a list",
              "nats.strict_signing_key_usage: is not true or false",
              "nats.tags[0]: is not a text",
            ]
              .map((line) => `  - ${line}. Correct it where it was made.`)
              .join("\n"),
        );
        return true;
      },
    );
  });

  it("should refuse the token of an account", () => {
    assert.throws(() => readOperator(TOKENS.A, "A.jwt"), /A\.jwt cannot be read: it is not the JWT of an operator/);
  });
});

/** True when two tokens are the same bytes, written differently. */
function sameBytes(one: string, other: string): boolean {
  const digest = (jwt: string) =>
    jwt.split(".").map((text) => createHash("sha256").update(Buffer.from(text, "base64url")).digest("hex"));
  const [a, b] = [digest(one), digest(other)];
  return a.join() === b.join();
}
