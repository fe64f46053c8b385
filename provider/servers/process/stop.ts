import { LAME_DUCK_GRACE } from "../lame-duck";
import { eventually } from "../log";
import { isThere, signal, type Running } from "./table";

/** Milliseconds that a server has to end after its clients had their moment; and to be gone when it was killed. */
const STOP_TIMEOUT = 10_000;
const KILL_TIMEOUT = 5_000;

/**
 * Stops a server through its lame-duck mode, in which it takes no more clients; then with what it cannot put off. A server
 * in that mode takes no notice of SIGTERM, but of SIGINT.
 */
export async function stopProcess(running: Running): Promise<void> {
  // One that is paused hears nothing else before.
  signal(running, "SIGCONT");
  for (const [name, timeout] of [
    ["SIGUSR2", LAME_DUCK_GRACE],
    ["SIGINT", STOP_TIMEOUT],
    ["SIGKILL", KILL_TIMEOUT],
  ] as const) {
    signal(running, name);
    const gone = await eventually(() => Promise.resolve(isThere(running) ? undefined : true), timeout);
    if (gone === true) {
      return;
    }
  }
  throw new Error(`the process ${running.pid} does not end, although it was killed`);
}
