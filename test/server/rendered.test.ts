import assert from "node:assert/strict";
import { addEmptyAccounts } from "../../provider/config/new-accounts";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderOperatorConfig } from "../../provider/config/operator";
import { renderRoutesConfig } from "../../provider/config/routes";
import { renderStaticConfig } from "../../provider/config/static";
import { MAIN_FILE } from "../../provider/servers/server";
import { DOCUMENTATION } from "../support/documentation";
import { tryConfig } from "../support/local-server";
import { ROUTE_PASSWORD } from "../support/pair";
import { worldOf } from "../support/world";

const LISTENER = { serverName: "nats-static", clusterName: "nats", clientPort: 4222, clusterPort: 6222 };

/** Lets nats-server read a configuration. */
async function assertAccepted(text: string, host = "operator"): Promise<void> {
  const routes = renderRoutesConfig([{ host, clusterPort: 6223 }], ROUTE_PASSWORD);
  const { digest, output } = await tryConfig({ [MAIN_FILE]: text, [ROUTES_FILE]: routes });
  assert.notEqual(digest, undefined, output);
}

describe("a rendered configuration", () => {
  it("should be accepted by nats-server when the model is the documentation's", async () => {
    const { model, tokens } = await worldOf(DOCUMENTATION);
    await assertAccepted(renderStaticConfig(model, LISTENER).text);
    await assertAccepted(renderOperatorConfig(model, tokens, LISTENER).text);
  });

  it("should be accepted by nats-server when it is for a process, on an IPv6 address", async () => {
    const { model } = await worldOf(DOCUMENTATION);
    const files = { log: "nats.log", store: "../store" };
    await assertAccepted(
      renderStaticConfig(model, { ...LISTENER, monitoringPort: 8222, address: "::1", files }).text,
      "[::1]",
    );
  });

  it("should be accepted by nats-server when it only makes the accounts known that another one has", async () => {
    const textOf = async (accounts: typeof DOCUMENTATION) =>
      renderStaticConfig((await worldOf(accounts)).model, LISTENER).text;
    const known = addEmptyAccounts(await textOf(DOCUMENTATION.slice(0, 1)), await textOf(DOCUMENTATION));
    assert.ok(known);
    await assertAccepted(known);
  });
});
