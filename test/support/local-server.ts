import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseTestDigest } from "../../provider/servers/log";
import { putFiles } from "../../provider/servers/process/files";
import { makePlace } from "../../provider/servers/process/folder";
import { ProcessServer } from "../../provider/servers/process/process";
import { findRunningServers, sendSignal } from "../../provider/servers/process/process-table";
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

/** Folders of existing clusters. They are stopped and removed if the test run exits during a test. */
const clusters = new Set<string>();

process.once("exit", () => {
  clusters.forEach(removeCluster);
});

/** Creates a folder of this test run. Its name identifies the run, so that the folder is removed if the run was killed. */
export function temporaryFolder(what: string): string {
  return mkdtempSync(join(tmpdir(), `nats-auth-${identity()}-${what}-`));
}

/** Creates the folder of a cluster whose servers run as local processes. */
export function newCluster(): string {
  const cluster = temporaryFolder("cluster");
  clusters.add(cluster);
  return cluster;
}

/** Kills all servers in a cluster's folder, and removes the folder. */
export function removeCluster(cluster: string): void {
  for (const running of findRunningServers()) {
    if (running.place.startsWith(`${cluster}/`)) {
      sendSignal(running, "SIGKILL");
    }
  }
  rmSync(cluster, { recursive: true, force: true });
  clusters.delete(cluster);
}

/** Creates a server in a new place of a cluster, with the executable that `npm test` prepares. */
export async function newServer(cluster: string, side: string): Promise<{ server: ProcessServer; place: string }> {
  const place = await makePlace(cluster, side, natsServer());
  return { server: new ProcessServer(side, place), place };
}

/** Tests a configuration with `nats-server -t`. */
export async function tryConfig(files: ConfigFiles): Promise<{ digest: string | undefined; output: string }> {
  const folder = newCluster();
  try {
    await putFiles(folder, files);
    const output = await new Promise<string>((resolve) => {
      execFile(natsServer(), ["-t", "-c", join(folder, MAIN_FILE)], (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
    return { digest: parseTestDigest(output), output };
  } finally {
    removeCluster(folder);
  }
}
