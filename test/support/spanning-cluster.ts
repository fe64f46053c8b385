import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import type { NatsConnection } from "@nats-io/transport-node";
import type { ClusterTls } from "../../provider";
import type { Declaration } from "../stack/programs/declared/declaration";
import { Authority } from "./certificates";
import type { Origin } from "./origin";
import type { PodStack } from "./pod-stack";
import { byCreds, bySeed, Clients, crosses } from "./stack-clients";
import type { Servers } from "./stack-shape";
import type { TargetName } from "./stack-servers";

type Users = NonNullable<NonNullable<Declaration["accounts"]>[string]["users"]>;

/** Ports of nodes that Kubernetes assigns to other Services last, for clusters from each kind of machine. */
const NODE_PORTS: Readonly<Record<TargetName, number>> = { process: 30_000, docker: 30_043 };
const NODE_PORT_COUNT = 43;
/** The largest number of pods with an address of their own. */
const PODS = 3;
/** The port of load balancers for routes. */
const BALANCED_PORT = 6222;
const JETSTREAM = { fileStorage: "64MiB", memoryStorage: "64MiB" };

/** What a server tells the system account about itself. */
interface Answer<Data> {
  readonly server: { readonly name: string };
  readonly data: Data;
}

/** A cluster of a machine and pods. */
export class SpanningCluster {
  readonly clients = new Clients();
  /** The servers of the machine. */
  machineServers: Servers = {};
  /** Addresses of pods, each for one. */
  routeAddresses: readonly string[] = [];
  users: Users = { test: {}, other: {}, watch: {} };
  #tls: ClusterTls | undefined;
  #authority = "";
  #machine = "";

  constructor(
    private readonly place: TargetName,
    private readonly stack: PodStack,
    private readonly origin: Origin,
  ) {}

  /** Prepares the machine, and a certificate for all addresses. @param balancers the addresses of load balancers, in place of ports of nodes */
  async prepare(balancers: readonly string[] = []): Promise<void> {
    const { machine, node } = await this.origin.prepare();
    const { staticPort, staticClusterPort, operatorPort, operatorClusterPort } = this.stack.ports;
    this.#machine = machine;
    this.machineServers = {
      static: { mode: "static", host: "machine", clientPort: staticPort, clusterPort: staticClusterPort },
      operator: { mode: "operator", host: "machine", clientPort: operatorPort, clusterPort: operatorClusterPort },
    };
    const first = NODE_PORTS[this.place] + randomInt(NODE_PORT_COUNT - PODS);
    this.routeAddresses =
      balancers.length > 0
        ? balancers.map((address) => `${address}:${BALANCED_PORT}`)
        : Array.from({ length: PODS }, (_, index) => `${node}:${first + index}`);
    const authority = await Authority.create();
    const { name } = this.stack.namespace;
    const ofPods = ["*.nats", "nats-p", "nats-q"].map((host) => `${host}.${name}.svc`);
    const { cert, key } = await authority.issue({
      hosts: [machine, ...this.origin.names, node, ...balancers, ...ofPods],
    });
    this.#authority = authority.cert;
    this.#tls = { certificate: cert, key, ca: authority.cert };
  }

  get tls(): ClusterTls {
    return this.#tls ?? assert.fail("the cluster is not prepared");
  }

  /** The declaration of the machine as a host. */
  get machineHost(): NonNullable<Declaration["hosts"]>[string] {
    return { target: this.place, address: this.#machine, bindAddress: this.#machine };
  }

  /** Pods in operator mode, and their addresses. */
  operatorPods(replicas = 2): Servers {
    const routeAddresses = this.routeAddresses.slice(0, replicas);
    return { p: { mode: "operator", host: "pods", replicas, routeAddresses } };
  }

  /** The static server of the machine, and two pods. */
  spanning(): Servers {
    return { static: this.machineServers.static ?? assert.fail(), ...this.operatorPods() };
  }

  /** Declares the cluster on the machine alone, as a cluster without hosts. @param encryption its TLS, or the accepted lack of it */
  async declareOnMachine(encryption: Pick<Declaration, "tls" | "parity">): Promise<void> {
    this.stack.place = this.place;
    await this.stack.declare({ ...this.#common(), bindAddress: this.#machine, ...encryption });
  }

  /** Declares servers on the machine and in pods. */
  declare(servers: Servers, more: Declaration = {}): Promise<void> {
    const hosts = { machine: this.machineHost, pods: {} };
    return this.stack.declare({ ...this.#common(), hosts, servers, tls: this.tls, ...more });
  }

  /** Declares servers on the machine and in pods, and accepts everything that can be accepted. */
  declareWithoutTls(servers: Servers): Promise<void> {
    const hosts = { machine: this.machineHost, pods: {} };
    return this.stack.declare({ ...this.#common(), hosts, servers, parity: { mode: "lenient" } });
  }

  /** Declares pods alone, without hosts. */
  declareInPods(servers: Servers): Promise<void> {
    const ofPods: Servers = Object.fromEntries(
      Object.entries(servers).map(([name, { mode, replicas = 1 }]) => [name, { mode, replicas }]),
    );
    return this.stack.declare({ ...this.#common(), servers: ofPods, tls: this.tls });
  }

  #common(): Declaration {
    return { accounts: { A: { jetstream: {}, users: this.users } }, jetstream: JETSTREAM };
  }

  /** Returns the credentials by which a user logs in to a server. */
  async loginOf(server: string, user = "A/test") {
    const { seeds, creds } = await this.stack.outputs();
    return ["static", "q-0"].includes(server) ? bySeed(seeds[user]) : byCreds(creds[user]);
  }

  /** The name in the certificate of a server: tunnels lead to pods. */
  tlsOf(server: string) {
    const host = /-\d+$/.test(server) ? `nats-${server}.nats.${this.stack.namespace.name}.svc` : this.#machine;
    return { ca: this.#authority, host };
  }

  async connect(server: string, user?: string): Promise<NatsConnection> {
    const url = await this.stack.urlOf(server);
    const options = url.startsWith("tls://") ? { tls: this.tlsOf(server) } : {};
    return this.clients.connect(url, await this.loginOf(server, user), options);
  }

  /** Sends a message from each server of one list to each of another one, and back. */
  async exchange(some: readonly string[], others: readonly string[]): Promise<void> {
    for (const one of some) {
      for (const other of others) {
        const [here, there] = [await this.connect(one), await this.connect(other)];
        await crosses(here, there, `from.${one}.${other}`);
        await crosses(there, here, `from.${other}.${one}`);
      }
    }
  }

  /** Asserts that servers of both platforms have opened routes to each other, also if these were closed again as duplicates. */
  async assertRoutesOpened(): Promise<void> {
    const fromMachine = openedRoutes(await this.origin.log("static"));
    const { staticClusterPort } = this.stack.ports;
    for (const [ordinal, address] of this.routeAddresses.slice(0, 2).entries()) {
      assert.ok(fromMachine.includes(address), `${address} is not among ${fromMachine.join()}`);
      const fromPod = openedRoutes(await this.stack.namespace.kubectl(["logs", `nats-p-${ordinal}`]));
      const toMachine = `${this.#machine}:${staticClusterPort}`;
      assert.ok(fromPod.includes(toMachine), `${toMachine} is not among ${fromPod.join()}`);
    }
  }

  /** Asks all servers about themselves, by way of one of them. @returns the answers by the names of the servers */
  async inquire<Data>(by: string, endpoint: string, count: number): Promise<Record<string, Data>> {
    const system = await this.connect(by, "SYS/sys");
    const replies = await system.requestMany(`$SYS.REQ.SERVER.PING.${endpoint}`, "{}", {
      strategy: "count",
      maxMessages: count,
      maxWait: 10_000,
    });
    const answers: Record<string, Data> = {};
    for await (const reply of replies) {
      const { server, data } = reply.json<Answer<Data>>();
      answers[server.name] = data;
    }
    return answers;
  }
}

/** Returns the other ends of the routes in a log. */
function openedRoutes(log: string): string[] {
  return [...log.matchAll(/ (\S+) - rid:\d+ - Route connection created/g)].map(([, address = ""]) => address);
}
