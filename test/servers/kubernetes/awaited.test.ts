import assert from "node:assert/strict";
import type { Cluster } from "../../../provider/servers/cluster";
import { toData } from "../../../provider/servers/kubernetes/files";
import { PodServer } from "../../../provider/servers/kubernetes/pod";
import type { KubernetesPlace } from "../../../provider/servers/place";
import { restoreAll } from "../../../provider/servers/restore";
import { ScriptedApi, type ScriptedRequest, type ScriptedResponse } from "../../support/scripted-api";

const POD = "nats-operator-2";
const FILES = { "nats.conf": "port: 4222\n" };
const UNSCHEDULABLE = {
  type: "PodScheduled",
  status: "False",
  reason: "Unschedulable",
  message: "0/2 nodes are available",
};

/** A pod in a state that a cluster of one node cannot be brought into. */
interface Script {
  readonly replicas?: number;
  readonly revision?: string;
  readonly metadata?: object;
  readonly status?: object;
}

describe("a pod that Kubernetes is to run, but does not run", function () {
  this.timeout(60_000);
  const apis: ScriptedApi[] = [];
  afterEach(() => {
    apis.splice(0).forEach((api) => {
      api.close();
    });
  });

  async function start({ replicas = 3, revision = "r1", metadata = {}, status = {} }: Script = {}) {
    const set = {
      ...{ kind: "StatefulSet", apiVersion: "apps/v1" },
      metadata: { name: "nats-operator", uid: "u1", generation: 1, resourceVersion: "1" },
      spec: { replicas, template: {}, selector: { matchLabels: {} } },
      status: { observedGeneration: 1, updateRevision: "r1" },
    };
    const labels = { "controller-revision-hash": revision };
    const pod = {
      ...{ kind: "Pod", apiVersion: "v1", metadata: { name: POD, uid: "p1", labels, ...metadata } },
      ...{ spec: { containers: [] }, status: { phase: "Pending", ...status } },
    };
    const secret = { kind: "Secret", apiVersion: "v1", metadata: { name: "nats-operator" }, data: toData(FILES, POD) };
    const objects: readonly (readonly [RegExp, object])[] = [
      [/\/statefulsets\//, set],
      [/\/secrets\//, secret],
      [/\/pods\/nats-operator-2$/, pod],
      [/\/events/, { kind: "EventList", apiVersion: "v1", items: [] }],
    ];
    const respond = ({ path }: ScriptedRequest): ScriptedResponse => {
      const [, body] = objects.find(([pattern]) => pattern.test(path)) ?? [];
      return body === undefined ? { status: 404, body: { kind: "Status", code: 404, message: "not found" } } : { body };
    };
    const api = await ScriptedApi.start(respond);
    apis.push(api);
    const place: KubernetesPlace = {
      ...{
        kind: "kubernetes",
        api: api.access,
        namespace: "nats",
        statefulSet: "nats-operator",
        uid: "u1",
        ordinal: 2,
      },
      ...{ secret: "nats-operator", host: "nats-operator-2.nats.nats.svc", template: "t" },
    };
    return { api, server: new PodServer("operator-2", place) };
  }

  const stateOf = async (script: Script) => (await start(script)).server.state();

  it("should be awaited, with what Kubernetes reports, when no node can run it", async () => {
    assert.deepEqual(await stateOf({ status: { conditions: [UNSCHEDULABLE] } }), {
      ...{ process: "stopped", files: FILES, isAwaited: true, obstacles: ["0/2 nodes are available"] },
    });
  });

  it("should be awaited, without an obstacle, when it is about to start or to end, or will be replaced", async () => {
    const inAMinute = new Date(Date.now() + 60_000).toISOString();
    for (const script of [
      {},
      { metadata: { deletionTimestamp: inAMinute } },
      { revision: "r0", status: { conditions: [UNSCHEDULABLE] } },
    ]) {
      assert.deepEqual(await stateOf(script), { process: "stopped", files: FILES, isAwaited: true });
    }
  });

  it("should have an obstacle when its time to end is long over", async () => {
    const deletionTimestamp = new Date(Date.now() - 60_000).toISOString();
    assert.notEqual((await stateOf({ metadata: { deletionTimestamp } })).obstacles, undefined);
  });

  it("should be stopped when its StatefulSet has fewer pods", async () => {
    assert.deepEqual(await stateOf({ replicas: 2 }), { process: "stopped", files: FILES });
  });

  it("should stay one that Kubernetes is to run when an update fails", async () => {
    const { api, server } = await start({ status: { conditions: [UNSCHEDULABLE] } });
    const before = await server.state();
    const next = { files: { "nats.conf": "port: 4223\n" }, digest: "sha256:0" };
    const change = {
      server,
      before,
      previous: FILES,
      next,
      prelude: undefined,
      isRepair: false,
      predecessors: [],
      stage: "s",
    };
    const cluster = { removesAccounts: () => false } as unknown as Cluster;
    const { message } = await restoreAll([change], new Set([change]), new Error("another server failed"), cluster);
    assert.match(
      message,
      /- the operator-2 server does not run, as before, and starts with its previous configuration$/m,
    );
    assert.deepEqual(
      api.requests.filter(({ method, path }) => method === "DELETE" || path.includes("/scale")),
      [],
    );
  });
});
