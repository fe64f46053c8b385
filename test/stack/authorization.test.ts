import assert from "node:assert/strict";
import { serve } from "../support/callout";
import { keyOf, pairOf } from "../support/keys";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

const SIGNER = pairOf("account", "service");
const accept = { "A.authorization": "The service lets nobody in without a password." };

/** An account with a service that decides about clients. */
function declared(users: readonly string[], more: DeclaredAccount = {}): Declaration {
  const authorization = { users, issuer: keyOf("account", "service") };
  return { accounts: { A: { users: { service: {}, one: {} }, authorization, ...more } }, parity: { accept } };
}

describe("a deployed account whose service decides about clients", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(DECLARED);
  const clients = new Clients();

  async function connectAs(user: string) {
    const { clientUrls, seeds, creds } = await stack.outputs();
    return [
      await clients.connect(clientUrls.static, bySeed(seeds[`A/${user}`])),
      await clients.connect(clientUrls.operator, byCreds(creds[`A/${user}`])),
    ];
  }

  it("should be refused at preview until what only one server checks is accepted", async () => {
    await stack.declare({ ...declared(["service"]), parity: {} });
    assert.match(failed(await stack.preview()).output, /A\.authorization.*: the static server asks the service of A/);
  });

  it("should have it let clients in on both servers, and the check of the cluster without it", async () => {
    await stack.declare(declared(["service"]));
    succeeded(await stack.up());
    const [service] = await connectAs("service");
    assert.ok(service);
    const { publicKeys } = await stack.outputs();
    await serve(service, { signer: SIGNER, decide: () => ({ account: publicKeys.A ?? "" }) });
    const letIn = await connectAs("one");
    assert.ok(letIn.every((client) => !client.isClosed()));
  });

  it("should reload when something else of the account changes, and restart the static server alone when it does", async () => {
    const containers = async () =>
      changedResources(succeeded(await stack.preview("--diff")).output).filter((one) => one.startsWith("Container "));
    await stack.declare(declared(["service"], { users: { service: {}, one: {}, two: {} } }));
    assert.deepEqual(await containers(), []);
    await stack.declare(declared(["service", "one"]));
    assert.deepEqual(await containers(), ["Container nats-static"]);
    await clients.close();
    succeeded(await stack.up());
    await connectAs("one");
    assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), []);
  });
});
