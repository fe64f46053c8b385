import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { ROUTES_FILE } from "../../provider/config/listener";
import { getFiles } from "../../provider/servers/docker/files";
import type { ClusterTls } from "../../provider";
import { Authority } from "../support/certificates";
import { useHosts } from "../support/engine-hosts";
import { DECLARED, failed, STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { byCreds, bySeed, Clients, crosses } from "../support/stack-clients";
import { StoredMessages, streamConfig } from "../support/stored-messages";
import type { Declaration, DeclaredAccount } from "./programs/declared/declaration";

type Servers = NonNullable<Declaration["servers"]>;

/** Both hosts use the same ports. */
const SERVERS: Servers = {
  s1: { mode: "static", host: "east", clientPort: 4222 },
  o1: { mode: "operator", host: "east", clientPort: 4223 },
  s2: { mode: "static", host: "west", clientPort: 4222 },
  o2: { mode: "operator", host: "west", clientPort: 4223 },
};

describe("a cluster on two hosts", function () {
  this.timeout(STEP_TIMEOUT);
  const machines = useHosts();

  describe("when it is deployed", () => {
    const stack = testStack(DECLARED, { targets: ["docker"] });
    const clients = new Clients();
    const messages = new StoredMessages();
    let servers = SERVERS;
    let tls: ClusterTls;
    let users: NonNullable<DeclaredAccount["users"]> = { test: {} };

    before("the image of the servers, and one certificate for both hosts", async () => {
      await machines.load(stack.engine.docker, stack.engine.image);
      const authority = await Authority.create();
      // Servers on the same host reach each other by their names.
      const names = [...Object.keys(SERVERS), "s3"];
      const { cert, key } = await authority.issue({
        hosts: [...machines.hosts.map(({ address }) => address), ...names],
      });
      tls = { certificate: cert, key, ca: authority.cert };
    });

    async function declare(): Promise<void> {
      const hosts = machines.hosts.map(({ name, engine, address }) => {
        return [name, { engine, address, bindAddress: address }] as const;
      });
      await stack.declare({
        accounts: { A: { jetstream: {}, users } },
        jetstream: { fileStorage: "64MiB" },
        servers,
        hosts: Object.fromEntries(hosts),
        tls,
      });
    }

    async function connect(server: string, user = "A/test"): Promise<NatsConnection> {
      const { clientUrls, seeds, creds } = await stack.outputs();
      const login = servers[server]?.mode === "static" ? bySeed(seeds[user]) : byCreds(creds[user]);
      const { [server]: url = "" }: Readonly<Record<string, string>> = clientUrls;
      // Node.js compares the certificate of a server at an IP address with "localhost" otherwise.
      const options = { ca: tls.ca, host: new URL(url).hostname } as object;
      return clients.connect(url, login, { tls: options });
    }

    /** The ids of the containers on each host, by the server's name. */
    async function containers(): Promise<Record<string, Record<string, string>>> {
      const lists = machines.hosts.map(async ({ name, docker }) => {
        const all = await docker.listContainers();
        return [name, Object.fromEntries(all.map(({ Id, Labels }) => [Labels["pulumi-nats-auth.server"] ?? "", Id]))];
      });
      return Object.fromEntries(await Promise.all(lists)) as Record<string, Record<string, string>>;
    }

    it("should be one cluster whose servers run where they are declared", async () => {
      await declare();
      succeeded(await stack.up());
      const { checked, clientUrls } = await stack.outputs();
      assert.match(checked, /^nats-s1, nats-s2, nats-o1 and nats-o2 are one cluster, nats, .* is healthy$/);
      assert.deepEqual(clientUrls, {
        s1: `tls://${machines.host("east").address}:4222`,
        o1: `tls://${machines.host("east").address}:4223`,
        s2: `tls://${machines.host("west").address}:4222`,
        o2: `tls://${machines.host("west").address}:4223`,
      });
      const { east = {}, west = {} } = await containers();
      assert.deepEqual(
        [Object.keys(east).sort(), Object.keys(west).sort()],
        [
          ["o1", "s1"],
          ["o2", "s2"],
        ],
      );
      assert.deepEqual(await stack.engine.containers(), []);
    });

    it("should carry messages between the modes and hosts, over routes with TLS alone", async () => {
      for (const { docker } of machines.hosts) {
        for (const { Id } of await docker.listContainers()) {
          const { [ROUTES_FILE]: routes = "" } = await getFiles(docker.getContainer(Id));
          assert.deepEqual(new Set(routes.match(/\w+:\/\//g)), new Set(["tls://"]));
        }
      }
      await crosses(await connect("s1"), await connect("o2"), "one");
      await crosses(await connect("s2"), await connect("o1"), "two");
      await messages.create(await connect("o1"), [streamConfig("R3", 3, "file")]);
      await messages.publish(await connect("s2"));
    });

    it("should change nothing at a second update", async () => {
      succeeded(await stack.up("--refresh", "--expect-no-changes"));
      succeeded(await stack.preview("--expect-no-changes"));
    });

    it("should reload the servers of both hosts when a user is added", async () => {
      const before = await containers();
      users = { ...users, more: {} };
      await declare();
      succeeded(await stack.up());
      assert.deepEqual(await containers(), before);
      for (const server of Object.keys(servers)) {
        await connect(server, "A/more");
      }
    });

    it("should find and repair a server that has stopped on one host", async () => {
      const { docker } = machines.host("west");
      const { west: { s2 = "" } = {} } = await containers();
      await docker.getContainer(s2).stop({ t: 0 });
      const { output } = succeeded(await stack.refresh("--diff"));
      assert.match(output, /s2 *: "in force" => "stopped"/);
      succeeded(await stack.up());
      await crosses(await connect("s1"), await connect("s2"), "three");
      await messages.publish(await connect("s2"));
    });

    it("should refuse at the preview to move a server with its streams to another host", async () => {
      servers = { ...SERVERS, s1: { mode: "static", host: "west", clientPort: 4230 } };
      await declare();
      const { output } = failed(await stack.preview());
      assert.match(output, /would leave the streams behind: .*\[NA1721\]/);
    });

    it("should move to another host by way of a new server, without losing a message", async () => {
      const { s1: _, ...others } = SERVERS;
      const s3 = { mode: "static" as const, host: "west", clientPort: 4230 };
      servers = { ...SERVERS, s3 };
      await declare();
      succeeded(await stack.up());
      servers = { ...others, s3 };
      await declare();
      succeeded(await stack.up());
      const { east = {}, west = {} } = await containers();
      assert.deepEqual([Object.keys(east), Object.keys(west).sort()], [["o1"], ["o2", "s2", "s3"]]);
      await messages.publish(await connect("s3"));
      await messages.consume(await connect("o1"));
      succeeded(await stack.up("--expect-no-changes"));
    });

    it("should leave nothing on either host when it is destroyed", async () => {
      await clients.close();
      succeeded(await stack.destroy());
      assert.deepEqual(await machines.belongings(), []);
    });
  });

  describe("when one of them is added to an existing cluster", () => {
    const stack = testStack(DECLARED, { targets: ["docker"] });
    const clients = new Clients();
    const messages = new StoredMessages();
    const present: Servers = {
      s1: { mode: "static", clientPort: 4222 },
      o1: { mode: "operator", clientPort: 4223 },
      s2: { mode: "static", clientPort: 4224 },
    };
    let password: string;

    before("the image of the servers on both hosts", () => machines.load(stack.engine.docker, stack.engine.image));

    async function declare(more: Pick<Declaration, "servers" | "hosts">): Promise<void> {
      const { engine, address } = machines.host("east");
      await stack.declare({
        accounts: { A: { jetstream: {}, users: { test: {} } } },
        jetstream: { fileStorage: "64MiB" },
        // The cluster's own docker provider, which its first host keeps.
        dockerHost: engine,
        bindAddress: address,
        parity: { mode: "lenient" },
        ...more,
      });
    }

    async function connect(): Promise<NatsConnection> {
      const { clientUrls, creds } = await stack.outputs();
      return clients.connect((clientUrls as Readonly<Record<string, string>>).o1 ?? "", byCreds(creds["A/test"]));
    }

    /** Returns the routes of a server, which contain their password. */
    async function findPasswords(): Promise<string> {
      const { docker } = machines.host("east");
      const all = await docker.listContainers();
      const found = await Promise.all(
        all.map(async ({ Id }) => (await getFiles(docker.getContainer(Id)))[ROUTES_FILE] ?? ""),
      );
      const passwords = new Set(
        found.flatMap((routes) => [...routes.matchAll(/:(\w{32,})@/g)].map(([, one = ""]) => one)),
      );
      assert.equal(passwords.size, 1);
      return [...passwords].join();
    }

    it("should begin on one host", async () => {
      await declare({ servers: present });
      succeeded(await stack.up());
      const client = await connect();
      await messages.create(client, [streamConfig("R3", 3, "file")]);
      await messages.publish(client);
      password = await findPasswords();
    });

    it("should keep its streams and its password when it gets the other one", async () => {
      const east = machines.host("east");
      const west = machines.host("west");
      const servers = Object.fromEntries(
        Object.entries(present).map(([name, server]) => [name, { ...server, host: "east" }]),
      );
      await declare({
        servers: { ...servers, o2: { mode: "operator", host: "west", clientPort: 4222 } },
        hosts: {
          east: { address: east.address },
          west: { engine: west.engine, address: west.address, bindAddress: west.address },
        },
      });
      const { output } = succeeded(await stack.up());
      assert.match(output, /\(servers\)\.s1\.routes = .*: has no TLS: .*\[NA1800\]/);
      const client = await connect();
      await messages.assertKept(client);
      await messages.publish(client);
      assert.equal(await findPasswords(), password);
      succeeded(await stack.up("--expect-no-changes"));
    });

    it("should keep its streams and its password when it loses it again", async () => {
      await declare({ servers: present });
      succeeded(await stack.up());
      const client = await connect();
      await messages.assertKept(client);
      await messages.publish(client);
      assert.equal(await findPasswords(), password);
      assert.deepEqual(await machines.host("west").docker.listContainers({ all: true }), []);
    });

    it("should leave nothing when it is destroyed", async () => {
      await clients.close();
      succeeded(await stack.destroy());
      assert.deepEqual(await machines.belongings(), []);
    });
  });
});
