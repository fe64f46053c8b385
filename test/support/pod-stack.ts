import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tunnel } from "../../provider/servers/kubernetes/tunnel";
import type { Declaration } from "../stack/programs/declared/declaration";
import { documentedRoles, Namespace, serverImage, testContext } from "./kubernetes";
import { DECLARED, TestStack, testStack, withHooks, type Program, type StackOptions } from "./stack";
import { PodServers } from "./pod-servers";
import { openPodTunnel } from "./pod-tunnel";
import { PodVolumes } from "./pod-volumes";
import { StackPods } from "./stack-pods";
import type { Side } from "./sides";
import type { StackServers, TargetName } from "./stack-servers";

/** Where the servers of a stack run, on any platform. */
export type PlaceName = TargetName | "kubernetes";

/** The network of pods is that of a test. */
const ACCEPTED = {
  "(servers).*.clients": "A test.",
  "(servers).*.routes": "A test.",
  "(servers).*.monitoring": "A test.",
};
const ENTRIES = ["static", "operator"];
/** The label of a namespace in which pods must be restricted. */
const ENFORCED = "pod-security.kubernetes.io/enforce=restricted";
/** The service account of a namespace with which commands reach Kubernetes. */
const ACCOUNT = "documented";

/** A stack of the program {@link DECLARED}, or of the example, with servers in pods of its own namespace, or on a machine. */
export class PodStack extends TestStack {
  readonly namespace = new Namespace();
  readonly pods = new StackPods(this.namespace);
  #place: PlaceName = "kubernetes";
  readonly #servers = new PodServers(this.namespace, this.pods);
  readonly #volumes = new PodVolumes(this.namespace);
  readonly #tunnels = new Map<string, Tunnel>();
  #entries: readonly string[] = ENTRIES;

  constructor(options: StackOptions = {}, program: Program = DECLARED) {
    super(program, options);
  }

  /** The target of the cluster. A change applies from the next declaration on. */
  get place(): PlaceName {
    return this.#place;
  }

  set place(place: PlaceName) {
    this.#place = place;
    if (place !== "kubernetes") {
      this.target = place;
    }
  }

  override get servers(): StackServers {
    return this.place === "kubernetes" ? this.#servers : super.servers;
  }

  /** The service account of the commands: its namespace and its name. */
  get account(): string {
    return `${this.namespace.name}:${ACCOUNT}`;
  }

  /** Gives the commands of this stack the same permissions in another namespace. */
  async permitIn(namespace: Namespace): Promise<void> {
    await namespace.bindRoles(this.account, documentedRoles());
  }

  /** The target of the declarations. */
  get kubernetes(): { readonly context: string; readonly namespace: string } {
    return { context: testContext(), namespace: this.namespace.name };
  }

  override async prepare(): Promise<void> {
    this.config.image = serverImage();
    if (this.program !== DECLARED) {
      Object.assign(this.config, { target: "kubernetes", ...this.kubernetes });
    }
    await this.namespace.create();
    // No pod has more rights than Kubernetes recommends: it refuses others.
    await this.namespace.kubectl(["label", "namespace", this.namespace.name, ENFORCED]);
    await this.#volumes.provide();
    await super.prepare();
    // Commands have the permissions that the documentation asks for, and no others; the test itself is an administrator.
    this.env.KUBECONFIG = join(this.folder, "kubeconfig.json");
    const kubeconfig = await this.namespace.createAccount(ACCOUNT, documentedRoles());
    await writeFile(this.env.KUBECONFIG, kubeconfig, { mode: 0o600 });
  }

  override declare(declaration: Declaration): Promise<void> {
    const { servers, hosts = {}, tls } = declaration;
    if (this.place !== "kubernetes") {
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
      kubernetes: this.targetOf(declaration),
    });
  }

  /** Returns where the pods of a declaration run. */
  targetOf({ kubernetes = {}, jetstream }: Declaration): NonNullable<Declaration["kubernetes"]> {
    const { storageClass } = this.#volumes;
    const volume =
      jetstream === undefined || storageClass === undefined ? {} : { volume: { storageClass, ...kubernetes.volume } };
    return { ...this.kubernetes, ...kubernetes, ...volume };
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
    const { name: namespace } = this.namespace;
    return openPodTunnel({ namespace, statefulSet: `nats-${entry}`, ordinal: Number(ordinal) }, port);
  }
}

/** Creates a stack of pods before the tests of the calling describe block, and removes it without a trace after them. */
export function podStack(options?: StackOptions): PodStack {
  return withHooks(new PodStack(options));
}

/** Creates a stack whose servers run in some place. */
export function stackOn(place: PlaceName, program: Program = DECLARED, options: StackOptions = {}): TestStack {
  return place === "kubernetes"
    ? withHooks(new PodStack(options, program))
    : testStack(program, { ...options, targets: [place] });
}

/** Returns the URL by which clients of this machine reach the server of a mode, wherever it runs. */
export function urlAt(stack: TestStack, side: Side): Promise<string> {
  return stack.urlOf(stack.serverOf(side));
}
