import type Docker from "dockerode";
import { LAME_DUCK_GRACE } from "../lame-duck";
import { eventually } from "../log";
import { engineStatus, NOT_FOUND, NOT_MODIFIED, NOT_RUNNING } from "./engine";

/** Seconds that a server has to end after its clients had their moment, before it is killed. */
const STOP_TIMEOUT = 10;

/** Stops a server through its lame-duck mode. Nothing happens when it does not run. */
export async function stopContainer(container: Docker.Container): Promise<void> {
  // A server without clients ends at once by itself, and the engine would start it again.
  await unless([NOT_FOUND], container.update({ RestartPolicy: { Name: "no" } }));
  if (await signalled(container, "SIGUSR2")) {
    await eventually(async () => ((await isRunning(container)) ? undefined : true), LAME_DUCK_GRACE);
    // In lame-duck mode it ignores the signal with which containers are stopped.
    await signalled(container, "SIGINT");
  }
  await unless([NOT_MODIFIED, NOT_FOUND], container.stop({ t: STOP_TIMEOUT }));
}

/** @returns false when there is nothing that runs */
async function signalled(container: Docker.Container, signal: string): Promise<boolean> {
  return unless([NOT_RUNNING, NOT_FOUND], container.kill({ signal }));
}

async function isRunning(container: Docker.Container): Promise<boolean> {
  return (await container.inspect()).State.Running;
}

/** @returns false when it failed with one of some statuses */
async function unless(statuses: readonly number[], done: Promise<unknown>): Promise<boolean> {
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
