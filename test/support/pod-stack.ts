import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { openTunnel, type Tunnel } from "../../provider/servers/kubernetes/tunnel";
import type { Declaration } from "../stack/programs/declared/declaration";
import { Namespace, serverImage, testContext } from "./kubernetes";
import { DECLARED, TestStack, testStack, withHooks, type StackOptions } from "./stack";
import { PodVolumes } from "./pod-volumes";
import { StackPods } from "./stack-pods";
import type { TargetName } from "./stack-servers";

/** Where the servers of a stack run, on any platform. */
export type PlaceName = TargetName | "kubernetes";

/** The network of pods is that of a test. */
const ACCEPTED = {
  "(servers).*.clients": "A test.",
  "(servers).*.routes": "A test.",
  "(servers).*.monitoring": "A test.",
};
const ENTRIES = ["static", "operator"];

/** A stack of the program {@link DECLARED} whose servers are pods of a namespace of its own, or processes. */
export class PodStack extends TestStack {
  readonly namespace = new Namespace();
  readonly pods = new StackPods(this.namespace);
  /** Where the servers run. A change applies from the next declaration on. */
  place: "kubernetes" | "process" = "kubernetes";
  readonly #volumes = new PodVolumes(this.namespace);
  readonly #tunnels = new Map<string, Tunnel>();
  #entries: readonly string[] = [];

  constructor(options: StackOptions = {}) {
    super(DECLARED, options);
  }

  /** The target of the declarations. */
  get kubernetes(): { readonly context: string; readonly namespace: string } {
    return { context: testContext(), namespace: this.namespace.name };
  }

  override async prepare(): Promise<void> {
    this.config.image = serverImage();
    await this.namespace.create();
    await this.#volumes.provide();
    await super.prepare();
  }

  override declare(declaration: Declaration): Promise<void> {
    const { servers, hosts = {}, kubernetes = {}, tls, jetstream } = declaration;
    const { storageClass } = this.#volumes;
    const volume =
      jetstream === undefined || storageClass === undefined ? {} : { volume: { storageClass, ...kubernetes.volume } };
    if (this.place === "process") {
      return super.declare(declaration);
    }
    this.#entries =
      servers === undefined
        ? ENTRIES
        : Object.entries(servers).flatMap(([entry, { host }]) => {
            return hosts[host ?? ""]?.target === undefined ? [entry] : [];
          });
    return super.declare({
      ...(tls === undefined ? { parity: { accept: ACCEPTED } } : {}),
      ...declaration,
      kubernetes: { ...this.kubernetes, ...kubernetes, ...volume },
    });
  }

  override serverOf(entry: string): string {
    return `${entry}-0`;
  }

  /** Returns the address of a node, and that by which pods reach this machine. */
  async addresses(): Promise<{ readonly node: string; readonly machine: string }> {
    const { items } = JSON.parse(await this.namespace.kubectl(["get", "nodes", "--output", "json"])) as {
      items: { status: { addresses: { type: string; address: string }[] } }[];
    };
    const found = items[0]?.status.addresses.find(({ type }) => type === "InternalIP") ?? assert.fail("no node");
    const socket = createSocket("udp4");
    socket.connect(1, found.address);
    await once(socket, "connect");
    const machine = socket.address().address;
    socket.close();
    return { node: found.address, machine };
  }

  /** A tunnel to the pod, which is opened once, and leads to each pod that takes its place; the URL of a process. */
  override async urlOf(server: string): Promise<string> {
    if (!/-\d+$/.test(server)) {
      return super.urlOf(server);
    }
    const { protocol, port } = new URL(await super.urlOf(server));
    const key = `${server} ${port}`;
    const tunnel = this.#tunnels.get(key) ?? (await this.#open(server, Number(port)));
    this.#tunnels.set(key, tunnel);
    return `${protocol}//${tunnel.address}`;
  }

  override leftOvers(): Promise<string[]> {
    return this.pods.leftOvers(this.#entries);
  }

  override async dispose(): Promise<void> {
    this.#tunnels.forEach((tunnel) => {
      tunnel.close();
    });
    await super.dispose();
    await this.namespace.remove();
    await this.#volumes.remove();
  }

  #open(server: string, port: number): Promise<Tunnel> {
    const [, entry = assert.fail(server), ordinal] = /^(.*)-(\d+)$/.exec(server) ?? [];
    const { context, namespace } = this.kubernetes;
    return openTunnel(
      {
        ...{ kind: "kubernetes", api: { context }, namespace, statefulSet: `nats-${entry}`, ordinal: Number(ordinal) },
        ...{ uid: "", secret: "", host: "", template: "" },
      },
      port,
    );
  }
}

/** Creates a stack of pods before the tests of the calling describe block, and removes it without a trace after them. */
export function podStack(options?: StackOptions): PodStack {
  return withHooks(new PodStack(options));
}

/** Creates a stack of the program {@link DECLARED} whose servers run in some place. */
export function stackOn(place: PlaceName): TestStack {
  return place === "kubernetes" ? podStack() : testStack(DECLARED, { targets: [place] });
}
