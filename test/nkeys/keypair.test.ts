import assert from "node:assert/strict";
import { inspect } from "node:util";
import fc from "fast-check";
import { fromPublic, fromSeed, type KeyPair } from "nkeys.js";
import { keyPairFromSeed, generateKeyPair, getSeedText } from "../../provider/nkeys/keys";
import { getKeyKind, KIND_LETTER, KIND_PREFIX, type KeyKind } from "../../provider/nkeys/key-kinds";
import { digestOf, pairOf, seedOf } from "../support/keys";
import { runs } from "../support/seed";

const KINDS = Object.keys(KIND_LETTER) as KeyKind[];
const anyKind = fc.constantFrom(...KINDS);
const anyBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });
const anyMessage = fc.uint8Array({ maxLength: 200 });

const bytes = (text: string) => new TextEncoder().encode(text);

/** The key pair of nkeys.js with the same seed. */
function reference(pair: KeyPair): KeyPair {
  return fromSeed(pair.getSeed());
}

describe("NativeKeyPair", () => {
  it("should have the same public key, seed and private key as nkeys.js", () => {
    fc.assert(
      fc.property(anyKind, anyBytes, (kind, random) => {
        const pair = generateKeyPair(kind, () => random);
        const other = reference(pair);
        assert.equal(pair.getPublicKey(), other.getPublicKey());
        assert.equal(pair.getPublicKey()[0], KIND_LETTER[kind]);
        assert.equal(digestOf(pair.getSeed()), digestOf(other.getSeed()));
        assert.equal(digestOf(pair.getPrivateKey()), digestOf(other.getPrivateKey()));
      }),
      { numRuns: runs(20) },
    );
  });

  it("should create the same signatures as nkeys.js, also on a thread, and verify its signatures", async () => {
    await fc.assert(
      fc.asyncProperty(anyKind, anyBytes, anyMessage, async (kind, random, message) => {
        const pair = generateKeyPair(kind, () => random);
        const other = reference(pair);
        const signature = pair.sign(message);
        assert.deepEqual(signature, other.sign(message));
        assert.deepEqual(Uint8Array.from(await pair.signOnThread(message)), signature);
        assert.ok(pair.verify(message, signature) && other.verify(message, signature));
        assert.ok(fromPublic(pair.getPublicKey()).verify(message, signature));
      }),
      { numRuns: runs(10) },
    );
  });

  it("should reject the signature of another message or key, and a changed signature", () => {
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

  it("should have the same public key when created from its seed", () => {
    for (const kind of KINDS) {
      const pair = pairOf(kind, "again");
      assert.equal(keyPairFromSeed(kind, getSeedText(pair)).getPublicKey(), pair.getPublicKey());
    }
  });

  it("should copy the random bytes, which callers may overwrite", () => {
    const random = new Uint8Array(32).fill(7);
    const pair = generateKeyPair("user", () => random);
    const before = digestOf(pair.getSeed());
    random.fill(0);
    assert.equal(digestOf(pair.getSeed()), before);
  });

  it("should throw on every use when it is cleared", () => {
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

  it("should show its public key and no seed when it is logged, inspected or serialized", () => {
    const pair = pairOf("user", "shown");
    const [seed, raw] = [getSeedText(pair), pair.getPrivateKey()];
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

  it("should throw on seal and open, which only xkeys support", () => {
    const pair: KeyPair = pairOf("user", "x");
    assert.throws(() => pair.seal(bytes("x"), ""), { name: "NKeysError" });
    assert.throws(() => pair.open(bytes("x"), ""), { name: "NKeysError" });
  });
});

describe("key kinds", () => {
  it("should follow from their prefix bytes", () => {
    assert.deepEqual(
      KINDS.map((kind) => getKeyKind(KIND_PREFIX[kind])),
      KINDS,
    );
    assert.equal(getKeyKind(undefined), undefined);
    assert.equal(getKeyKind(23 << 3), "xkey");
    assert.equal(getKeyKind(18 << 3), undefined, "the prefix of seeds");
  });

  it("should have seeds that begin with S and their letter", () => {
    for (const kind of KINDS) {
      assert.equal(seedOf(kind, "x").startsWith(`S${KIND_LETTER[kind]}`), true, kind);
    }
  });
});
