import assert from "node:assert/strict";
import { compareJetStream, jetstreamAccountsIn, runsJetStream } from "../../provider/config/deployed-jetstream";
import { renderStaticConfig } from "../../provider/config/static";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { keyOf } from "../support/keys";
import { worldOf } from "../support/world";

const LISTENER = { serverName: "s", clusterName: "c", clientPort: 4222, clusterPort: 6222 };

/** The configuration of a static server with these accounts, and with JetStream by default. */
async function configOf(accounts: readonly AccountDeclaration[], isOn = true): Promise<string> {
  const { model } = await worldOf(accounts);
  return renderStaticConfig(model, { ...LISTENER, ...(isOn ? { jetstream: {}, files: { store: "store" } } : {}) }).text;
}

const users = { u: {} };
const A = keyOf("account", "A");
const NOTHING = { taken: [], given: [], rerouted: [] };

describe("JetStream in a deployed configuration", () => {
  it("should be read as it was rendered", async () => {
    const config = await configOf([
      { name: "A", users, jetstream: {} },
      { name: "B", users, jetstream: { clusterTraffic: "owner", streams: 1 } },
      { name: "C", users },
    ]);
    const [a, b, c] = ["A", "B", "C"].map((name) => jetstreamAccountsIn(config).get(keyOf("account", name)));
    assert.deepEqual([runsJetStream(config), a, b, c], [true, "system", "owner", undefined]);
    assert.equal(runsJetStream(await configOf([], false)), false);
  });

  it("should be read when someone wrote it in another way", () => {
    assert.equal(runsJetStream("JetStream { max_mem: 1 }"), true);
    assert.equal(runsJetStream("jetstream: enabled"), true);
    assert.equal(runsJetStream("jetstream: disabled"), false);
    assert.equal(runsJetStream("jetstream: false"), false);
    assert.equal(runsJetStream("nonsense: ["), false);
    const accounts =
      "accounts { A { JetStream: enabled }, B { jetstream: disabled }, C { jetstream { Cluster_Traffic: owner } } }";
    assert.deepEqual(
      [...jetstreamAccountsIn(accounts)],
      [
        ["A", "system"],
        ["B", undefined],
        ["C", "owner"],
      ],
    );
  });

  it("should differ when an account loses it, gets it, or replicates its streams in another account", async () => {
    const [without, system, owner] = await Promise.all([
      configOf([{ name: "A", users }]),
      configOf([{ name: "A", users, jetstream: {} }]),
      configOf([{ name: "A", users, jetstream: { clusterTraffic: "owner" } }]),
    ]);
    assert.deepEqual(compareJetStream([system], without), { ...NOTHING, taken: [A] });
    assert.deepEqual(compareJetStream([without], owner), { ...NOTHING, given: [A] });
    assert.deepEqual(compareJetStream([system], owner), { ...NOTHING, rerouted: [A] });
    assert.deepEqual(compareJetStream([owner, without], owner), { ...NOTHING, given: [A] });
    assert.deepEqual(compareJetStream([system], system), NOTHING);
  });

  it("should not differ when the account is new or removed, or the servers do not run it", async () => {
    const [none, account, off] = await Promise.all([
      configOf([{ name: "B", users }]),
      configOf([{ name: "A", users, jetstream: {} }]),
      configOf([{ name: "A", users }], false),
    ]);
    for (const [before, after] of [
      [none, account],
      [account, none],
      [off, account],
      [account, off],
    ] as const) {
      assert.deepEqual(compareJetStream([before], after), NOTHING);
    }
  });
});
