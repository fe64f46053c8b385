import assert from "node:assert/strict";
import fc from "fast-check";
import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import { normalAccount } from "../../../provider/model/account/account";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import { jetstream as anyJetStream } from "../../support/arbitraries";
import { keyOf } from "../../support/keys";

function problems(jetstream: object): string[] {
  return accountDiagnostics({ name: "A", jetstream }).map(formatDiagnostic);
}

function normal(jetstream: object) {
  return normalAccount({ name: "A", publicKey: keyOf("account", "A"), users: {}, jetstream }).jetstream;
}

describe("JetStream of an account", () => {
  for (const [jetstream, ...expected] of [
    [{ memoryStorage: 0, fileStorage: "0B" }, /^jetstream: allows streams neither in memory nor in files/],
    [{ tiers: { R1: { memoryStorage: 0, fileStorage: 0 } } }, /^jetstream\.tiers\.R1: allows streams neither/],
    ...["streams", "consumers", "maxAckPending", "memoryMaxStreamBytes", "fileMaxStreamBytes"].map(
      (limit): [object, RegExp] => [
        { [limit]: 0 },
        new RegExp(`^jetstream\\.${limit} = 0: is no limit to the servers, which take it for unlimited`),
      ],
    ),
    [{ streams: -1 }, /^jetstream\.streams = -1: is not a limit/],
    [{ consumers: 2 ** 31 }, /^jetstream\.consumers = 2147483648: is not a limit/],
    [{ memoryStorage: "1GB" }, /^jetstream\.memoryStorage = "1GB": is no amount of data/],
    [{ fileStorage: 2 ** 53 }, /^jetstream\.fileStorage = 9007199254740992: is no amount of data/],
    [{ maxBytesRequired: "yes" }, /^jetstream\.maxBytesRequired = "yes": is not true or false/],
    [{ clusterTraffic: "mine" }, /^jetstream\.clusterTraffic = "mine": is neither "system" nor "owner"/],
    [{ tiers: {} }, /^jetstream\.tiers = \{\}: has no tier/],
    [
      { tiers: { R6: {}, "": {} } },
      /^jetstream\.tiers\.R6: is no tier; the tiers are R1/,
      /^jetstream\.tiers\[""\]: is no tier/,
    ],
    [{ tiers: { R1: { streams: 0 } } }, /^jetstream\.tiers\.R1\.streams = 0: is no limit to the servers/],
    [{ tiers: { R1: {} }, streams: 1 }, /^jetstream\.streams: stands beside `tiers`, which limit all streams/],
    [{ storage: 1 }, /^jetstream\.storage: is no key that is known here/],
    [true, /^jetstream = true: is not an object/],
  ] as [object, ...RegExp[]][]) {
    it(`should be refused when it is ${JSON.stringify(jetstream)}`, () => {
      const said = problems(jetstream);
      assert.equal(said.length, expected.length, said.join("\n"));
      expected.forEach((line, index) => {
        assert.match(said[index] ?? "", line);
      });
    });
  }

  it("should be there without any limit, and not be there when nothing is said", () => {
    assert.deepEqual(normal({}), {});
    assert.deepEqual(normal({ maxBytesRequired: false, clusterTraffic: "system" }), {});
    assert.deepEqual(problems({}), []);
  });

  it("should have its sizes in bytes, and its tiers in order", () => {
    assert.deepEqual(normal({ fileStorage: "1KiB" }), { fileStorage: 1_024 });
    const tiers = { R3: {}, R1: { memoryStorage: "1B", maxBytesRequired: false } };
    assert.equal(JSON.stringify(normal({ tiers })), '{"tiers":{"R1":{"memoryStorage":1},"R3":{}}}');
  });

  it("should be valid when it is generated, and the same when it is made normal again", () => {
    fc.assert(
      fc.property(anyJetStream, (jetstream) => {
        const written = normal(jetstream);
        assert.deepEqual([problems(jetstream), normal(written ?? {})], [[], written]);
      }),
    );
  });
});
