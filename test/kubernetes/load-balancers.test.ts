import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Declaration } from "../stack/programs/declared/declaration";
import { useHosts } from "../support/engine-hosts";
import type { Namespace } from "../support/kubernetes";
import { containersOf } from "../support/origin";
import { podStack } from "../support/pod-stack";
import { SpanningCluster } from "../support/spanning-cluster";
import { STEP_TIMEOUT, succeeded } from "../support/stack";

/** A Service, as far as the controller of load balancers reads it. */
interface Service {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly type: string; readonly loadBalancerIP?: string };
  readonly status: { readonly loadBalancer: { readonly ingress?: readonly object[] } };
}

const PAUSE = 200;

/** Gives each load balancer the address that it asks for, while some work is done: what a cloud or MetalLB does. */
async function withBalancers<T>(namespace: Namespace, work: Promise<T>): Promise<T> {
  const done = work.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([done, sleep(PAUSE)]))) {
    const { items } = JSON.parse(await namespace.kubectl(["get", "services", "--output", "json"])) as {
      items: Service[];
    };
    for (const { metadata, spec, status } of items) {
      const { ingress } = status.loadBalancer;
      if (spec.type === "LoadBalancer" && spec.loadBalancerIP !== undefined && ingress === undefined) {
        const patch = { status: { loadBalancer: { ingress: [{ ip: spec.loadBalancerIP, ipMode: "VIP" }] } } };
        const args = ["--subresource=status", "--type=merge", "--patch", JSON.stringify(patch)];
        await namespace.kubectl(["patch", "service", metadata.name, ...args]);
      }
    }
  }
  return work;
}

describe("a cluster of a machine with Docker and of pods behind load balancers", function () {
  this.timeout(2 * STEP_TIMEOUT);
  const hosts = useHosts({ names: ["machine"], reachPods: true });

  describe("when each pod has one with a reserved address", () => {
    const stack = podStack();
    const { pods, namespace } = stack;
    const origin = containersOf(stack, hosts);
    const cluster = new SpanningCluster("docker", stack, origin);

    before("addresses, and a certificate for them", async () => {
      await cluster.prepare(hosts.balancers);
      // The host has a provider of its own, so commands need no default engine.
      delete stack.env.DOCKER_HOST;
    });

    function declare(): Promise<void> {
      const more: Declaration = {
        hosts: { machine: { ...cluster.machineHost, engine: hosts.host("machine").engine }, pods: {} },
        kubernetes: { routeServiceType: "LoadBalancer" },
        loadBalancers: Object.fromEntries(
          hosts.balancers.map((address, ordinal) => [`nats-p-${ordinal}-routes`, address]),
        ),
      };
      return cluster.declare(cluster.spanning(), more);
    }

    it("should be one cluster, with routes that each side opens", async () => {
      await declare();
      succeeded(await withBalancers(namespace, stack.up()));
      const { checked } = await stack.outputs();
      assert.match(checked, /nats-static, nats-p-0 and nats-p-1 are one cluster, nats, .* is healthy$/);
      await cluster.exchange(["static"], ["p-0", "p-1"]);
      await cluster.assertRoutesOpened();
    });

    it("should change nothing at a second update, nor at a refresh", async () => {
      succeeded(await stack.up("--expect-no-changes"));
      succeeded(await stack.refresh("--expect-no-changes"));
    });

    it("should lock out a removed user on both by reload", async () => {
      const servers = ["static", "p-0", "p-1"];
      const before = { machine: await origin.lives(), pods: await pods.lives() };
      const connected = await Promise.all(servers.map((server) => cluster.connect(server, "A/other")));
      const { other: _, ...users } = cluster.users;
      cluster.users = users;
      await declare();
      succeeded(await stack.up());
      assert.deepEqual({ machine: await origin.lives(), pods: await pods.lives() }, before);
      assert.equal(await cluster.clients.areLost(connected), true);
    });

    it("should leave nothing on either platform when it is destroyed", async () => {
      await cluster.clients.close();
      succeeded(await stack.destroy());
      const left = (await pods.belongings()).filter((name) => !name.startsWith("persistentvolumeclaim/"));
      assert.deepEqual([left, await origin.remains()], [[], []]);
    });
  });
});
