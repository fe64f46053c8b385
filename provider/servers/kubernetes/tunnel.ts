import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { KubernetesPlace } from "../place";
import { NamespaceClient } from "./client";
import { podName } from "./layout";

/** A port of this machine that leads to a port of a pod through the API server. */
export interface Tunnel {
  /** The address, such as `127.0.0.1:40001`. */
  readonly address: string;
  /** Why the last connection with the pod failed. */
  readonly failure: unknown;
  close(): void;
}

const LOOPBACK = "127.0.0.1";

/** Opens a tunnel to a port of a pod. It connects with the pod when a client connects. */
export async function openTunnel(place: KubernetesPlace, port: number): Promise<Tunnel> {
  const client = await NamespaceClient.connect(place);
  const pod = podName(place.statefulSet, place.ordinal);
  const sockets = new Set<Socket>();
  let failure: unknown;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    client.forward(pod, port, socket).then(
      () => socket.resume(),
      (error: unknown) => {
        failure = error;
        socket.destroy();
      },
    );
  });
  server.listen({ host: LOOPBACK, port: 0 });
  await once(server, "listening");
  return {
    address: `${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    get failure() {
      return failure;
    },
    close() {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
