import assert from "node:assert/strict";
import { toData } from "../../../provider/servers/kubernetes/files";
import { PodServer } from "../../../provider/servers/kubernetes/pod";
import { ScriptedApi, type ScriptedResponse } from "../../support/scripted-api";

const POD = "nats-static-0";
const LOADED = "[1] 2026/01/01 00:00:00.000000 [INF] Using configuration file: /nats.conf (sha256:00)";
const READY = "[1] 2026/01/01 00:00:01.000000 [INF] Server is ready";

describe("a server in a pod that logs much while it starts", function () {
  this.timeout(60_000);

  it("should be refused when it has loaded another configuration, although Kubernetes has dropped this line", async () => {
    const labels = { "controller-revision-hash": "r1" };
    let starts = 1;
    let reads = 0;
    const pod = () => ({
      ...{
        kind: "Pod",
        apiVersion: "v1",
        metadata: { name: POD, uid: `p${starts}`, labels },
        spec: { containers: [] },
      },
      status: { containerStatuses: [{ name: "nats", containerID: `c${starts}`, state: { running: {} } }] },
    });
    const set = {
      ...{ kind: "StatefulSet", apiVersion: "apps/v1", spec: { replicas: 1, template: {}, selector: {} } },
      ...{ metadata: { name: "nats-static", uid: "u1" }, status: { updateRevision: "r1" } },
    };
    const secret = { kind: "Secret", apiVersion: "v1", data: toData({ "nats.conf": "port: 4222\n" }, POD) };
    const readLog = (): string => {
      reads += 1;
      return reads % 2 === 1 ? `2026-01-01T00:00:00Z ${LOADED}\n` : `2026-01-01T00:00:01Z ${READY}\n`;
    };
    const api = await ScriptedApi.start(({ method, path }): ScriptedResponse => {
      if (method === "DELETE") {
        starts += 1;
        return { body: pod() };
      }
      const bodies: readonly (readonly [RegExp, () => object | string])[] = [
        [/\/log\?/, readLog],
        [/\/pods\//, pod],
        [/\/secrets\//, () => secret],
        [/\/statefulsets\//, () => set],
      ];
      const [, body] = bodies.find(([pattern]) => pattern.test(path)) ?? [];
      return { body: body?.() ?? {} };
    });
    const server = new PodServer("static", {
      ...{ kind: "kubernetes", api: api.access, namespace: "nats", statefulSet: "nats-static", uid: "u1", ordinal: 0 },
      ...{ secret: "nats-static", host: `${POD}.nats.nats.svc`, template: "t" },
    });
    await assert.rejects(server.start(), { code: "NA5005" });
    assert.equal(starts, 2);
    api.close();
  });
});
