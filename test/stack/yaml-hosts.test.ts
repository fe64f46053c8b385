import assert from "node:assert/strict";
import { join } from "node:path";
import type { NatsConnection } from "@nats-io/transport-node";
import { Authority } from "../support/certificates";
import { versions } from "../../tools/versions";
import { useHosts } from "../support/engine-hosts";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack, type StackOutputs } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { changedResources } from "../support/stack-diff";
import { identitiesOf } from "../support/stack-tokens";
import { StoredMessages, streamConfig } from "../support/stored-messages";
import { problemsIn, YamlProject } from "../support/yaml-project";
import type { Declaration } from "./programs/declared/declaration";

const OUTPUTS = ["clientUrls", "networks", "containers", "checked", "creds", "seeds"];

/** A Docker Engine that this package does not connect to. */
const FAR = "ssh://nats@far.example.org";

/** The same ports on both hosts, and a server with neighbours. */
const SERVERS = {
  s1: { mode: "static", host: "east", clientPort: 4222 },
  o1: { mode: "operator", host: "east", clientPort: 4223 },
  o2: { mode: "operator", host: "west", clientPort: 4222 },
} as const;

describe("a cluster on two hosts that a program in YAML continues", function () {
  this.timeout(STEP_TIMEOUT);
  const machines = useHosts();

  describe("when its providers have the same names", () => {
    const stack = testStack(DECLARED, { targets: ["docker"] });
    const project = new YamlProject(join(stack.folder, "yaml"), DECLARED.project);
    const clients = new Clients();
    const messages = new StoredMessages();
    const jetstream = { fileStorage: "64MiB" };
    let tls: { readonly certificate: string; readonly key: string; readonly ca: string };
    let users: NonNullable<NonNullable<Declaration["accounts"]>[string]["users"]> = { test: {} };
    /** Begin of the names of the providers. */
    let prefix = "";
    let former: { readonly containers: unknown; readonly identities: unknown };

    /**
     * Writes the program in YAML.
     *
     * @param hosts changed arguments of hosts, by name
     * @param more changed arguments of the cluster
     */
    async function write(
      hosts: Readonly<Record<string, object>> = {},
      more: object = {},
      options: object = {},
    ): Promise<void> {
      const declared = machines.hosts.map(({ name, address }) => {
        return [name, { provider: `\${${prefix}${name}}`, address, bindAddress: address, ...hosts[name] }] as const;
      });
      const args = {
        operator: { name: "KO", systemAccount: { name: "SYS", users: { sys: {} } } },
        accounts: { A: { jetstream: {}, users } },
        image: stack.engine.image,
        jetstream,
        tls: { ...tls, key: { "fn::secret": tls.key } },
        servers: SERVERS,
        hosts: Object.fromEntries(declared),
        ...more,
      };
      const providerOf = (host: string) => {
        // The version of the provider that the TypeScript program has created.
        return { type: "pulumi:providers:docker", properties: { host }, options: { version: versions.dockerPlugin } };
      };
      const providers = Object.fromEntries(
        machines.hosts.map(({ name, engine }) => [`${prefix}${name}`, providerOf(engine)] as const),
      );
      const far = JSON.stringify(declared).includes("${far}") ? { far: providerOf(FAR) } : {};
      await project.write("nats-auth:Cluster", args, OUTPUTS, { resources: { ...providers, ...far }, options });
    }

    /** @param outputs outputs of an earlier update */
    async function connect(
      server: keyof typeof SERVERS,
      user = "A/test",
      outputs?: StackOutputs,
    ): Promise<NatsConnection> {
      const { clientUrls, seeds, creds } = outputs ?? (await stack.outputs());
      const login = SERVERS[server].mode === "static" ? bySeed(seeds[user]) : byCreds(creds[user]);
      const { [server]: url = "" }: Readonly<Record<string, string>> = clientUrls;
      // Node.js compares the certificate of a server at an IP address with "localhost" otherwise.
      const options = { ca: tls.ca, host: new URL(url).hostname } as object;
      return clients.connect(url, login, { tls: options });
    }

    /** The ids of the running containers on each host, by the server's name. */
    async function containers(): Promise<Record<string, Record<string, string>>> {
      const lists = machines.hosts.map(async ({ name, docker }) => {
        const all = await docker.listContainers();
        return [name, Object.fromEntries(all.map(({ Id, Labels }) => [Labels["pulumi-nats-auth.server"] ?? "", Id]))];
      });
      return Object.fromEntries(await Promise.all(lists)) as Record<string, Record<string, string>>;
    }

    before("a cluster of a TypeScript program", async () => {
      await machines.load(stack.engine.docker, stack.engine.image);
      const hosts = machines.hosts.map(({ name, engine, address }) => {
        return [name, { engine, address, bindAddress: address }] as const;
      });
      const authority = await Authority.create();
      // Servers on the same host reach each other by their names.
      const names = [...machines.hosts.map(({ address }) => address), ...Object.keys(SERVERS)];
      const { cert, key } = await authority.issue({ hosts: names });
      tls = { certificate: cert, key, ca: authority.cert };
      await stack.declare({
        accounts: { A: { jetstream: {}, users } },
        jetstream,
        tls,
        servers: SERVERS,
        hosts: Object.fromEntries(hosts),
      });
      succeeded(await stack.up());
      await messages.create(await connect("o1"), [streamConfig("R3", 3, "file")]);
      await messages.publish(await connect("s1"));
      former = { containers: await containers(), identities: identitiesOf(await stack.resources()) };
      await project.create();
      stack.runProject(project.folder);
      await write();
    });

    it("should change no key and no container, and keep all messages", async () => {
      const { output } = succeeded(await stack.preview("--diff"));
      assert.deepEqual(changedResources(output), ["Cluster nats"]);
      succeeded(await stack.up());
      assert.deepEqual({ containers: await containers(), identities: identitiesOf(await stack.resources()) }, former);
    });

    it("should change nothing when it is updated again, also after a refresh", async () => {
      succeeded(await stack.up("--refresh", "--expect-no-changes"));
    });

    it("should have servers on both hosts, which are one cluster", async () => {
      const { east = {}, west = {} } = await containers();
      assert.deepEqual([Object.keys(east).sort(), Object.keys(west)], [["o1", "s1"], ["o2"]]);
      const outputs = (await stack.outputs()) as StackOutputs & { readonly networks: Record<string, string> };
      assert.match(outputs.checked, /^nats-s1, nats-o1 and nats-o2 are one cluster, nats,/);
      assert.deepEqual(Object.keys(outputs.networks).sort(), ["east", "west"]);
      await crosses(await connect("s1"), await connect("o2"), "one");
      await crosses(await connect("o2"), await connect("o1"), "two");
    });

    it("should only reload when a user is added, and the providers get other names", async () => {
      users = { ...users, more: {} };
      prefix = "docker";
      await write();
      succeeded(await stack.up());
      assert.deepEqual(await containers(), former.containers);
      await crosses(await connect("s1", "A/more"), await connect("o2", "A/more"), "three");
    });

    it("should lock out a removed user on both hosts, without a change of a container", async () => {
      const before = await stack.outputs();
      const connections = [await connect("s1", "A/more"), await connect("o2", "A/more")];
      users = { test: {} };
      await write();
      const { output } = succeeded(await stack.preview("--diff"));
      assert.ok(changedResources(output).includes("User nats/A/more"));
      succeeded(await stack.up());
      assert.ok(await clients.areLost(connections));
      for (const server of ["s1", "o1", "o2"] as const) {
        await assert.rejects(connect(server, "A/more", before), /authorization violation/i);
      }
      await crosses(await connect("s1"), await connect("o2"), "four");
      assert.deepEqual(await containers(), former.containers);
    });

    it("should keep the private key of the servers out of the state and the output", async () => {
      const lines = tls.key.split("\n").filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));
      assert.ok(lines.length > 1);
      for (const text of [await stack.rawState(), stack.transcript]) {
        assert.ok(!lines.some((line) => text.includes(line)), "the key is shown");
      }
    });

    it("should report wrong hosts at the preview, with paths in its arguments", async () => {
      const servers = { ...SERVERS, o2: { ...SERVERS.o2, host: "north" } };
      // Two references to the same provider, which has an address that is not supported.
      await write({ east: { provider: "${far}" }, west: { provider: "${far}" } }, { servers });
      assert.deepEqual(problemsIn(failed(await stack.preview()).output), [
        "NA1750 servers.o2.host",
        "NA1756 hosts.west.provider",
        "NA1805 tls.certificate",
        "NA4031 hosts.east.provider.host",
      ]);
      await write({ west: { provider: { host: "tcp://192.0.2.1:2376" }, target: { docker: {}, kubernetes: {} } } });
      assert.deepEqual(problemsIn(failed(await stack.preview()).output), [
        "NA1003 hosts.west.provider",
        "NA1003 hosts.west.target",
      ]);
      await write();
    });

    it("should leave nothing on either host when it is destroyed", async () => {
      await clients.close();
      succeeded(await stack.destroy());
      assert.deepEqual(await machines.belongings(), []);
    });

    it("should create it together with its providers, of which the component has one in its options", async () => {
      await write({ east: { provider: undefined } }, {}, { providers: [`\${${prefix}east}`] });
      const { output } = succeeded(await stack.preview());
      assert.match(output, /docker:index:Container +nats-west-o2 +create/);
      succeeded(await stack.up());
      const { east = {}, west = {} } = await containers();
      assert.deepEqual([Object.keys(east).sort(), Object.keys(west)], [["o1", "s1"], ["o2"]]);
      await crosses(await connect("s1"), await connect("o2"), "four");
      await clients.close();
      succeeded(await stack.destroy());
      assert.deepEqual(await machines.belongings(), []);
    });
  });
});
