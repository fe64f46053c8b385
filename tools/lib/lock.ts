import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { interruptible } from "./interrupt";
import { say } from "./terminal";
import { cacheRoot } from "./cache-root";

/** A lock: a listening socket in the abstract namespace of Linux, which the kernel removes with its process. */
class Lock {
  private readonly waiting = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on("connection", (socket) => this.waiting.add(socket));
  }

  release(): void {
    this.server.close();
    for (const socket of this.waiting) socket.destroy();
  }
}

async function tryLock(address: string): Promise<Lock | undefined> {
  const server = createServer();
  const lock = new Lock(server);
  try {
    server.listen(address);
    await once(server, "listening");
    return lock;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
}

/** Waits until the process that has the lock releases it or ends. */
async function waitForRelease(address: string): Promise<void> {
  const socket = connect(address);
  socket.on("error", () => undefined);
  await interruptible(once(socket.resume(), "close")).finally(() => socket.destroy());
}

/**
 * Runs work while no other process on this machine runs the same for the same cache. Only Linux has locks; elsewhere work may
 * be done twice, which is safe, because parts are put in place atomically.
 *
 * @param name the locked part, for the terminal
 * @param work runs while the lock is held
 */
export async function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (process.platform !== "linux") return work();
  const digest = createHash("sha256").update(`${cacheRoot()}\0${name}`).digest("hex").slice(0, 32);
  const address = `\0pulumi-nats-auth-${digest}`;
  let lock = await tryLock(address);
  if (lock === undefined) say(`Waiting for another process that prepares the ${name}`);
  while (lock === undefined) {
    await waitForRelease(address);
    lock = await tryLock(address);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
