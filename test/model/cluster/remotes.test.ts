import assert from "node:assert/strict";
import {
  REMOTE,
  remoteUrls,
  sameHubDiagnostics,
  sharedHubWarnings,
  startupRemotes,
  systemAuthorityDiagnostics,
  type HubLogin,
  type Remote,
  type RemoteLogin,
} from "../../../provider/model/cluster/remotes";

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

  it("should keep the path of a proxy with WebSocket, and the final dot of a host, and have nothing else in their URL", () => {
    const urls = ["wss://hub.example.org/nats", "wss://hub.example.org./a/b%20c/", "wss://hub/"];
    assert.deepEqual(remoteUrls(urls, true, "u:p@"), [
      "wss://u:p@hub.example.org:7422/nats",
      "wss://u:p@hub.example.org.:7422/a/b%20c",
      "wss://u:p@hub:7422",
    ]);
    assert.deepEqual(REMOTE.diagnostics({ urls }), []);
    for (const url of [
      "tls://hub/nats",
      "nats://hub/nats",
      "wss://hub/nats?a=b",
      "wss://hub/#a",
      "wss://u@hub/nats",
      "wss://hub/%zz",
      "wss://hub//a",
      "wss://hub..",
      "wss:///nats",
    ]) {
      assert.deepEqual(
        REMOTE.diagnostics({ urls: [url] }).map(({ code }) => code),
        ["NA1770"],
        url,
      );
    }
    const twice = ["wss://HUB./a", "wss://hub/a", "wss://hub/b"].map((url, index) => remote(`${index}`, url));
    assert.deepEqual(
      sameHubDiagnostics({ name: "n1", remotes: twice }).map(({ path }) => path),
      ["remotes.1.urls"],
    );
  });

  it("should name authorities where the image of the servers has none", () => {
    const encrypted = { ...remote("a", "tls://one"), hasTls: true };
    const isFound = (image: string, more: Partial<Remote> = {}) =>
      systemAuthorityDiagnostics([{ name: "n1", remotes: [{ ...encrypted, ...more }] }], image).length > 0;
    for (const image of [
      "nats",
      "nats:2.15.2",
      "docker.io/library/nats:latest",
      "nats:2.15@sha256:ab",
      "nats:2-scratch",
    ]) {
      assert.equal(isFound(image), true, image);
      assert.equal(isFound(image, { hasTls: false }), false);
      assert.equal(isFound(image, { hasAuthorities: true }), false);
    }
    for (const image of ["nats:2.15.2-alpine3.22", "nats:alpine", "registry.example.org/nats:2.15.2", "other/nats"]) {
      assert.equal(isFound(image), false, image);
    }
  });

  it("should log in to one account of a hub once for each account, and may log in to several of its accounts", () => {
    const other = "nats://one:7422";
    const remotes = (login: RemoteLogin, second = login) => [
      { ...remote("a", "nats://one"), login },
      { ...remote("b", other), login: second },
    ];
    const found = (all: readonly Remote[], ...logins: readonly HubLogin[]) => {
      const server = { name: "n1", remotes: all };
      const known = { a: logins[0], b: logins[1] };
      return [...sameHubDiagnostics(server, known), ...sharedHubWarnings(server, known)].map(({ code }) => code);
    };
    assert.deepEqual(found(remotes("none")), ["NA1774"]);
    assert.deepEqual(found(remotes("creds"), { account: "A1", user: "U1" }, { account: "A1", user: "U2" }), ["NA1774"]);
    assert.deepEqual(found(remotes("creds"), { account: "A1", user: "U1" }, { account: "A2", user: "U2" }), []);
    assert.deepEqual(found(remotes("seed"), { user: "U1" }, { user: "U1" }), ["NA1774"]);
    assert.deepEqual(found(remotes("seed"), { user: "U1" }, { user: "U2" }), ["NA1779"]);
    assert.deepEqual(found(remotes("seed")), ["NA1779"]);
    assert.deepEqual(found(remotes("none", "seed"), {}, { user: "U1" }), ["NA1779"]);
    assert.deepEqual(found(remotes("seed", "password"), { user: "U1" }, { user: "U1" }), ["NA1779"]);
    assert.deepEqual(found([remote("a", "nats://one"), { ...remote("b", other), account: "B" }]), []);
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
