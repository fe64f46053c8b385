import { isDeepStrictEqual } from "node:util";
import { errorMessage } from "./errors";
import { isReload } from "./lost-subscriptions";
import { missingServer } from "./missing-server";
import type { PreparedChange } from "./prepare";
import type { Server } from "./server";

/** A server that has its new files, but does not run. */
export interface MissingServer {
  /** The server's name in the program. */
  readonly name: string;
  /** What its platform reports. */
  readonly obstacles: readonly string[];
}

/**
 * Decides what happens with servers that their platform starts by itself, but that do not run.
 *
 * While the others only reload, these start with their new files whenever they can. While others restart, they would be missing in
 * addition, or take the place of a server that restarts. So they start first, with the new settings of their places and with their
 * present files, and an update does not begin if something prevents that. Then they restart like the others, if they get other files.
 *
 * @param areOthersRunning whether a server runs that needs no change
 * @throws ServerRefusal; no other server has been changed
 */
export async function deferAwaited(
  planned: readonly PreparedChange[],
  areOthersRunning: boolean,
): Promise<readonly PreparedChange[]> {
  const isRunning = areOthersRunning || planned.some(isReload) || planned.some(({ restarts }) => restarts === true);
  if (!isRunning || !planned.some(isAwaited)) {
    return planned;
  }
  const interrupts = (change: PreparedChange) =>
    change.restarts === true || (!isReload(change) && change.predecessors.length > 0);
  return planned.some(interrupts)
    ? Promise.all(planned.map(async (change) => (isAwaited(change) ? startFirst(change) : change)))
    : planned.map((change) => (isAwaited(change) ? { ...change, isDeferred: true } : change));
}

async function startFirst(change: PreparedChange): Promise<PreparedChange> {
  const { server, before, next } = change;
  if (Object.keys(before.files).length > 0 && (await awaitStart(server)) === undefined) {
    // What makes others restart can concern it, too, and its place no longer shows that.
    const restarts = isDeepStrictEqual(before.files, next.files) ? {} : { restarts: true };
    return { ...change, before: await server.state(), ...restarts };
  }
  const { obstacles } = await server.state();
  if (obstacles !== undefined) {
    throw missingServer(server.name, "blocks", obstacles);
  }
  // It has ended. Its new configuration may repair it.
  return change;
}

/** True for a server that its platform starts by itself, in the place where it has been before. */
export function isAwaited({ before, predecessors }: PreparedChange): boolean {
  return before.isAwaited === true && predecessors.length === 0;
}

/** Waits for servers that are deferred, but not for long. @returns those that do not run */
export async function awaitDeferred(changes: readonly PreparedChange[]): Promise<readonly MissingServer[]> {
  const found = await Promise.all(
    changes.map(async ({ server, isDeferred = false }) => {
      const obstacles = isDeferred ? await awaitStart(server) : undefined;
      return obstacles === undefined ? [] : [{ name: server.name, obstacles }];
    }),
  );
  return found.flat();
}

/** @returns why it does not run; undefined if it runs */
export async function awaitStart(server: Server): Promise<readonly string[] | undefined> {
  try {
    return await server.awaitStart?.();
  } catch (error) {
    // The others have their new configurations.
    return [errorMessage(error)];
  }
}

/** Describes a server that does not run, as a warning. */
export function describeMissing({ name, obstacles }: MissingServer): string {
  return missingServer(name, "deferred", obstacles).message;
}
