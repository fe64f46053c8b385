import assert from "node:assert/strict";
import fc from "fast-check";
import { createCurve } from "nkeys.js";
import { keyPairFromSeed, publicKeyProblem, seedProblem } from "../../provider/nkeys/keys";
import { KIND_LETTER, type KeyKind } from "../../provider/nkeys/key-kinds";
import { keyOf, seedOf } from "../support/keys";

const KINDS = Object.keys(KIND_LETTER) as KeyKind[];
const KIND_PAIRS = KINDS.flatMap((kind) => KINDS.map((other) => [kind, other] as const));

/** Fails if a message contains a part of a secret, without printing either. */
function assertOmits(secret: string, message: string): void {
  for (let at = 0; at + 8 <= secret.length; at += 1) {
    assert.equal(message.includes(secret.slice(at, at + 8)), false, "a message contains a part of a secret");
  }
}

describe("seedProblem", () => {
  for (const [kind, other] of KIND_PAIRS) {
    it(`should ${kind === other ? "accept" : "reject"} the seed of a ${other} when the kind is ${kind}`, () => {
      const found = seedProblem(kind, seedOf(other, "x"));
      assert.equal(found?.code, kind === other ? undefined : "NA1303");
      if (found !== undefined) {
        assert.ok(found.problem.includes(other), "names the actual kind");
        assert.ok(found.remedy.includes(`S${KIND_LETTER[kind]}`), "names the required prefix");
      }
    });
  }

  it("should recognize a public key", () => {
    assert.equal(seedProblem("user", keyOf("user", "x"))?.code, "NA1305");
  });

  it("should reject other texts", () => {
    for (const text of ["", "SU", "seed", "SUAAAA", " ", "😀", "\0"]) {
      assert.equal(seedProblem("user", text)?.code, "NA1301");
    }
  });

  it("should find every typing error of one character", () => {
    const seed = seedOf("account", "typed");
    const alphabet = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    fc.assert(
      fc.property(fc.nat(seed.length - 1), fc.constantFrom(...alphabet), (at, letter) => {
        fc.pre(seed[at] !== letter);
        const typed = seed.slice(0, at) + letter + seed.slice(at + 1);
        assert.equal(seedProblem("account", typed) === undefined, false);
      }),
    );
  });

  it("should reject trailing characters, which decoding ignores", () => {
    assert.equal(seedProblem("account", `${seedOf("account", "typed")}A`)?.code, "NA1301");
    assert.equal(publicKeyProblem("account", `${keyOf("account", "typed")}A`)?.code, "NA1302");
  });

  it("should never repeat a part of the seed", () => {
    for (const [kind, other] of KIND_PAIRS) {
      const seed = seedOf(other, "secret");
      for (const text of [seed, seed.slice(0, -1), `${seed}A`, seed.toLowerCase(), ` ${seed}`]) {
        assertOmits(seed, JSON.stringify([seedProblem(kind, text), publicKeyProblem(kind, text)]));
      }
    }
  });

  it("should reject the seed of an xkey", () => {
    const seed = new TextDecoder().decode(createCurve().getSeed());
    const found = seedProblem("user", seed);
    assert.equal(found?.code, "NA1303");
    assertOmits(seed, JSON.stringify(found));
  });
});

describe("publicKeyProblem", () => {
  for (const [kind, other] of KIND_PAIRS) {
    it(`should ${kind === other ? "accept" : "reject"} the public key of a ${other} when the kind is ${kind}`, () => {
      const found = publicKeyProblem(kind, keyOf(other, "x"));
      assert.equal(found?.code, kind === other ? undefined : "NA1303");
      assert.equal(found?.problem.includes(other) ?? true, true, "names the actual kind");
    });
  }

  it("should recognize a seed, also one with a typing error", () => {
    const seed = seedOf("user", "x");
    for (const text of [seed, seed.slice(0, -1), `${seed}A`, seedOf("account", "x")]) {
      assert.equal(publicKeyProblem("user", text)?.code, "NA1304");
    }
  });

  it("should reject other texts, and a public key with a typing error", () => {
    const key = keyOf("user", "x");
    const typed = key.replace(/.$/, (last) => (last === "A" ? "B" : "A"));
    for (const text of ["", "U", "user", key.slice(1), `${key}A`, typed]) {
      assert.equal(publicKeyProblem("user", text)?.code, "NA1302");
    }
  });
});

describe("keyPairFromSeed", () => {
  it("should throw an error with a code and without the seed when the seed is of another kind", () => {
    const seed = seedOf("user", "secret");
    assert.throws(
      () => keyPairFromSeed("account", seed),
      (error: Error) => {
        assertOmits(seed, `${error.message}${error.stack ?? ""}${JSON.stringify(error)}`);
        return error.message.endsWith("[NA1303]");
      },
    );
  });
});
