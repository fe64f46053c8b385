import type { Socket } from "node:net";
import { Writable } from "node:stream";
import type { Connection } from "./connection";
import { withTimeout } from "./ended-command";

/**
 * Connects a socket with a port of a pod, until one of them closes.
 *
 * @param report gets the reason if the node of the pod ends the connection
 */
export async function forward(
  { library, config }: Connection,
  namespace: string,
  pod: string,
  port: number,
  socket: Socket,
  report: (reason: string) => void,
): Promise<void> {
  const end = () => socket.destroy();
  const failures = new Writable({
    // The first message is empty. Any other one is the reason why the connection ends.
    write: (chunk: Buffer, _encoding, done) => {
      if (chunk.length > 0) {
        report(chunk.toString().trim());
        end();
      }
      done();
    },
  });
  const opened = new library.PortForward(config).portForward(namespace, pod, [port], socket, failures, socket);
  const connected = opened.then((connection) => {
    if (typeof connection === "function") {
      throw new TypeError("a connection that is not opened again is a WebSocket");
    }
    connection.onclose = end;
    const close = () => {
      connection.close();
    };
    // The client may have given up in the meantime, also because the time was over.
    if (socket.destroyed) {
      close();
    } else {
      socket.once("close", close);
    }
  });
  await withTimeout(connected);
}
