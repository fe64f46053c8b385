import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { triedDigest } from "../../provider/servers/log";
import { putFiles } from "../../provider/servers/process/files";
import { makePlace } from "../../provider/servers/process/place";
import { ProcessServer } from "../../provider/servers/process/process";
import { runningServers, signal } from "../../provider/servers/process/table";
import { MAIN_FILE, type ConfigFiles } from "../../provider/servers/server";
import { identity } from "../../tools/lib/processes";

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

/** A new folder of this test run: one that was killed is known by it, and what it left is taken away. */
export function temporaryFolder(what: string): string {
  return mkdtempSync(join(tmpdir(), `nats-auth-${identity()}-${what}-`));
}

/** The folder of a cluster whose servers are processes of this machine. */
export function newCluster(): string {
  const cluster = temporaryFolder("cluster");
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

/** Has nats-server read a configuration without running it. */
export async function tryConfig(files: ConfigFiles): Promise<{ digest: string | undefined; output: string }> {
  const folder = newCluster();
  try {
    await putFiles(folder, files);
    const output = await new Promise<string>((resolve) => {
      execFile(natsServer(), ["-t", "-c", join(folder, MAIN_FILE)], (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
    return { digest: triedDigest(output), output };
  } finally {
    removeCluster(folder);
  }
}
