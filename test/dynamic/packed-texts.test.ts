import assert from "node:assert/strict";
import * as fc from "fast-check";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { Codec } from "nkeys.js/lib/codec";
import { DETAILS } from "../../provider/dynamic/life-cycle/details";
import { foldingExcept } from "../../provider/dynamic/life-cycle/folding";
import { packingConfigs } from "../../provider/dynamic/state/configuration-texts";
import { pack, packText, unpack, unpackText } from "../../provider/dynamic/state/packed-texts";
import { KIND_PREFIX } from "../../provider/nkeys/key-kinds";
import { keyOf } from "../support/keys";
import { UNKNOWN } from "../support/life-cycle";

interface Properties {
  servers: Record<string, { config: string; host?: string }>;
}

const LARGE = 'user: "ä"\n'.repeat(20_000);

describe("the configurations that the engine stores", () => {
  const folding = packingConfigs(foldingExcept<Properties, never>([]));

  it("should be the same after they were packed, whatever their size", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 0, max: 200_000 }), (text, count) => {
        const config = `# ${text}`.repeat(1 + Math.floor(count / (text.length + 2)));
        // UTF-8 has no half of a surrogate pair, and neither has a file.
        const written = Buffer.from(config).toString();
        assert.equal(unpackText(packText(written)), written);
      }),
    );
  });

  it("should be the same with keys in them, also with texts that look like keys", () => {
    const key = fc
      .tuple(fc.constantFrom("user", "account", "operator" as const), fc.integer())
      .map(([kind, number]) => {
        const bytes = createHash("sha256").update(String(number)).digest();
        return new TextDecoder().decode(Codec.encode(KIND_PREFIX[kind], bytes));
      });
    const almost = fc.tuple(key, fc.nat(55)).map(([text, at]) => `${text.slice(0, at)}A${text.slice(at + 1)}`);
    const parts = fc.array(fc.oneof(key, almost, fc.constantFrom("\u0001", "U", "A".repeat(60), "ä", " ")));
    fc.assert(
      fc.property(parts, (some) => {
        const text = some.join("");
        assert.equal(unpack(pack(text)), text);
      }),
    );
  });

  it("should take little more than the random bytes of keys", () => {
    const lines = Array.from({ length: 2_000 }, (_, index) => `d-${index} ${keyOf("user", String(index))} 1\n`);
    assert.ok(pack(lines.join("")).length < (2_000 * 32 * 4) / 3 + 12_000);
  });

  it("should be packed if they are large, and readable if they are small", () => {
    const properties = { servers: { static: { config: LARGE, host: "a" }, operator: { config: "port: 4222\n" } } };
    const stored = JSON.stringify(folding.fold(properties));
    assert.ok(stored.length < LARGE.length / 10);
    assert.ok(stored.includes("port: 4222"));
    assert.deepEqual(folding.unfold(JSON.parse(stored) as object as Properties), properties);
  });

  it("should be apart from the details if they are large: the CLI logs a text once for each object around it", () => {
    const servers = { static: { config: LARGE, host: "a" }, operator: { config: "port: 4222\n" } };
    const large = { "__config:static": packText(LARGE) };
    const details = { servers: { static: { config: "", host: "a" }, operator: servers.operator } };
    assert.deepEqual(folding.fold({ servers }), { ...large, [DETAILS]: details });
    const unknown = { static: { config: UNKNOWN } };
    assert.deepEqual(folding.fold({ servers: unknown }), {
      "__config:static": UNKNOWN,
      [DETAILS]: { servers: unknown },
    });
    assert.deepEqual(folding.unfold({ "__config:static": UNKNOWN, [DETAILS]: { servers: unknown } } as never), {
      servers: unknown,
    });
    // Earlier versions stored them among the details.
    const earlier = { servers: { ...servers, static: { config: packText(LARGE), host: "a" } } };
    assert.deepEqual(folding.unfold({ [DETAILS]: earlier }), { servers });
  });

  it("should be read as earlier versions stored them, and while they are unknown", () => {
    const earlier = `deflate,base64:${deflateRawSync(LARGE, { level: 1 }).toString("base64")}`;
    assert.equal(unpackText(earlier), LARGE);
    for (const config of [LARGE, UNKNOWN]) {
      const properties = { servers: { static: { config } } };
      assert.deepEqual(folding.unfold(properties), properties);
    }
    assert.deepEqual(folding.unfold(folding.fold({ servers: { static: { config: UNKNOWN } } })), {
      servers: { static: { config: UNKNOWN } },
    });
    const unknown = { servers: UNKNOWN } as unknown as Properties;
    assert.deepEqual(folding.unfold(folding.fold(unknown)), unknown);
  });
});
