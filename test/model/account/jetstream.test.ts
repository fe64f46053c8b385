import assert from "node:assert/strict";
import fc from "fast-check";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalizeAccount } from "../../../provider/model/account/account";
import { codesAndPaths } from "../../support/diagnostics";
import { jetstream as anyJetStream } from "../../support/arbitraries";
import { keyOf } from "../../support/keys";

function problems(jetstream: object): string[] {
  return codesAndPaths(accountDiagnostics({ name: "A", jetstream }));
}

function normal(jetstream: object) {
  return normalizeAccount({ name: "A", publicKey: keyOf("account", "A"), users: {}, jetstream }).jetstream;
}

describe("JetStream of an account", () => {
  for (const [jetstream, ...expected] of [
    [{ memoryStorage: 0, fileStorage: "0B" }, "NA1606 jetstream"],
    [{ tiers: { R1: { memoryStorage: 0, fileStorage: 0 } } }, "NA1606 jetstream.tiers.R1"],
    ...["streams", "consumers", "maxAckPending", "memoryMaxStreamBytes", "fileMaxStreamBytes"].map(
      (limit): [object, string] => [{ [limit]: 0 }, `NA1605 jetstream.${limit}`],
    ),
    [{ streams: -1 }, "NA1008 jetstream.streams"],
    [{ consumers: 2 ** 31 }, "NA1008 jetstream.consumers"],
    [{ memoryStorage: "1GB" }, "NA1005 jetstream.memoryStorage"],
    [{ fileStorage: 2 ** 53 }, "NA1005 jetstream.fileStorage"],
    [{ maxBytesRequired: "yes" }, "NA1003 jetstream.maxBytesRequired"],
    [{ clusterTraffic: "mine" }, "NA1003 jetstream.clusterTraffic"],
    [{ tiers: {} }, "NA1609 jetstream.tiers"],
    [{ tiers: { R6: {}, "": {} } }, "NA1608 jetstream.tiers.R6", 'NA1608 jetstream.tiers[""]'],
    [{ tiers: { R1: { streams: 0 } } }, "NA1605 jetstream.tiers.R1.streams"],
    [{ tiers: { R1: {} }, streams: 1 }, "NA1607 jetstream.streams"],
    [{ storage: 1 }, "NA1001 jetstream.storage"],
    [true, "NA1003 jetstream"],
  ] as [object, ...string[]][]) {
    it(`should be invalid when it is ${JSON.stringify(jetstream)}`, () => {
      assert.deepEqual(problems(jetstream), expected);
    });
  }

  it("should keep an empty object when normalized, and leave out defaults", () => {
    assert.deepEqual(normal({}), {});
    assert.deepEqual(normal({ maxBytesRequired: false, clusterTraffic: "system" }), {});
    assert.deepEqual(problems({}), []);
  });

  it("should have sizes in bytes and sorted tiers when normalized", () => {
    assert.deepEqual(normal({ fileStorage: "1KiB" }), { fileStorage: 1_024 });
    const tiers = { R3: {}, R1: { memoryStorage: "1B", maxBytesRequired: false } };
    assert.equal(JSON.stringify(normal({ tiers })), '{"tiers":{"R1":{"memoryStorage":1},"R3":{}}}');
  });

  it("should be valid when generated, and stay the same when normalized twice", () => {
    fc.assert(
      fc.property(anyJetStream, (jetstream) => {
        const written = normal(jetstream);
        assert.deepEqual([problems(jetstream), normal(written ?? {})], [[], written]);
      }),
    );
  });
});
