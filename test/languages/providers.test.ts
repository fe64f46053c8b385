import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { withProviderSettings } from "../../provider/languages/providers";
import { mockEngine, valueOf } from "../support/mocks";

describe("the providers in the options of a component for other languages", () => {
  beforeEach(mockEngine);

  /** Returns a provider as the SDK passes it to a plugin: it has its name in the state, and no settings. */
  async function passed(provider: pulumi.ProviderResource): Promise<pulumi.ProviderResource> {
    const urn = pulumi.output(await valueOf(provider.urn));
    return Object.assign(Object.create(pulumi.ProviderResource.prototype) as pulumi.ProviderResource, { urn });
  }

  it("should have the settings by which the Docker Engine of the servers is reached", async () => {
    const host = "tcp://192.0.2.1:2376";
    const provider = await passed(new docker.Provider("engine", { host, caMaterial: "-----BEGIN CERTIFICATE-----" }));
    const other = await passed(new docker.Provider("other"));
    const { providers, protect } = await withProviderSettings({
      protect: true,
      providers: { docker: provider, other },
    });
    const found = (providers as Readonly<Record<string, docker.Provider>>).docker;
    assert.ok(found !== undefined && protect === true);
    assert.deepEqual(
      [await valueOf(found.host), await valueOf(found.caMaterial), await valueOf(found.urn)],
      [host, "-----BEGIN CERTIFICATE-----", await valueOf(provider.urn)],
    );
    assert.equal((providers as Readonly<Record<string, pulumi.ProviderResource>>).other, other);
  });

  it("should remain as they are when none is a docker provider, or when it has settings", async () => {
    const provider = new docker.Provider("engine", { host: "tcp://192.0.2.1:2376" });
    assert.deepEqual(await withProviderSettings({ protect: true }), { protect: true });
    const { providers } = await withProviderSettings({ providers: { docker: provider } });
    assert.equal((providers as Readonly<Record<string, pulumi.ProviderResource>>).docker, provider);
  });
});
