import assert from "node:assert/strict";
import * as docker from "@pulumi/docker";
import { Provider as Kubernetes } from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { constructCluster } from "../../provider/languages/construct";
import { asInPlugin, outputsOf, problems, SERVERS } from "../support/construct";
import { mockEngine, registered } from "../support/mocks";

describe("hosts of a component for other languages", () => {
  asInPlugin();

  it("should create the servers of each host with its provider", async () => {
    const engine = (name: string) => new docker.Provider(name, { host: `unix:///${name}.sock` });
    const [east, west] = [engine("east"), engine("west")];
    const hosts = {
      east: { provider: east, address: "192.0.2.1", bindAddress: "192.0.2.1" },
      west: { provider: west, address: "192.0.2.2", bindAddress: "192.0.2.2" },
    };
    const servers = {
      s1: { mode: "static", host: "east", clientPort: 4222 },
      o1: { mode: "operator", host: "west", clientPort: 4222 },
    };
    const args = { ...SERVERS, accounts: { A: { users: { u: {} } } }, servers, parity: { mode: "lenient" } };
    // The SDK wraps an argument that depends on resources.
    for (const argument of [hosts, pulumi.output(hosts)]) {
      await mockEngine();
      const outputs = await outputsOf(
        await constructCluster("nats", { ...args, hosts: argument }, { providers: { docker: east } }),
      );
      assert.deepEqual(outputs.clientUrls, { o1: "nats://192.0.2.2:4222", s1: "nats://192.0.2.1:4222" });
      assert.ok(outputs.networks !== undefined && outputs.network === undefined);
      const containers = registered.filter(({ type }) => type === "docker:index/container:Container");
      assert.deepEqual(containers.map(({ name, provider }) => [name, provider.split("::")[3]]).sort(), [
        ["nats-east-s1", "east"],
        ["nats-west-o1", "west"],
      ]);
    }
  });

  it("should report hosts with paths in its arguments", async () => {
    const [ssh, one, kubernetes] = [
      new docker.Provider("ssh", { host: "ssh://nats@far.example.org" }),
      new docker.Provider("one", { host: "unix:///one.sock" }),
      new Kubernetes("pods"),
    ];
    const hosts = {
      ssh: { provider: ssh, address: "192.0.2.1" },
      a: { provider: one, address: "192.0.2.2" },
      b: { provider: one, address: "192.0.2.3" },
      pods: { provider: kubernetes, address: "192.0.2.4" },
    };
    const servers = {
      s1: { mode: "static", host: "ssh" },
      o1: { mode: "operator", host: "elsewhere" },
      o2: { mode: "operator", host: "a" },
    };
    const args = { ...SERVERS, accounts: { A: { users: { u: {} } } }, servers };
    const found = await problems({ ...args, hosts: pulumi.output(hosts) });
    for (const problem of [
      "NA1750 servers.o1.host",
      "NA4031 hosts.ssh.provider.host",
      "NA1756 hosts.b.provider",
      "NA1759 hosts.pods.provider",
    ]) {
      assert.ok(found.includes(problem), `${problem} is missing:\n${found.join("\n")}`);
    }
    const malformed = {
      settings: { provider: { host: "tcp://192.0.2.5:2376" }, engine: "docker" },
      both: { target: { docker: {}, kubernetes: {} } },
      text: "docker",
    };
    const shapes = await problems({ ...args, hosts: malformed });
    for (const problem of [
      "NA1003 hosts.settings.provider",
      "NA1001 hosts.settings.engine",
      "NA1003 hosts.both.target",
      "NA1003 hosts.text",
    ]) {
      assert.ok(shapes.includes(problem), `${problem} is missing:\n${shapes.join("\n")}`);
    }
    assert.ok((await problems({ ...args, hosts: pulumi.secret({ a: {} }) })).includes("NA1003 hosts"));
  });
});
