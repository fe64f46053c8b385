import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makePlace } from "../../provider/servers/process/place";
import { ProcessServer } from "../../provider/servers/process/process";
import { runningServers, signal } from "../../provider/servers/process/table";

/** The nats-server executable that `npm test` prepares. */
export function natsServer(): string {
  const path = process.env.NATS_SERVER;
  if (path === undefined || path === "") {
    throw new Error("NATS_SERVER, the path of a nats-server executable, is not set: run `npm test`, which provides it");
  }
  return path;
}

/** What is still there of clusters: ended and removed when the test run ends in the middle of a test. */
const clusters = new Set<string>();

process.once("exit", () => {
  clusters.forEach(removeCluster);
});

/** The folder of a cluster whose servers are processes of this machine. */
export function newCluster(): string {
  const cluster = mkdtempSync(join(tmpdir(), "nats-auth-test-"));
  clusters.add(cluster);
  return cluster;
}

/** Ends what runs in a cluster's folder at once, and takes the folder away. */
export function removeCluster(cluster: string): void {
  for (const running of runningServers()) {
    if (running.place.startsWith(`${cluster}/`)) {
      signal(running, "SIGKILL");
    }
  }
  rmSync(cluster, { recursive: true, force: true });
  clusters.delete(cluster);
}

/** A server in a new place of a cluster, with the executable that `npm test` prepares. */
export async function newServer(cluster: string, side: string): Promise<{ server: ProcessServer; place: string }> {
  const place = await makePlace(cluster, side, natsServer());
  return { server: new ProcessServer(side, place), place };
}
