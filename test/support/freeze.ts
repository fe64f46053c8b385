import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { waitFor } from "../../provider/servers/log";

/** Milliseconds in which an update starts a server, on a slow machine. */
const TIMEOUT = 240_000;
/** Milliseconds in which a server that listens logs that it is ready. */
const READY = 200;
/** The state of a socket that listens. */
const LISTENING = "0A";

/** Returns whether a process, or another one of its network, listens on a port. */
function isListening(pid: number, port: number): boolean {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return ["tcp", "tcp6"].some((table) => {
    try {
      const rows = readFileSync(`/proc/${pid}/net/${table}`, "utf8").split("\n");
      return rows.some((row) => {
        const [, local = "", , state] = row.trim().split(/\s+/);
        return local.endsWith(suffix) && state === LISTENING;
      });
    } catch {
      return false;
    }
  });
}

/** Returns the nats-server of a pod of the private cluster; undefined if it does not run. Its pods run on this machine. */
export function findServerOf(namespace: string, pod: string): number | undefined {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => {
    try {
      const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, "utf8");
      return (
        read("cmdline").split("\0").includes(`/nats-auth/${pod}_nats.conf`) &&
        read("root/etc/resolv.conf").includes(` ${namespace}.svc.`)
      );
    } catch {
      return false;
    }
  });
  return found === undefined ? undefined : Number(found);
}

/**
 * Suspends a server as soon as it is ready.
 *
 * @param find returns the process; undefined as long as it does not run
 * @param port its client port
 * @returns what lets it run again
 */
export async function freeze(find: () => Promise<number | undefined>, port: number): Promise<() => void> {
  const look = async () => {
    const pid = await find();
    return pid !== undefined && isListening(pid, port) ? pid : undefined;
  };
  const pid = (await waitFor(look, TIMEOUT, 50)) ?? assert.fail("the server does not start");
  await sleep(READY);
  process.kill(pid, "SIGSTOP");
  return () => {
    process.kill(pid, "SIGCONT");
  };
}
