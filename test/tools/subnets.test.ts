import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readlinkSync } from "node:fs";
import { waitFor } from "../../provider/servers/log";
import { ip } from "../../tools/lib/subnets";
import { link } from "../../tools/parts/kubernetes/network";

const TIMEOUT = 20_000;
/** The numbers that are tried, in the same order. Clusters of other runs can have some of them. */
const NUMBERS = Array.from({ length: 24 }, (_, index) => 200 + index);

describe("private clusters that start at the same time", function () {
  this.timeout(3 * TIMEOUT);
  const nodes: ChildProcess[] = [];

  before("links between network namespaces require root on Linux", function () {
    if (process.platform !== "linux" || process.getuid?.() !== 0) this.skip();
  });

  afterEach("the namespaces are removed", async () => {
    for (const node of nodes.splice(0)) await end(node);
  });

  /** Starts a process with a network namespace of its own. @returns its pid */
  async function startNode(): Promise<number> {
    const node = spawn("unshare", ["--net", "sleep", "infinity"], { stdio: "ignore" });
    nodes.push(node);
    const { pid = assert.fail("unshare does not start") } = node;
    const isApart = () => Promise.resolve(namespaceOf(pid) === namespaceOf("self") ? undefined : true);
    assert.equal(await waitFor(isApart, TIMEOUT), true);
    return pid;
  }

  it("should have a network of their own each, which this machine reaches", async () => {
    const pids = await Promise.all(Array.from({ length: 6 }, startNode));
    const networks = await Promise.all(pids.map((pid) => link(pid, NUMBERS)));
    for (const address of ["pods", "node", "host"] as const) {
      assert.equal(new Set(networks.map((network) => network[address])).size, pids.length, address);
    }
    for (const { node, pods, link: device } of networks) {
      assert.match(await ip("route", "get", node), new RegExp(`^${node} dev ${device} `));
      assert.match(await ip("route", "get", pods.replace(/0\/24$/, "7")), new RegExp(` via ${node} dev ${device} `));
    }
  });

  it("should leave their networks to others when they have ended", async () => {
    const network = await link(await startNode(), NUMBERS);
    const number = Number(network.pods.split(".")[2]);
    const pid = await startNode();
    await assert.rejects(link(pid, [number]), /All subnets .* are taken/);
    await end(nodes[0] ?? assert.fail());
    const isGone = async () => ((await ip("route", "show", network.pods)) === "" ? true : undefined);
    assert.equal(await waitFor(isGone, TIMEOUT), true);
    assert.deepEqual({ ...(await link(await startNode(), [number])), link: "" }, { ...network, link: "" });
  });
});

function namespaceOf(process: number | "self"): string {
  return readlinkSync(`/proc/${process}/ns/net`);
}

async function end(node: ChildProcess): Promise<void> {
  if (node.exitCode !== null || node.signalCode !== null) return;
  const ended = once(node, "exit");
  node.kill("SIGKILL");
  await ended;
}
