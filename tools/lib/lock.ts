import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { interruptible } from "./interrupt";
import { say } from "./say";
import { cacheRoot } from "./cache-root";

/** A held lock: a listening socket in Linux' abstract namespace, which the kernel takes away with its process. */
class Held {
  private readonly waiting = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on("connection", (socket) => this.waiting.add(socket));
  }

  release(): void {
    this.server.close();
    for (const socket of this.waiting) socket.destroy();
  }
}

async function tryLock(address: string): Promise<Held | undefined> {
  const server = createServer();
  const held = new Held(server);
  try {
    server.listen(address);
    await once(server, "listening");
    return held;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

/** Returns when the process that holds the lock lets it go, or ends. */
async function waitForRelease(address: string): Promise<void> {
  const socket = connect(address);
  socket.on("error", () => undefined);
  await interruptible(once(socket.resume(), "close")).finally(() => socket.destroy());
}

/**
 * Does some work while no other process on this machine does the same in the same cache. There is no lock elsewhere than
 * on Linux; parts are put in place atomically, so that costs no more than work done twice.
 *
 * @param name what is locked, in words
 * @param work what to do meanwhile
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return work();
  const digest = createHash("sha256").update(`${cacheRoot()}\0${name}`).digest("hex").slice(0, 32);
  const address = `\0pulumi-nats-auth-${digest}`;
  let held = await tryLock(address);
  if (held === undefined) say(`Waiting for another process that prepares the same (${name})`);
  while (held === undefined) {
    await waitForRelease(address);
    held = await tryLock(address);
  }
  try {
    return await work();
  } finally {
    held.release();
  }
}
