import assert from "node:assert/strict";
import { Account, MixedAuthCluster, Operator } from "../../../provider";
import { closingGates } from "../../support/gates";
import { ofType, valueOf } from "../../support/mocks";

const users = { sys: {} };

describe("JetStream of a cluster", () => {
  closingGates();

  it("should be in both configurations and have a volume for each server when the cluster has it", async () => {
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
      assert.equal(JSON.stringify(container?.inputs.volumes), '[{"containerPath":"/nats-auth-store"}]');
    }
  });

  it("should be nowhere when the cluster has none", async () => {
    const operator = new Operator("KO", { systemAccount: { users } });
    const cluster = new MixedAuthCluster("nats", { operator, accounts: [] });
    await valueOf(cluster.checked);
    assert.doesNotMatch(await valueOf(cluster.configs.operator), /jetstream|store/);
    assert.deepEqual(ofType("Volume"), []);
    assert.ok(ofType("Container").every(({ inputs }) => inputs.volumes === undefined));
  });

  it("should be refused where it cannot be: sizes that are none, the system account, accounts of a cluster without", async () => {
    const wrong = new Operator("KO", { systemAccount: { users, jetstream: {} } });
    await assert.rejects(valueOf(wrong.publicKey), /systemAccount\.jetstream: is for accounts with streams/);
    const operator = new Operator("other", { systemAccount: { users } });
    const jetstream = { fileStorage: "1GB", memory: 1 } as object;
    const sized = new MixedAuthCluster("sized", { operator, accounts: [], jetstream });
    await assert.rejects(
      valueOf(sized.network),
      /jetstream\.memory: is no key.*\n.*jetstream\.fileStorage = "1GB": is no amount/,
    );
    const accounts = [new Account("A", { operator, jetstream: {} })];
    const without = new MixedAuthCluster("without", { operator, accounts });
    await assert.rejects(
      valueOf(without.network),
      /accounts\[0\]\("A"\)\.jetstream: is for servers that run JetStream/,
    );
  });
});
