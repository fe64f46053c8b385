import type { Server, ServerState } from "./server";

/**
 * Returns the state of a server; undefined for one on a machine that cannot be reached, or that rejects the access in the state. A
 * Docker Engine or a Kubernetes cluster that no longer exists must not prevent an update, which reports it if it needs the server.
 */
export async function findState(server: Server): Promise<ServerState | undefined> {
  try {
    return await server.state();
  } catch {
    return undefined;
  }
}
