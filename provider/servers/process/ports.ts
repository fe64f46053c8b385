import { once } from "node:events";
import { createServer, isIP } from "node:net";

/** What an error of the system means for somebody who wants to listen, as a clause. */
const MEANING: Readonly<Record<string, string>> = {
  EADDRINUSE: "is taken by another process of this machine",
  EACCES: "is a port on which this user may not listen",
  EADDRNOTAVAIL: "is no address of this machine",
  EAFNOSUPPORT: "is an address of a kind that this machine does not have",
};

/**
 * Says what keeps a process of this machine from listening, by listening for a moment.
 *
 * @param port 0 for any
 * @returns a clause, or undefined when nothing does; also for what is no address, which is said elsewhere
 */
export async function bindProblem(address: string, port: number): Promise<string | undefined> {
  if (isIP(address) === 0) {
    return undefined;
  }
  const server = createServer();
  try {
    server.listen({ host: address, port });
    await once(server, "listening");
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    return MEANING[code] ?? `cannot be listened on (${message})`;
  }
  server.close();
  await once(server, "close");
  return undefined;
}
