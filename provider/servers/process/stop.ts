import { ServerError } from "../errors";
import { waitFor } from "../log";
import { lameDuckTimeout } from "../timeouts";
import { getFiles } from "./files";
import { isRunning, sendSignal, type RunningServer } from "./process-table";

/** Milliseconds for a server to end after its clients had time to reconnect, and after it was killed. */
const STOP_TIMEOUT = 10_000;
const KILL_TIMEOUT = 5_000;

/**
 * Stops a server in lame duck mode, in which it accepts no clients, then with stronger signals. A server in that mode
 * ignores SIGTERM, but not SIGINT.
 */
export async function stopProcess(running: RunningServer): Promise<void> {
  // A paused process handles other signals only after it is resumed.
  sendSignal(running, "SIGCONT");
  const lameDuck = lameDuckTimeout(await getFiles(running.place));
  for (const [name, timeout] of [
    ["SIGUSR2", lameDuck],
    ["SIGINT", STOP_TIMEOUT],
    ["SIGKILL", KILL_TIMEOUT],
  ] as const) {
    sendSignal(running, name);
    const gone = await waitFor(() => Promise.resolve(isRunning(running) ? undefined : true), timeout);
    if (gone === true) {
      return;
    }
  }
  throw notStopped(running);
}

/** The error for a process that still exists after SIGKILL. */
export function notStopped(running: RunningServer): ServerError {
  return new ServerError(
    "NA5008",
    `process ${running.pid} of the server in ${running.place} did not end after SIGKILL`,
  );
}
