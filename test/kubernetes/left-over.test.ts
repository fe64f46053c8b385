import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { waitFor } from "../../provider/servers/log";
import { cacheRoot } from "../../tools/lib/cache-root";
import { startedFrom } from "../../tools/lib/processes";
import { capture } from "../../tools/lib/run";
import { sweepClusters } from "../../tools/parts/kubernetes/private-cluster";
import { requirePrivateCluster } from "../support/kubernetes";

/** Milliseconds in which a cluster starts and stops, on a slow machine. */
const TIMEOUT = 300_000;

/** Milliseconds in which the kernel removes namespaces without processes. */
const REMOVE_TIMEOUT = 20_000;

/** How work with a cluster ends. */
type End = "failure" | "SIGINT" | "SIGKILL";

/** The cgroups of containers without a process: those of other clusters may run. */
function emptyCgroups(): string[] {
  const root = "/sys/fs/cgroup";
  const isEmpty = (folder: string) => {
    try {
      return readFileSync(join(folder, "cgroup.procs"), "utf8") === "";
    } catch {
      return false;
    }
  };
  const parents = ["", ...readdirSync(root)]
    .map((controller) => join(root, controller, "k8s.io"))
    .filter((folder) => existsSync(folder));
  return parents.flatMap((parent) => readdirSync(parent).map((name) => join(parent, name))).filter(isEmpty);
}

/** Everything of the machine that a cluster changes while it runs. */
async function traces(): Promise<Record<string, readonly string[]>> {
  const lines = (text: string) => text.split("\n").filter(Boolean);
  return {
    folders: readdirSync(cacheRoot()).filter((name) => name.startsWith("kubernetes-")),
    processes: startedFrom(join(cacheRoot(), "kubernetes-")).map(String),
    links: lines(await capture("ip", ["-oneline", "link"])).filter((line) => /: nak\d/.test(line)),
    routes: lines(await capture("ip", ["route"])).filter((line) => /^10\.19[678]\./.test(line)),
    mounts: lines(readFileSync("/proc/self/mountinfo", "utf8")).filter((line) => line.includes("/kubernetes-")),
    cgroups: emptyCgroups(),
    rules: lines(await capture("iptables-save", [])).filter((line) => !line.startsWith("#")),
  };
}

/** Returns the traces that were not there before. Those of other clusters on this machine may disappear at any time. */
async function newTraces(before: Record<string, readonly string[]>): Promise<Record<string, readonly string[]>> {
  const added = Object.entries(await traces()).map(([kind, found]) => [
    kind,
    found.filter((trace) => before[kind]?.includes(trace) !== true),
  ]);
  return Object.fromEntries(added.filter(([, found = []]) => found.length > 0)) as Record<string, readonly string[]>;
}

/** Starts a cluster in another process, ends the process, and waits until it is gone. @returns its exit code */
async function useCluster(end: End): Promise<number | null> {
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", join(__dirname, "use-cluster.ts"), end], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  assert.ok(child.stdout !== null);
  const ended = once(child, "exit") as Promise<[number | null]>;
  for await (const line of createInterface(child.stdout)) {
    if (line === "ready" && end.startsWith("SIG")) {
      assert.ok((await traces()).links?.length, "the cluster runs");
      child.kill(end as NodeJS.Signals);
    }
  }
  return (await ended)[0];
}

describe("a private cluster", function () {
  this.timeout(TIMEOUT);
  let before: Record<string, readonly string[]>;

  beforeEach(async function () {
    requirePrivateCluster(this);
    before = await traces();
  });

  for (const [end, code] of [
    ["failure", 1],
    ["SIGINT", 130],
  ] as const) {
    it(`should leave nothing behind after ${end}`, async () => {
      assert.equal(await useCluster(end), code);
      assert.deepEqual(await newTraces(before), {});
    });
  }

  it("should leave no process after it was killed, and nothing after the next run has begun", async () => {
    assert.equal(await useCluster("SIGKILL"), null);
    // The kernel removes namespaces, and the links in them, a moment after their last process has ended.
    const remaining = async () => Object.keys(await newTraces(before)).filter((kind) => kind !== "cgroups");
    const isRemoved = async () => ((await remaining()).length === 1 ? true : undefined);
    await waitFor(isRemoved, REMOVE_TIMEOUT);
    assert.deepEqual(await remaining(), ["folders"]);
    await sweepClusters();
    assert.deepEqual(await newTraces(before), {});
  });
});
