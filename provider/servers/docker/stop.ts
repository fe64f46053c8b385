import type Docker from "dockerode";
import { waitFor } from "../log";
import { lameDuckTimeout } from "../timeouts";
import { getFiles } from "./files";
import { engineMessage, engineStatus, NOT_FOUND, NOT_MODIFIED, NOT_RUNNING } from "./engine";

/** Seconds for a server to end after its clients had time to reconnect, before it is killed. */
const STOP_TIMEOUT = 10;

/** Stops a server in lame duck mode. Does nothing if it does not run. */
export async function stopContainer(container: Docker.Container): Promise<void> {
  // A server without clients ends at once, and the engine would restart it.
  await disableRestarts(container);
  const lameDuck = lameDuckTimeout(await getFiles(container));
  if (await sendSignal(container, "SIGUSR2")) {
    await waitFor(async () => ((await isRunning(container)) ? undefined : true), lameDuck);
    // In lame duck mode it ignores SIGTERM, with which the engine stops containers.
    await sendSignal(container, "SIGINT");
  }
  await ignoreStatuses([NOT_MODIFIED, NOT_FOUND], container.stop({ t: STOP_TIMEOUT }));
}

/** Milliseconds for the engine to accept an update of a container that it is about to restart. */
const UPDATE_TIMEOUT = 5_000;
/** The errors of the engine for an update between the end of a server and its restart. */
const BETWEEN_STARTS = /cannot update a (stopped container|deleted process)|container not running/i;

/** Prevents the engine from restarting a server that ends. Tries again while it is between two starts. */
async function disableRestarts(container: Docker.Container): Promise<void> {
  let refusal: unknown;
  const update = async () => {
    try {
      await ignoreStatuses([NOT_FOUND], container.update({ RestartPolicy: { Name: "no" } }));
      return true;
    } catch (error) {
      if (!BETWEEN_STARTS.test(engineMessage(error))) {
        throw error;
      }
      refusal = error;
      return undefined;
    }
  };
  if ((await waitFor(update, UPDATE_TIMEOUT)) === undefined) {
    throw refusal;
  }
}

/** @returns false when the container does not run */
async function sendSignal(container: Docker.Container, signal: string): Promise<boolean> {
  return ignoreStatuses([NOT_RUNNING, NOT_FOUND], container.kill({ signal }));
}

async function isRunning(container: Docker.Container): Promise<boolean> {
  return (await container.inspect()).State.Running;
}

/** @returns false when the request failed with one of these statuses */
async function ignoreStatuses(statuses: readonly number[], done: Promise<unknown>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if (!statuses.includes(engineStatus(error) ?? 0)) {
      throw error;
    }
    return false;
  }
}
