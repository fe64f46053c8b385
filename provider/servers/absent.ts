import { findState } from "./find-state";
import type { PreparedChange } from "./prepare";

/** Returns the names of servers that run neither in their places nor in those that they had before. */
export async function findAbsent(changes: readonly PreparedChange[]): Promise<string[]> {
  const found = await Promise.all(
    changes.map(async ({ server, predecessors }) => {
      const states = await Promise.all([server, ...predecessors].map(findState));
      const isAbsent = states.every((state) => state?.process === "stopped" || state?.process === "absent");
      return isAbsent ? [server.name] : [];
    }),
  );
  return found.flat();
}
