import { once } from "node:events";
import { createServer, isIP } from "node:net";
import type { Code } from "../../diagnostics/codes";

/** The reason why an address and port cannot be listened on. */
export interface BindProblem {
  readonly code: Code;
  /** Whether the address is the reason, whatever the port. */
  readonly isAddress: boolean;
  /** A clause about the port or, if it is the reason, the address. */
  readonly clause: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
}

const OTHER_PORT = "Set a different port, or free this one. A port that the program does not set is a default.";
const OTHER_ADDRESS = "Choose an address of this machine.";

const MEANING: Readonly<Record<string, BindProblem>> = {
  EADDRINUSE: {
    code: "NA5010",
    isAddress: false,
    clause: "is already used by another process on this machine",
    remedy: OTHER_PORT,
  },
  EACCES: {
    code: "NA5011",
    isAddress: false,
    clause: "is a port that this user is not permitted to listen on",
    remedy: "Choose a port above 1023.",
  },
  EADDRNOTAVAIL: {
    code: "NA5012",
    isAddress: true,
    clause: "is not an address of this machine",
    remedy: OTHER_ADDRESS,
  },
  EAFNOSUPPORT: {
    code: "NA5012",
    isAddress: true,
    clause: "belongs to an address family that this machine does not support",
    remedy: OTHER_ADDRESS,
  },
};

/**
 * Finds out why a process on this machine cannot listen on an address and port, by listening for a moment.
 *
 * @param port 0 for any
 * @returns undefined if it can, and for an invalid address, which another check reports
 */
export async function findBindProblem(address: string, port: number): Promise<BindProblem | undefined> {
  if (isIP(address) === 0) {
    return undefined;
  }
  const server = createServer();
  try {
    server.listen({ host: address, port });
    await once(server, "listening");
  } catch (error) {
    return explainBindError(error as NodeJS.ErrnoException);
  }
  server.close();
  await once(server, "close");
  return undefined;
}

/** Explains the system's error for an address and port. */
export function explainBindError({ code = "", message }: NodeJS.ErrnoException): BindProblem {
  const unknown = { isAddress: false, clause: `cannot be listened on (${message})`, remedy: OTHER_PORT };
  return MEANING[code] ?? { code: "NA5010", ...unknown };
}

/** Returns why an address and port cannot be listened on, as a clause, or undefined if they can. */
export async function bindProblem(address: string, port: number): Promise<string | undefined> {
  return (await findBindProblem(address, port))?.clause;
}
