import { keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import type { PerServer } from "../../model/cluster/servers";
import { ServerError } from "../errors";
import type { NamespaceClient } from "../kubernetes/client";
import { NOT_FOUND, readFailure } from "../kubernetes/errors";
import { describeMissing, describeStopped } from "../kubernetes/stopped-pod";
import type { Tunnel } from "../kubernetes/tunnel";
import type { DeployedServer, Inspection, ReachedServer } from "./deployment";
import { problemOf } from "./problems";

/** A tunnel to a port of a server's pod. */
interface PodTunnel {
  /** The name of the server. */
  readonly name: string;
  readonly namespace: NamespaceClient;
  readonly pod: string;
  readonly url: string;
  readonly tunnel: Tunnel;
}

/** The ports by protocol, for URLs without one. */
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "nats:": 4222, "tls:": 4222, "http:": 80, "https:": 443 };

/** The tunnels to servers that are pods. Their addresses are valid in their Kubernetes cluster only. */
export class PodTunnels {
  private constructor(
    /** The servers, as this machine reaches them. */
    readonly servers: PerServer<ReachedServer>,
    private readonly tunnels: readonly PodTunnel[],
  ) {}

  /** Opens the tunnels. @param namespace that of the pods; undefined if no server is one */
  static async open(servers: PerServer<DeployedServer>, namespace: NamespaceClient | undefined): Promise<PodTunnels> {
    if (namespace === undefined) {
      return new PodTunnels(servers, []);
    }
    // Loaded only when needed, as the client of Kubernetes is.
    const { openTunnel } = await import("../kubernetes/tunnel.js");
    const tunnels: PodTunnel[] = [];
    const open = async (name: string, { pod = name, ...server }: DeployedServer, url: string): Promise<string> => {
      const { protocol, port } = new URL(url);
      const own = server.namespace === undefined ? namespace : namespace.at(server.namespace);
      const tunnel = await openTunnel(own, pod, Number(port === "" ? DEFAULT_PORTS[protocol] : port));
      tunnels.push({ name, namespace: own, pod, url, tunnel });
      return tunnel.address;
    };
    const reached = Object.entries(servers).map(async ([name, server]): Promise<[string, ReachedServer]> => {
      const { url, monitoringUrl } = server;
      const via = await open(name, server, url);
      const monitoring = monitoringUrl === undefined ? {} : { monitoringVia: await open(name, server, monitoringUrl) };
      return [name, { ...server, via, ...monitoring }];
    });
    return new PodTunnels(Object.fromEntries(await Promise.all(reached)), tunnels);
  }

  /**
   * Adds why pods cannot be reached to the result of an inspection: clients notice no more than a closed connection.
   *
   * @throws ServerError when the API server does not lead to any pod
   */
  async explain({ problems, verified }: Inspection): Promise<Inspection> {
    const found = new Map<string, Diagnostic>();
    for (const one of this.tunnels) {
      const path = keyPath("servers", one.name);
      const isMissed = problems.some((problem) => problem.path === path && isUnreached(problem));
      await one.tunnel.settled();
      const { failure, ending } = one.tunnel;
      // After a connection that ended without an answer, another one may have succeeded.
      if (!found.has(path) && (failure !== undefined || (isMissed && ending !== undefined))) {
        found.set(path, await describe(one));
      }
    }
    return {
      problems: [...found.values(), ...problems.filter((one) => !found.has(one.path) || !isUnreached(one))],
      verified: Object.fromEntries(Object.entries(verified).filter(([name]) => !found.has(keyPath("servers", name)))),
    };
  }

  close(): void {
    for (const { tunnel } of this.tunnels) {
      tunnel.close();
    }
  }
}

function isUnreached({ code }: Diagnostic): boolean {
  return code === "NA5080";
}

/**
 * Describes why a tunnel does not lead to a server.
 *
 * @throws ServerError when that is not because of the pod
 */
async function describe({ name, namespace, pod, url, tunnel: { failure, ending } }: PodTunnel): Promise<Diagnostic> {
  const { status, message, isLate } = readFailure(failure instanceof ServerError ? failure.cause : failure);
  // It is the node of the pod that may not respond.
  const isOfPod = status !== undefined || isLate;
  if (failure instanceof ServerError && (failure.code !== "NA5150" || !isOfPod)) {
    throw failure;
  }
  const stopped =
    status === NOT_FOUND ? describeMissing(namespace.namespace, pod) : await describeStopped(namespace, pod);
  return stopped === undefined
    ? problemOf(name, "NA5080", `cannot be reached at ${url} (${failure === undefined ? ending : message})`)
    : problemOf(name, "NA5088", `cannot be reached: ${stopped}`);
}
