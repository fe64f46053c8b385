import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { fromPublic, fromSeed, type KeyPair } from "nkeys.js";
import { keyPairFromSeed, newKeyPair, seedText } from "../../provider/nkeys/keys";
import { KIND_LETTER, kindOf, KIND_PREFIX, type KeyKind } from "../../provider/nkeys/kinds";
import { digestOf, pairOf, seedOf } from "../support/keys";

const KINDS = Object.keys(KIND_LETTER) as KeyKind[];
const anyKind = fc.constantFrom(...KINDS);
const anyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyMessage = fc.uint8Array({ maxLength: 200 });

const bytes = (text: string) => new TextEncoder().encode(text);

/** The same key as nkeys.js has it. */
function reference(pair: KeyPair): KeyPair {
  return fromSeed(pair.getSeed());
}

describe("a native key pair", () => {
  it("should have the public key, the seed and the private key that nkeys.js has", () => {
    fc.assert(
      fc.property(anyKind, anyBytes, (kind, random) => {
        const pair = newKeyPair(kind, () => random);
        const other = reference(pair);
        assert.equal(pair.getPublicKey(), other.getPublicKey());
        assert.equal(pair.getPublicKey()[0], KIND_LETTER[kind]);
        assert.equal(digestOf(pair.getSeed()), digestOf(other.getSeed()));
        assert.equal(digestOf(pair.getPrivateKey()), digestOf(other.getPrivateKey()));
      }),
      { numRuns: 20 },
    );
  });

  it("should sign to the same bits as nkeys.js, and each should verify the other", () => {
    fc.assert(
      fc.property(anyKind, anyBytes, anyMessage, (kind, random, message) => {
        const pair = newKeyPair(kind, () => random);
        const other = reference(pair);
        const signature = pair.sign(message);
        assert.deepEqual(signature, other.sign(message));
        assert.ok(pair.verify(message, signature) && other.verify(message, signature));
        assert.ok(fromPublic(pair.getPublicKey()).verify(message, signature));
      }),
      { numRuns: 10 },
    );
  });

  it("should not verify another message, another signature or another key's", () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(63), (message, at) => {
        const pair = pairOf("user", "one");
        const signature = pair.sign(message);
        assert.equal(pair.verify(Uint8Array.from([...message, 0]), signature), false);
        assert.equal(pairOf("user", "other").verify(message, signature), false);
        signature[at] = (signature[at] ?? 0) ^ 1;
        assert.equal(pair.verify(message, signature), false);
      }),
    );
  });

  it("should be the same key again when its seed is read", () => {
    for (const kind of KINDS) {
      const pair = pairOf(kind, "again");
      assert.equal(keyPairFromSeed(kind, seedText(pair)).getPublicKey(), pair.getPublicKey());
    }
  });

  it("should keep a copy of the random bytes, which may be overwritten then", () => {
    const random = new Uint8Array(32).fill(7);
    const pair = newKeyPair("user", () => random);
    const before = digestOf(pair.getSeed());
    random.fill(0);
    assert.equal(digestOf(pair.getSeed()), before);
  });

  it("should do nothing any more when it is cleared", () => {
    const pair = pairOf("account", "cleared");
    const signature = pair.sign(bytes("x"));
    pair.clear();
    pair.clear();
    for (const use of [
      () => pair.getSeed(),
      () => pair.getPrivateKey(),
      () => pair.getPublicKey(),
      () => pair.sign(bytes("x")),
      () => pair.verify(bytes("x"), signature),
    ]) {
      assert.throws(use, { message: /cleared/i });
    }
  });

  it("should show its public key and no seed when it is logged, inspected or made JSON", () => {
    const pair = pairOf("user", "shown");
    const [seed, raw] = [seedText(pair), pair.getPrivateKey()];
    const shown = [
      inspect(pair, { depth: 9, showHidden: true, getters: true }),
      inspect({ deep: [pair] }, { depth: 9, showHidden: true }),
      JSON.stringify({ pair }),
      JSON.stringify(Object.entries(pair)),
    ].join("\n");
    assert.equal(shown.includes(seed), false);
    assert.equal(shown.includes(seed.slice(4, 24)), false);
    assert.equal(shown.includes(Buffer.from(raw).toString()), false);
    assert.equal(JSON.stringify(pair), JSON.stringify(pair.getPublicKey()));
  });

  it("should not seal or open, which is for other keys", () => {
    const pair = pairOf("user", "x");
    assert.throws(() => pair.seal(bytes("x"), ""), { name: "NKeysError" });
    assert.throws(() => pair.open(bytes("x"), ""), { name: "NKeysError" });
  });
});

describe("kinds of keys", () => {
  it("should be known again by their prefix", () => {
    assert.deepEqual(
      KINDS.map((kind) => kindOf(KIND_PREFIX[kind])),
      KINDS,
    );
    assert.equal(kindOf(undefined), undefined);
    assert.equal(kindOf(23 << 3), undefined, "a curve key is none of ours");
  });

  it("should begin seeds with S and their letter", () => {
    for (const kind of KINDS) {
      assert.equal(seedOf(kind, "x").startsWith(`S${KIND_LETTER[kind]}`), true, kind);
    }
  });
});
