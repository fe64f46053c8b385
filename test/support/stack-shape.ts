import assert from "node:assert/strict";
import type { NatsConnection } from "@nats-io/transport-node";
import { waitFor } from "../../provider/servers/log";
import type { Declaration } from "../stack/programs/declared/declaration";
import { Load } from "./load";
import { PodStack, type PlaceName } from "./pod-stack";
import { modeOf } from "./sides";
import { succeeded, type TestStack } from "./stack";
import type { CliResult } from "./stack-cli";
import { byCreds, bySeed, Clients } from "./stack-clients";
import { freePorts } from "./stack-ports";
import { tokensOf } from "./stack-tokens";
import { storeMessage } from "./streams";

/** Servers of a declaration, by name. */
export type Servers = NonNullable<Declaration["servers"]>;

/** For clients that move to another server when theirs stops. */
const RECONNECTING = { reconnect: true, reconnectTimeWait: 50, maxReconnectAttempts: -1 };
/** Messages that {@link store} stores. */
export const MESSAGES = 50;
const TIMEOUT = 60_000;

/** The declarations of servers with free ports, each with the mode that its name begins with. */
export async function withPorts(...names: string[]): Promise<Record<string, Servers[string]>> {
  const ports = await freePorts(2 * names.length);
  const servers = names.map((name, index): [string, Servers[string]] => {
    const [clientPort = 0, clusterPort = 0] = ports.slice(2 * index);
    return [name, { mode: modeOf(name), clientPort, clusterPort }];
  });
  return Object.fromEntries(servers);
}

/** The declarations of servers in some place, each with the mode that its name begins with. */
export async function serversOn(place: PlaceName, ...names: string[]): Promise<Record<string, Servers[string]>> {
  return place === "kubernetes"
    ? Object.fromEntries(names.map((name) => [name, { mode: modeOf(name) }]))
    : withPorts(...names);
}

/** A stack with JetStream whose servers change. */
export class Shape {
  readonly #clients = new Clients();

  constructor(
    private readonly stack: TestStack,
    private readonly servers: () => Servers,
  ) {}

  /** Updates some of the servers to a declaration with more than their accounts. Returns the result. */
  async update(more: Declaration, ...names: string[]): Promise<CliResult> {
    await this.declareWith(more, ...names);
    return this.stack.up();
  }

  /** Declares some of the servers. */
  declare(...names: string[]): Promise<void> {
    return this.declareWith({}, ...names);
  }

  /** Declares some of the servers, and more than their accounts. */
  async declareWith(more: Declaration, ...names: string[]): Promise<void> {
    const servers = Object.fromEntries(Object.entries(this.servers()).filter(([name]) => names.includes(name)));
    await this.stack.declare({
      accounts: { A: { jetstream: {}, users: { test: {} } }, B: { users: { test: {} } } },
      jetstream: { fileStorage: "64MiB", memoryStorage: "64MiB" },
      servers,
      ...more,
    });
  }

  /** Declares some of the servers, and deploys them. Returns the output. */
  async deploy(...names: string[]): Promise<string> {
    await this.declare(...names);
    const { output } = succeeded(await this.stack.up());
    return output;
  }

  /** Connects to the first server, with the others as alternatives. */
  async connect(...names: string[]): Promise<NatsConnection> {
    const { seeds, creds } = await this.stack.outputs();
    const [first = ""] = names;
    const isStatic = this.servers()[first]?.mode === "static";
    const login = isStatic ? bySeed(seeds["A/test"]) : byCreds(creds["A/test"]);
    const servers = await Promise.all(names.map((name) => this.stack.urlOf(this.stack.serverOf(name))));
    const options = names.length > 1 ? RECONNECTING : {};
    return this.#clients.connect(servers[0] ?? "", login, { ...options, servers, noRandomize: true });
  }

  async urls(): Promise<Readonly<Record<string, string>>> {
    return (await this.stack.outputs()).clientUrls;
  }

  hasLost(client: NatsConnection): boolean {
    return this.#clients.hasLost(client);
  }

  /** Requests and messages in both directions between clients of two servers. */
  async load(one: string, other: string): Promise<Load> {
    const [from, to] = [await this.connect(one), await this.connect(other)];
    const directions = [
      { from, to, subject: `load.${one}.${other}` },
      { from: to, to: from, subject: `load.${other}.${one}` },
    ];
    const load = new Load(
      directions,
      directions.map((crossing) => ({ ...crossing, subject: `numbers.${crossing.subject}` })),
    );
    await load.start();
    return load;
  }

  /** The identity of each running server. */
  async lives(): Promise<Record<string, string>> {
    if (this.stack instanceof PodStack) {
      const lives = await this.stack.pods.lives();
      return Object.fromEntries(
        Object.keys(this.servers()).flatMap((name) => {
          const { [this.stack.serverOf(name)]: life } = lives;
          return life === undefined ? [] : [[name, life]];
        }),
      );
    }
    return this.stack.local.livesByName();
  }

  /** Everything that must stay the same when servers come and go. */
  async keys() {
    const resources = await this.stack.resources();
    const { publicKeys, seeds, creds } = await this.stack.outputs();
    return { tokens: tokensOf(resources), publicKeys, seeds, creds };
  }
}

interface Reply {
  readonly error?: { readonly description: string };
  readonly state?: { readonly messages: number };
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly { readonly name: string }[] };
}

/** Sends a request to JetStream until it succeeds. */
export async function api(client: NatsConnection, subject: string, body: object = {}): Promise<Reply> {
  let last: Reply | undefined;
  const found = await waitFor(async () => {
    last = await client.request(`$JS.API.${subject}`, JSON.stringify(body), { timeout: 5_000 }).then(
      (message) => message.json<Reply>(),
      () => undefined,
    );
    return last?.error === undefined ? last : undefined;
  }, TIMEOUT);
  assert.ok(found !== undefined, `${subject}: ${JSON.stringify(last)}`);
  return found;
}

/** Creates a stream and stores {@link MESSAGES} messages. Returns the servers that have it, the leader first. */
export async function store(
  client: NatsConnection,
  name: string,
  replicas: number,
  storage: "file" | "memory" = "file",
): Promise<string[]> {
  const { cluster } = await api(client, `STREAM.CREATE.${name}`, {
    name,
    subjects: [`${name}.>`],
    storage,
    num_replicas: replicas,
  });
  for (let count = 0; count < MESSAGES; count += 1) {
    await storeMessage(client, `${name}.x`);
  }
  return [cluster?.leader ?? "", ...(cluster?.replicas ?? []).map((replica) => replica.name)];
}

/** Returns the number of messages in a stream. */
export async function messagesIn(client: NatsConnection, name: string): Promise<number | undefined> {
  return (await api(client, `STREAM.INFO.${name}`)).state?.messages;
}
