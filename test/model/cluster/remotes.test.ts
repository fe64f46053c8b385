import assert from "node:assert/strict";
import { remoteUrls, startupRemotes, type Remote } from "../../../provider/model/cluster/remotes";

describe("remotes", () => {
  const remote = (name: string, url: string, denied?: string): Remote => ({
    name,
    path: `remotes.${name}`,
    account: "A",
    settings: { urls: [url], ...(denied === undefined ? {} : { denyExports: [denied] }) },
    hasTls: false,
    login: "none",
  });

  it("should have the port of leaf nodes where their URL has none, which nats-server cannot add to an IPv6 address", () => {
    const urls = ["nats://hub", "nats://[::1]", "nats://[::1]:80"];
    assert.deepEqual(remoteUrls(urls, false), [
      "nats-leaf://hub:7422",
      "nats-leaf://[::1]:7422",
      "nats-leaf://[::1]:80",
    ]);
  });

  it("should be identified as nats-server does, by account and URLs: subjects that it denies require a restart", () => {
    const startup = startupRemotes([remote("a", "nats://one", "x"), remote("b", "nats://two", "y")]);
    const renamed = startupRemotes([remote("c", "nats://two:7422", "y"), remote("d", "nats://one", "x")]);
    const swapped = startupRemotes([remote("a", "nats://two", "x"), remote("b", "nats://one", "y")]);
    assert.deepEqual(renamed, startup);
    assert.notDeepEqual(swapped, startup);
    assert.equal(startupRemotes([remote("a", "nats://one")]), undefined);
  });
});
