import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the range from which the kernel takes ports for outgoing connections, so that none of those gets in the way. */
const LOWEST = 12_000;
const HIGHEST = 31_000;

const LOOPBACK = "127.0.0.1";

const given = new Set<number>();

/** Finds ports of this host that nobody uses, none of them twice in this process. */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (!given.has(port) && (await isFree(port))) {
      given.add(port);
      found.push(port);
    }
  }
  return found;
}

/** Listens on a port of this host, as a stranger that got there first. */
export async function occupy(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, LOOPBACK);
  await once(server, "listening");
  return server;
}

/** Stops listening. */
export async function release(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

async function isFree(port: number): Promise<boolean> {
  try {
    await release(await occupy(port));
    return true;
  } catch {
    return false;
  }
}
