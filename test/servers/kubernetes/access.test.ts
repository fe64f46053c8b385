import assert from "node:assert/strict";
import { clusterOf } from "../../../provider/servers/kubernetes/access";
import { machineOf } from "../../../provider/servers/place";

const yaml = (server: string, token: string) => `
apiVersion: v1
clusters:
  - cluster: { server: ${server} }
    name: one
users:
  - name: one
    user:
      token: ${token}
`;
const json = (...servers: string[]) =>
  JSON.stringify({ clusters: servers.map((server) => ({ name: server, cluster: { server } })), users: [] });

describe("the cluster to which an access to Kubernetes leads", () => {
  it("should be the context when the files of this machine have it", () => {
    assert.equal(clusterOf({ context: "kind-kind" }), "kind-kind");
    assert.notEqual(clusterOf({ context: "kind-kind" }), clusterOf({ context: "production" }));
  });

  it("should stay the same when the credentials are renewed, and when another form is used", () => {
    const server = "https://192.0.2.1:6443";
    const all = [yaml(server, "a"), yaml(server, "b"), yaml(`"${server}"`, "b"), json(server)];
    assert.deepEqual([...new Set(all.map((kubeconfig) => clusterOf({ kubeconfig })))], [server]);
  });

  it("should depend on the context when a kubeconfig has several API servers", () => {
    const kubeconfig = json("https://192.0.2.1:6443", "https://192.0.2.2:6443");
    assert.notEqual(clusterOf({ kubeconfig, context: "one" }), clusterOf({ kubeconfig, context: "two" }));
  });

  it("should be a part of the machine of a pod, which contains no credentials", () => {
    const api = { kubeconfig: yaml("https://192.0.2.1:6443", "secret-token") };
    const machine = machineOf({ kind: "kubernetes", api, namespace: "nats" });
    assert.equal(machine.includes("secret-token"), false);
    assert.notEqual(machine, machineOf({ kind: "kubernetes", api, namespace: "other" }));
  });
});
