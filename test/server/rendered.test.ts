import assert from "node:assert/strict";
import { withAccountsOf } from "../../provider/config/known-accounts";
import { ROUTES_FILE } from "../../provider/config/listener";
import { operatorConfig } from "../../provider/config/operator";
import { routesConfig } from "../../provider/config/routes";
import { staticConfig } from "../../provider/config/static";
import { MAIN_FILE } from "../../provider/servers/server";
import { DOCUMENTATION } from "../support/documentation";
import { tryConfig } from "../support/local-server";
import { ROUTE_PASSWORD } from "../support/pair";
import { worldOf } from "../support/world";

const LISTENER = { serverName: "nats-static", clusterName: "nats", clientPort: 4222, clusterPort: 6222 };

/** Lets nats-server read a configuration. */
async function assertAccepted(text: string, host = "operator"): Promise<void> {
  const routes = routesConfig({ host, clusterPort: 6223 }, ROUTE_PASSWORD);
  const { digest, output } = await tryConfig({ [MAIN_FILE]: text, [ROUTES_FILE]: routes });
  assert.notEqual(digest, undefined, output);
}

describe("a rendered configuration", () => {
  it("should be accepted by nats-server when the model is the documentation's", async () => {
    const { model, tokens } = await worldOf(DOCUMENTATION);
    await assertAccepted(staticConfig(model, LISTENER));
    await assertAccepted(operatorConfig(model, tokens, LISTENER));
  });

  it("should be accepted by nats-server when it is for a process, on an IPv6 address", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const files = { log: "nats.log", store: "../store" };
    await assertAccepted(staticConfig(model, { ...LISTENER, monitoringPort: 8222, address: "::1", files }), "[::1]");
  });

  it("should be accepted by nats-server when it only makes the accounts known that another one has", async () => {
    const textOf = async (accounts: typeof DOCUMENTATION) => staticConfig((await worldOf(accounts)).model, LISTENER);
    const known = withAccountsOf(await textOf(DOCUMENTATION.slice(0, 1)), await textOf(DOCUMENTATION));
    assert.ok(known);
    await assertAccepted(known);
  });
});
