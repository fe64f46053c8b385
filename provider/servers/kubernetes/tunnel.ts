import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { NamespaceClient } from "./client";

/** A port of this machine that leads to a port of a pod through the API server. */
export interface Tunnel {
  /** The address, such as `127.0.0.1:40001`. */
  readonly address: string;
  /** Why the last connection with the pod failed. */
  readonly failure: unknown;
  /** Why the node of the pod ended a connection on which nothing arrived, for example because nothing listens at the port. */
  readonly ending: string | undefined;
  /** Waits until no connection with the pod is being opened. */
  settled(): Promise<void>;
  close(): void;
}

const LOOPBACK = "127.0.0.1";

/** Opens a tunnel to a port of a pod. It connects with the pod when a client connects. */
export async function openTunnel(client: NamespaceClient, pod: string, port: number): Promise<Tunnel> {
  const sockets = new Set<Socket>();
  const opening = new Set<Promise<void>>();
  let failure: unknown;
  let ending: string | undefined;
  const connect = async (socket: Socket) => {
    try {
      await client.forward(pod, port, socket, (reason) => {
        // It also reports that a server which has responded ends a connection.
        ending = socket.bytesWritten === 0 ? reason : ending;
      });
      failure = undefined;
      socket.resume();
    } catch (error) {
      failure = error;
      socket.destroy();
    }
  };
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const opened = connect(socket).finally(() => opening.delete(opened));
    opening.add(opened);
  });
  server.listen({ host: LOOPBACK, port: 0 });
  await once(server, "listening");
  return {
    address: `${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    get failure() {
      return failure;
    },
    get ending() {
      return ending;
    },
    async settled() {
      await Promise.all(opening);
    },
    close() {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}
