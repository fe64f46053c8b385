import { once } from "node:events";
import { createServer, type Server } from "node:net";

/** Below the range from which the kernel takes ports for outgoing connections, so that those do not interfere. */
const LOWEST = 12_000;
const HIGHEST = 31_000;
/** Ports of one process. Each port is given out again only after all others. */
const RANGE = 1_000;

const LOOPBACK = "127.0.0.1";

/**
 * The range of ports of this process. Processes that run tests at the same time, also those of another run, keep out of
 * each other's way: the process that listens at the first port of a range owns it until it ends.
 */
let range: Promise<{ readonly first: number; next: number }> | undefined;

async function claimRange(): Promise<{ first: number; next: number }> {
  const ranges = Array.from({ length: (HIGHEST - LOWEST) / RANGE }, (_, index) => LOWEST + index * RANGE);
  // In random order: another program may use ports of the first ranges all the time.
  for (const first of ranges.sort(() => Math.random() - 0.5)) {
    try {
      (await occupy(first)).unref();
      return { first, next: 1 };
    } catch {
      // Another process owns this range.
    }
  }
  throw new Error(`every range of ports from ${LOWEST} to ${HIGHEST} belongs to another test process`);
}

/** Finds ports of this host that are free. */
export async function freePorts(count: number): Promise<number[]> {
  const own = await (range ??= claimRange());
  const found: number[] = [];
  for (let tried = 0; found.length < count; tried += 1) {
    if (tried > RANGE) throw new Error(`there are no ${count} free ports from ${own.first} to ${own.first + RANGE}`);
    const port = own.first + own.next;
    own.next = 1 + (own.next % (RANGE - 1));
    if (await isFree(port)) found.push(port);
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
