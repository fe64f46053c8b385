import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { closingGates } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";
import { collectWarnings } from "../../support/warnings";

const users = { sys: {} };

describe("JetStream of a cluster", () => {
  closingGates();

  it("should be in both configurations, with a volume for each server, when it is enabled", async () => {
    const operator = new Operator("KO", { systemAccount: { users } });
    const accounts = [new Account("A", { operator, jetstream: { streams: 5 } })];
    const cluster = new MixedAuthCluster("nats", { operator, accounts, jetstream: { fileStorage: "1KiB" } });
    await valueOf(cluster.checked);
    for (const side of ["static", "operator"] as const) {
      const config = await valueOf(cluster.configs[side]);
      assert.match(config, /^store_dir: "\/nats-auth-store"\njetstream \{\n {2}max_file_store: 1024\n\}$/m);
      const container = ofType("Container").find(({ name }) => name === `nats-${side}`);
      assert.deepEqual(
        ofType("Volume")
          .map(({ name }) => name)
          .sort(),
        ["nats-operator", "nats-static"],
      );
      const volumes = container?.inputs.volumes as { containerPath: string }[];
      assert.deepEqual(
        volumes.map(({ containerPath }) => containerPath),
        ["/nats-auth", "/nats-auth-store"],
      );
    }
  });

  it("should be in no configuration when it is disabled", async () => {
    const operator = new Operator("KO", { systemAccount: { users } });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [] });
    await valueOf(cluster.checked);
    assert.doesNotMatch(await valueOf(cluster.configs.operator), /jetstream|store/);
    assert.deepEqual(ofType("Volume"), []);
    assert.doesNotMatch(JSON.stringify(ofType("Container")), /nats-auth-store/);
  });

  it("should be rejected with invalid sizes, for the system account, and for accounts of a cluster without it", async () => {
    const wrong = new Operator("KO", { systemAccount: { users, jetstream: {} } });
    await assert.rejects(valueOf(wrong.publicKey), /systemAccount\.jetstream: .*\[NA4005\]/);
    const operator = new Operator("other", { systemAccount: { users } });
    const jetstream = { fileStorage: "1GB", memory: 1 } as object;
    const sized = new MixedAuthCluster("sized", { operator, accounts: [], jetstream });
    await assert.rejects(valueOf(sized.network), /jetstream\.memory: .*\[NA1001\]\n.*jetstream\.fileStorage = "1GB": /);
    const accounts = [new Account("A", { operator, jetstream: {} })];
    const without = new MixedAuthCluster("without", { operator, accounts });
    await assert.rejects(valueOf(without.network), /accounts\[0\]\("A"\)\.jetstream: /);
  });

  describe("with streams that may be deleted", () => {
    const warnings = collectWarnings();

    function withDiscarded(discardStreams: readonly string[]): MixedAuthCluster {
      const operator = new Operator("KO", { systemAccount: { users } });
      const accounts = [new Account("A", { operator, jetstream: {} }), new Account("B", { operator })];
      return new MixedAuthCluster("nats", { operator, accounts, jetstream: {}, discardStreams });
    }

    it("should warn of accounts that have JetStream, because the next loss would not be refused", async () => {
      await valueOf(withDiscarded(["A", "B", "gone"]).checked);
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", /discardStreams .*: "A"\. /);
    });

    it("should not warn of accounts that are removed or have no JetStream", async () => {
      await valueOf(withDiscarded(["B", "gone"]).checked);
      assert.deepEqual(warnings, []);
    });

    it("should be rejected when the list is malformed", async () => {
      const cluster = withDiscarded([1] as unknown as string[]);
      await assert.rejects(valueOf(cluster.network), /discardStreams\[0\]/);
    });
  });
});
