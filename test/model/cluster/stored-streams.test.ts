import assert from "node:assert/strict";
import {
  describeDiscarded,
  findLosses,
  lossDiagnostics,
  storedLimitDiagnostics,
  type LossCause,
  type StoredStream,
  type StreamAccount,
  type StreamTerms,
} from "../../../provider/model/cluster/stored-streams";
import type { JetStream } from "../../../provider/model/account/jetstream";
import { codesAndPaths } from "../../support/diagnostics";

const stream = (name: string, more: Partial<StoredStream> = {}): StoredStream => ({
  account: "AKEY",
  name,
  messages: 3,
  replicas: 1,
  storage: "file",
  consumers: [],
  ...more,
});

const ON: StreamAccount = { name: "A", jetstream: {} };
const BEFORE: StreamTerms = {
  accounts: new Map([
    ["AKEY", ON],
    ["BKEY", { name: "B" }],
    ["CKEY", { name: "C", jetstream: {} }],
  ]),
  isEnabled: true,
};
const withAccounts = (accounts: Readonly<Record<string, StreamAccount>>): StreamTerms => ({
  ...BEFORE,
  accounts: new Map(Object.entries(accounts)),
});
const C = { name: "C", jetstream: {} };

describe("findLosses", () => {
  const losses = (after: StreamTerms, before = BEFORE) =>
    findLosses(before, after).map(({ cause, name }) => `${name}: ${cause}`);
  const all = (cause: LossCause) => [`A: ${cause}`, `C: ${cause}`];

  it("should find none when nothing changes", () => {
    assert.deepEqual(losses(BEFORE), []);
  });

  it("should find an account that is removed, has another key or loses JetStream, if it had JetStream", () => {
    assert.deepEqual(losses(withAccounts({ AKEY: ON })), ["C: account"]);
    assert.deepEqual(losses(withAccounts({ OTHER: ON, CKEY: C })), ["A: account"]);
    assert.deepEqual(losses(withAccounts({ AKEY: { name: "A" }, CKEY: C })), ["A: jetstream"]);
  });

  it("should not find an account that is renamed but keeps its key", () => {
    assert.deepEqual(losses(withAccounts({ AKEY: { ...ON, name: "renamed" }, CKEY: C })), []);
  });

  it("should find all accounts with JetStream when the servers lose it", () => {
    assert.deepEqual(losses({ ...BEFORE, isEnabled: false }), all("servers"));
  });

  it("should find none when the servers did not run JetStream", () => {
    assert.deepEqual(losses(withAccounts({}), { ...BEFORE, isEnabled: false }), []);
  });
});

describe("lossDiagnostics", () => {
  const losses = findLosses(BEFORE, withAccounts({}));
  const streams = [stream("orders", { replicas: 2, messages: 1 }), stream("KV_b", { storage: "memory" })];

  it("should name every stream with its replicas, storage and messages, and no account without streams", () => {
    const found = lossDiagnostics(losses, { streams }, []);
    assert.deepEqual(codesAndPaths(found), ["NA4060 accounts.A"]);
    assert.match(found[0]?.problem ?? "", /orders \(R2, file, 1 message, .*KV_b \(R1, memory, 3 messages/);
  });

  it("should not report an account that is listed by its name or key", () => {
    for (const entry of ["A", "AKEY"]) {
      assert.deepEqual(lossDiagnostics(losses, { streams }, [entry]), []);
      assert.match(describeDiscarded(losses, { streams }, [entry]) ?? "", /^A: orders \(R2/);
    }
    assert.equal(describeDiscarded(losses, { streams }, ["B", "C"]), undefined);
  });

  it("should report every account that is not listed when the streams are not known", () => {
    const report = { unknown: "connection refused" };
    assert.deepEqual(codesAndPaths(lossDiagnostics(losses, report, ["C"])), ["NA4064 accounts.A"]);
    assert.equal(describeDiscarded(losses, report, ["C"]), "C: not known");
  });

  it("should count streams that it does not list", () => {
    const many = Array.from({ length: 50 }, (_, index) => stream(`s${index}`));
    assert.match(lossDiagnostics(losses, { streams: many }, [])[0]?.problem ?? "", /s19 \(.*\), and 30 more$/);
  });
});

describe("storedLimitDiagnostics", () => {
  const paths = (jetstream: JetStream, ...streams: StoredStream[]) =>
    storedLimitDiagnostics(new Map([["AKEY", { name: "A", jetstream }]]), [
      ...streams,
      stream("other", { account: "CKEY" }),
    ]).map(({ path }) => path.replace("accounts.A.jetstream.", ""));
  const consumers = [{ name: "c", maxAckPending: 10 }];

  it("should find streams without a maximum size when it becomes required", () => {
    assert.deepEqual(paths({ maxBytesRequired: true }, stream("s")), ["maxBytesRequired"]);
    assert.deepEqual(paths({ maxBytesRequired: true }, stream("s", { maxBytes: 1 })), []);
  });

  it("should find streams whose maximum size exceeds that of their storage", () => {
    const sizes = { fileMaxStreamBytes: 10, memoryMaxStreamBytes: 20 };
    assert.deepEqual(paths(sizes, stream("s", { maxBytes: 11 })), ["fileMaxStreamBytes"]);
    assert.deepEqual(paths(sizes, stream("s", { maxBytes: 21, storage: "memory" })), ["memoryMaxStreamBytes"]);
    assert.deepEqual(
      paths(sizes, stream("a", { maxBytes: 10 }), stream("b"), stream("c", { maxBytes: 20, storage: "memory" })),
      [],
    );
  });

  it("should find consumers with more unacknowledged messages", () => {
    assert.deepEqual(paths({ maxAckPending: 9 }, stream("s", { consumers })), ["maxAckPending"]);
    assert.deepEqual(paths({ maxAckPending: 10 }, stream("s", { consumers: [...consumers, { name: "all" }] })), []);
  });

  it("should find streams without a tier, and compare each stream with its own tier", () => {
    const tiers = { R1: { maxAckPending: 9 }, R2: {} };
    assert.deepEqual(paths({ tiers: { R1: {} } }, stream("s", { replicas: 2 })), ["tiers"]);
    assert.deepEqual(paths({ tiers }, stream("s", { consumers })), ["tiers.R1.maxAckPending"]);
    assert.deepEqual(paths({ tiers }, stream("s", { consumers, replicas: 2 })), []);
  });

  it("should not compare the number of streams and consumers, and the storage in use: servers keep what exists", () => {
    const limits = { streams: 1, consumers: 1, fileStorage: 0, memoryStorage: 1 };
    assert.deepEqual(paths(limits, stream("a", { consumers }), stream("b")), []);
  });
});
