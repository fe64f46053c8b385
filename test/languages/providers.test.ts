import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { deserializeProperty, specialResourceSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc";
import * as state from "@pulumi/pulumi/runtime/state";
import { engineAddress } from "../../provider/components/cluster/docker-engine";
import { valueIfKnown } from "../../provider/components/validation";
import { registerProviders, resolveHosts } from "../../provider/languages/providers";
import { mockEngine, valueOf } from "../support/mocks";

type Hosts = Readonly<Record<string, { readonly provider?: docker.Provider; readonly address?: string }>>;

describe("the providers to which a component for other languages refers", () => {
  const packages = (Reflect.get(state, "getResourcePackages") as () => Map<string, unknown>)();
  const others = [...packages];
  beforeEach(mockEngine);
  before("as in the plugin, which has not loaded their packages", () => {
    packages.clear();
    registerProviders();
  });
  after(() => {
    packages.clear();
    others.forEach(([name, registered]) => packages.set(name, registered));
  });

  /** Returns a provider as the SDK creates it in a plugin, from a reference to one of the program. */
  async function passed(provider: pulumi.ProviderResource): Promise<docker.Provider> {
    const reference = {
      [specialSigKey]: specialResourceSig,
      urn: await valueOf(provider.urn),
      packageVersion: "5.1.2",
    };
    return deserializeProperty(reference) as docker.Provider;
  }

  it("should have the settings by which the Docker Engine of the servers is reached", async () => {
    const host = "tcp://192.0.2.1:2376";
    const given = new docker.Provider("engine", { host, caMaterial: "-----BEGIN CERTIFICATE-----" });
    const found = await passed(given);
    assert.deepEqual(
      [await valueOf(found.host), await valueOf(found.caMaterial), await valueOf(found.certPath)],
      [host, "-----BEGIN CERTIFICATE-----", undefined],
    );
    assert.deepEqual(
      [await valueOf(found.urn), await valueOf(found.id)],
      [await valueOf(given.urn), await valueOf(given.id)],
    );
  });

  it("should lead to an address that a preview knows, whatever the program does not set", async () => {
    const host = "tcp://192.0.2.1:2376";
    for (const isPreview of [false, true]) {
      await mockEngine({ isPreview });
      const given = new docker.Provider("engine", { host });
      for (const provider of [given, await passed(given)]) {
        const address = pulumi.output(engineAddress(provider));
        assert.deepEqual(await valueIfKnown(address), { host }, String(isPreview));
      }
    }
  });

  it("should be one provider for all hosts and options that refer to one of the program", async () => {
    const [east, west] = [new docker.Provider("east"), new docker.Provider("west")];
    const own = await passed(west);
    const hosts: Hosts = {
      a: { provider: await passed(east), address: "192.0.2.1" },
      b: { provider: await passed(east) },
      c: { provider: await passed(west) },
      d: {},
    };
    const options = { providers: { docker: own } };
    // The SDK wraps an argument that depends on resources.
    for (const argument of [hosts, pulumi.output(hosts)]) {
      const resolved = (await resolveHosts(argument, options)) as Hosts;
      assert.equal(resolved.a?.provider, resolved.b?.provider);
      assert.notEqual(resolved.a?.provider, own);
      assert.equal(resolved.c?.provider, own);
      assert.deepEqual([resolved.a?.address, resolved.d], ["192.0.2.1", {}]);
    }
  });

  it("should leave hosts without them unchanged, whatever they are", async () => {
    const provider = { host: "tcp://192.0.2.1:2376" };
    for (const hosts of [undefined, null, 5, "a", [], {}, { a: null }, { a: { provider } }, pulumi.output({ a: {} })]) {
      assert.equal(await resolveHosts(hosts, {}), hosts);
    }
  });
});
