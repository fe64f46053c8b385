import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { cacheRoot } from "../../tools/lib/cache-root";
import { startedFrom } from "../../tools/lib/processes";
import { capture } from "../../tools/lib/run";
import { sweepClusters } from "../../tools/parts/kubernetes/private-cluster";

/** Milliseconds in which a cluster starts and stops, on a slow machine. */
const TIMEOUT = 300_000;

/** How work with a cluster ends. */
type End = "failure" | "SIGINT" | "SIGKILL";

/** Everything of the machine that a cluster changes while it runs. */
async function traces(): Promise<Record<string, readonly string[]>> {
  const lines = (text: string) => text.split("\n").filter(Boolean);
  const cgroups = readdirSync("/sys/fs/cgroup", { recursive: true, encoding: "utf8" });
  return {
    folders: readdirSync(cacheRoot()).filter((name) => name.startsWith("kubernetes-")),
    processes: startedFrom(join(cacheRoot(), "kubernetes-")).map(String),
    links: lines(await capture("ip", ["-oneline", "link"])).filter((line) => /: nak\d/.test(line)),
    routes: lines(await capture("ip", ["route"])).filter((line) => /^10\.19[678]\./.test(line)),
    mounts: lines(readFileSync("/proc/self/mountinfo", "utf8")).filter((line) => line.includes("/kubernetes-")),
    cgroups: cgroups.filter((name) => /(^|\/)kubernetes-\d/.test(name)),
    rules: lines(await capture("iptables-save", [])).filter((line) => !line.startsWith("#")),
  };
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
    if (process.env.KUBECONFIG?.startsWith(cacheRoot()) !== true) {
      this.skip();
    }
    before = await traces();
  });

  for (const [end, code] of [
    ["failure", 1],
    ["SIGINT", 130],
  ] as const) {
    it(`should leave nothing behind after ${end}`, async () => {
      assert.equal(await useCluster(end), code);
      assert.deepEqual(await traces(), before);
    });
  }

  it("should leave no process after it was killed, and nothing after the next run has begun", async () => {
    assert.equal(await useCluster("SIGKILL"), null);
    const { folders = [], cgroups, ...others } = await traces();
    assert.deepEqual(
      { ...others, folders: folders.length - 1, cgroups: before.cgroups },
      { ...before, folders: before.folders?.length },
    );
    assert.ok(cgroups !== undefined);
    await sweepClusters();
    assert.deepEqual(await traces(), before);
  });
});
