import assert from "node:assert/strict";
import fc from "fast-check";
import { createCurve } from "nkeys.js";
import { keyPairFromSeed, publicKeyProblem, seedProblem } from "../../provider/nkeys/keys";
import { KIND_LETTER, type KeyKind } from "../../provider/nkeys/kinds";
import { keyOf, seedOf } from "../support/keys";

const KINDS = Object.keys(KIND_LETTER) as KeyKind[];
const pairsOfKinds = KINDS.flatMap((kind) => KINDS.map((other) => [kind, other] as const));

/** Fails when a message repeats a part of a secret, without printing either. */
function assertKeeps(secret: string, message: string): void {
  for (let at = 0; at + 8 <= secret.length; at += 1) {
    assert.equal(message.includes(secret.slice(at, at + 8)), false, "a message repeats a part of a secret");
  }
}

describe("seedProblem", () => {
  for (const [kind, other] of pairsOfKinds) {
    it(`should ${kind === other ? "find nothing" : "say which kind it is"} when a ${kind} seed is wanted and a ${other} seed given`, () => {
      const problem = seedProblem(kind, seedOf(other, "x"));
      if (kind === other) {
        assert.equal(problem, undefined);
      } else {
        assert.ok(problem?.includes(`another kind of key (${other})`));
        assert.ok(problem?.endsWith(`seed begins with S${KIND_LETTER[kind]}`));
      }
    });
  }

  it("should say so when a public key is given", () => {
    assert.match(
      seedProblem("user", keyOf("user", "x")) ?? "",
      /^is a public key, not a seed; a user seed begins with SU$/,
    );
  });

  it("should say so when it is no seed at all", () => {
    for (const text of ["", "SU", "seed", "SUAAAA", " ", "😀", "\0"]) {
      assert.match(seedProblem("user", text) ?? "", /^is not a seed, or has a typing error/);
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

  it("should find what is left over at the end, which decoding overlooks", () => {
    const seed = seedOf("account", "typed");
    assert.match(seedProblem("account", `${seed}A`) ?? "", /typing error/);
    assert.match(publicKeyProblem("account", `${keyOf("account", "typed")}A`) ?? "", /typing error/);
  });

  it("should never repeat a part of the seed", () => {
    for (const [kind, other] of pairsOfKinds) {
      const seed = seedOf(other, "secret");
      for (const given of [seed, seed.slice(0, -1), `${seed}A`, seed.toLowerCase(), ` ${seed}`]) {
        assertKeeps(seed, seedProblem(kind, given) ?? "");
        assertKeeps(seed, publicKeyProblem(kind, given) ?? "");
      }
    }
  });

  it("should refuse a curve key's seed", () => {
    const seed = new TextDecoder().decode(createCurve().getSeed());
    assert.match(seedProblem("user", seed) ?? "", /is the seed of another kind of key \(unknown\)/);
  });
});

describe("publicKeyProblem", () => {
  for (const [kind, other] of pairsOfKinds) {
    it(`should ${kind === other ? "find nothing" : "say which kind it is"} when a ${kind} key is wanted and a ${other} key given`, () => {
      const problem = publicKeyProblem(kind, keyOf(other, "x"));
      assert.equal(problem === undefined, kind === other);
      assert.equal(problem?.includes(`(${other})`) ?? true, true);
    });
  }

  it("should say so when it is no key, or one with a typing error", () => {
    const key = keyOf("user", "x");
    for (const text of [
      "",
      "U",
      "user",
      key.slice(1),
      `${key}A`,
      key.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
    ]) {
      assert.match(publicKeyProblem("user", text) ?? "", /^is not a public key, or has a typing error/);
    }
  });
});

describe("reading keys", () => {
  it("should fail without a word of the seed when the seed is of another kind", () => {
    const seed = seedOf("user", "secret");
    assert.throws(
      () => keyPairFromSeed("account", seed),
      (error: Error) => {
        assertKeeps(seed, `${error.message}${error.stack ?? ""}${JSON.stringify(error)}`);
        return error.message.includes("a seed of kind account was expected");
      },
    );
  });
});
