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

describe("a deployed account with an authorization service", function () {
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

  it("should be refused at preview until the security gap is accepted", async () => {
    await stack.declare({ ...declared(["service"]), parity: {} });
    assert.match(failed(await stack.preview()).output, /A\.authorization.*\[NA2001\]/);
  });

  it("should authorize clients on both servers, and exempt the check of the cluster", async () => {
    await stack.declare(declared(["service"]));
    succeeded(await stack.up());
    const [service] = await connectAs("service");
    assert.ok(service);
    const { publicKeys } = await stack.outputs();
    await serve(service, { signer: SIGNER, decide: () => ({ account: publicKeys.A ?? "" }) });
    const letIn = await connectAs("one");
    assert.ok(letIn.every((client) => !client.isClosed()));
  });

  it("should reload the servers when another claim of the account changes, and restart only the static server when the service changes", async () => {
    const places = async () =>
      changedResources(succeeded(await stack.preview("--diff")).output).filter((one) =>
        one.startsWith("ServerProcess "),
      );
    await stack.declare(declared(["service"], { users: { service: {}, one: {}, two: {} } }));
    assert.deepEqual(await places(), []);
    await stack.declare(declared(["service", "one"]));
    assert.deepEqual(await places(), ["ServerProcess nats-static"]);
    await clients.close();
    succeeded(await stack.up());
    await connectAs("one");
    assert.deepEqual(changedResources(succeeded(await stack.preview("--diff")).output), []);
  });
});
