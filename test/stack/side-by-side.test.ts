import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { EXAMPLE, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses, refuses } from "../support/stack-clients";

const SIDES = ["static", "operator"] as const;

describe("two stacks of one program on one machine", function () {
  this.timeout(STEP_TIMEOUT);
  const stays = testStack(EXAMPLE);
  const goes = testStack(EXAMPLE);
  const clients = new Clients();
  let ofStays: StackOutputs;
  let ofGoes: StackOutputs;
  const connected: NatsConnection[] = [];

  before("both deployed at the same time", async () => {
    const results = await Promise.all([stays.up(), goes.up()]);
    results.forEach(succeeded);
    [ofStays, ofGoes] = await Promise.all([stays.outputs(), goes.outputs()]);
  });

  async function connectBoth({ clientUrls, seeds, creds }: StackOutputs): Promise<[NatsConnection, NatsConnection]> {
    return [
      await clients.connect(clientUrls.static, bySeed(seeds["A/test"])),
      await clients.connect(clientUrls.operator, byCreds(creds["A/test"])),
    ];
  }

  it("should each be a cluster of its own, with keys of its own", async () => {
    for (const outputs of [ofStays, ofGoes]) {
      assert.match(outputs.checked, /nats-static and nats-operator are one cluster/);
      const [onStatic, onOperator] = await connectBoth(outputs);
      await crosses(onStatic, onOperator, "test.one");
      await crosses(onOperator, onStatic, "test.two");
    }
    const keys = [...Object.values(ofStays.publicKeys), ...Object.values(ofGoes.publicKeys)];
    assert.equal(new Set(keys).size, keys.length);
  });

  it("should refuse each other's users", async () => {
    await refuses(clients, ofStays.clientUrls.static, bySeed(ofGoes.seeds["A/test"]));
    await refuses(clients, ofStays.clientUrls.operator, byCreds(ofGoes.creds["A/test"]));
    await refuses(clients, ofGoes.clientUrls.static, bySeed(ofStays.seeds["A/test"]));
    await refuses(clients, ofGoes.clientUrls.operator, byCreds(ofStays.creds["A/test"]));
  });

  it("should not receive each other's messages", async () => {
    const [publisher, other] = await connectBoth(ofGoes);
    const heard: string[] = [];
    for (const listener of await connectBoth(ofStays)) {
      listener.subscribe("test.>", {
        callback: (_error, { subject }) => {
          heard.push(subject);
        },
      });
      await listener.flush();
      connected.push(listener);
    }
    await crosses(publisher, other, "test.secret");
    await Promise.all(connected.map((listener) => listener.flush()));
    assert.deepEqual(heard, []);
  });

  it("should not be affected when the other one is destroyed", async () => {
    const lives = await stays.servers.lives();
    succeeded(await goes.destroy());
    assert.deepEqual(await goes.servers.belongings(), []);
    assert.deepEqual(await goes.processes(), []);
    assert.deepEqual(await stays.servers.lives(), lives);
    assert.ok(connected.every((client) => !clients.hasLost(client)));
    for (const side of SIDES) {
      await assert.rejects(clients.connect(ofGoes.clientUrls[side]), /refused/i);
    }
    const [onStatic, onOperator] = await connectBoth(ofStays);
    await crosses(onStatic, onOperator, "test.three");
    succeeded(await stays.preview("--refresh", "--expect-no-changes"));
  });
});
