import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { connect } from "@nats-io/transport-node";
import { ServerError } from "../../provider/servers/errors";
import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";
import { findForeignObjects } from "../../provider/servers/kubernetes/owner";
import { PodServer } from "../../provider/servers/kubernetes/pod";
import { removeVolume } from "../../provider/servers/kubernetes/remains";
import { returnTemplate, takeTemplate } from "../../provider/servers/kubernetes/templates";
import { waitFor } from "../../provider/servers/log";
import { openPodTunnel } from "../support/pod-tunnel";
import { ApiRequests } from "../support/api-requests";
import { documentedRoles, testContext, testNamespace } from "../support/kubernetes";
import { temporaryFolder } from "../support/local-server";
import { permissionsOf } from "../support/permissions";
import { createPlace, filesFor, SERVER, startServer, type PodOptions } from "./pod-host";

/** Milliseconds in which Kubernetes starts a pod, on a slow machine. */
const TIMEOUT = 180_000;

describe("access to servers in pods", function () {
  this.timeout(TIMEOUT);
  const namespace = testNamespace();
  const runningServer = (options?: PodOptions) => startServer(namespace, options);

  describe("with permissions", () => {
    /** Creates a service account with a role. @returns how it reaches the API server */
    async function access(name: string, ...roles: readonly string[]): Promise<KubernetesAccess> {
      return { kubeconfig: await namespace.createAccount(name, roles), context: testContext() };
    }

    it("should be managed with all permissions of the role of the documentation, and no others", async () => {
      const [role = assert.fail("no role")] = documentedRoles();
      const api = await access("documented", role);
      const requests = new ApiRequests();
      const { place, server } = await runningServer({ api });
      const files = filesFor(place, "max_control_line: 2000");
      const digest = await server.try(files);
      await server.put(files);
      await server.reload(digest);
      assert.deepEqual(await server.state(), { process: "running", files });
      assert.ok((await server.complaints()).length > 0);
      const tunnel = await openPodTunnel(place, 4222);
      await (await connect({ servers: tunnel.address, reconnect: false })).close();
      tunnel.close();
      const unavailable = await createPlace(namespace, { api, image: "nats-auth.invalid/missing:1" });
      await assert.rejects(new PodServer(SERVER, unavailable).try(filesFor(unavailable)), { code: "NA5002" });
      await removeVolume(await createPlace(namespace, { api, claims: true }));
      const created = { entries: ["static"], reached: [], isNew: true };
      assert.deepEqual(await findForeignObjects(place, "me", "nats", created), []);
      await namespace.kubectl(["set", "env", `statefulset/${place.statefulSet}`, "ANOTHER=template"]);
      await returnTemplate((await takeTemplate(place)) ?? assert.fail("the pod has the present template"));
      await server.stop();
      await server.removeRemains();
      assert.equal((await server.state()).process, "stopped");
      // Newer versions of Kubernetes require both verbs for the same request.
      const connecting = ["create pods/exec", "create pods/portforward"];
      assert.deepEqual([...requests.end(), ...connecting].sort(), await permissionsOf(role));
    });

    it("should report the request that is not permitted", async () => {
      const { place } = await runningServer();
      const api = await access("powerless");
      const server = new PodServer(SERVER, { ...place, api });
      await assert.rejects(server.state(), (error) => {
        assert.ok(error instanceof ServerError && error.code === "NA5152");
        assert.match(error.message, /cannot get resource/);
        return true;
      });
    });

    it("should read the token of the kubeconfig's user from a file, also a renewed one", async () => {
      const { place } = await runningServer();
      const { users, ...rest } = JSON.parse(await namespace.createAccount("renewed", documentedRoles())) as {
        readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
      };
      const [{ name, user } = assert.fail("no user")] = users;
      const folder = temporaryFolder("token");
      const { KUBECONFIG: former } = process.env;
      try {
        const config = { ...rest, users: [{ name, user: { token: "former", tokenFile: "token" } }] };
        await writeFile(join(folder, "config"), JSON.stringify(config));
        await writeFile(join(folder, "token"), "expired");
        process.env.KUBECONFIG = join(folder, "config");
        const reading = new PodServer(SERVER, { ...place, api: { context: testContext() } });
        await assert.rejects(reading.state(), { code: "NA5151" });
        await writeFile(join(folder, "token"), `${user.token}\n`);
        assert.equal((await reading.state()).process, "running");
        // A command in the pod, which is a WebSocket.
        await reading.reload(await reading.try(filesFor(place)));
      } finally {
        if (former === undefined) delete process.env.KUBECONFIG;
        else process.env.KUBECONFIG = former;
        await rm(folder, { recursive: true });
      }
    });

    it("should report credentials that Kubernetes does not know, and not show them", async () => {
      const { place } = await runningServer();
      const { kubeconfig = "" } = await access("stranger");
      const config = JSON.parse(kubeconfig) as { users: object[] };
      const users = config.users.map((user) => ({ ...user, user: { token: "secret-token" } }));
      const api = { kubeconfig: JSON.stringify({ ...config, users }), context: testContext() };
      await assert.rejects(new PodServer(SERVER, { ...place, api }).state(), (error) => {
        assert.ok(error instanceof ServerError && error.code === "NA5151");
        assert.equal(error.message.includes("secret-token"), false);
        return true;
      });
    });
  });

  describe("without an API server", () => {
    const kubeconfigFor = (port: number) =>
      JSON.stringify({
        clusters: [{ name: "c", cluster: { server: `https://127.0.0.1:${port}` } }],
        users: [{ name: "u", user: {} }],
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
      });

    it("should report that it does not respond", async () => {
      const listener = createServer().listen(0, "127.0.0.1");
      await waitFor(() => Promise.resolve(listener.address() === null ? undefined : true), TIMEOUT);
      const { port } = listener.address() as AddressInfo;
      listener.close();
      const { place } = await runningServer();
      const api = { kubeconfig: kubeconfigFor(port), context: "c" };
      await assert.rejects(new PodServer(SERVER, { ...place, api }).state(), { code: "NA5150" });
    });

    it("should report a context that the kubeconfig does not have", async () => {
      const { place } = await runningServer();
      const api = { kubeconfig: kubeconfigFor(1), context: "d" };
      await assert.rejects(new PodServer(SERVER, { ...place, api }).state(), { code: "NA5153" });
    });
  });
});
