import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NamespaceClient } from "../../../provider/servers/kubernetes/client";
import { temporaryFolder } from "../../support/local-server";
import { ScriptedApi } from "../../support/scripted-api";

/** Credentials as a command prints them. */
const CREDENTIALS = {
  apiVersion: "client.authentication.k8s.io/v1",
  kind: "ExecCredential",
  status: { token: "of-the-command", expirationTimestamp: "2999-01-01T00:00:00Z" },
};

describe("a kubeconfig with a command for logging in", () => {
  it("should run it once for a client that several connections use at the same time, also in another namespace", async () => {
    const folder = temporaryFolder("credentials");
    const api = await ScriptedApi.start(() => ({ body: { kind: "Pod", apiVersion: "v1" } }));
    try {
      const runs = join(folder, "runs");
      const script = `echo run >> ${runs}; echo '${JSON.stringify(CREDENTIALS)}'`;
      const kubeconfig = JSON.parse(api.access.kubeconfig ?? "") as { users: { user: object }[] };
      const exec = {
        apiVersion: CREDENTIALS.apiVersion,
        command: "sh",
        args: ["-c", script],
        interactiveMode: "Never",
      };
      kubeconfig.users = kubeconfig.users.map((one) => ({ ...one, user: { exec } }));
      const access = { kubeconfig: JSON.stringify(kubeconfig) };
      const client = await NamespaceClient.connectOnce({ api: access, namespace: "one" });
      const other = client.at("other");
      await Promise.all([client.readPod("a"), client.readPod("b"), other.readPod("a")]);
      assert.equal(readFileSync(runs, "utf8"), "run\n");
      assert.deepEqual(
        api.requests.map(({ path }) => path).sort(),
        ["one/pods/a", "one/pods/b", "other/pods/a"].map((path) => `/api/v1/namespaces/${path}`),
      );
    } finally {
      api.close();
      rmSync(folder, { recursive: true });
    }
  });
});
