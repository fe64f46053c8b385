import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { waitFor } from "../../provider/servers/log";
import { serverImage, type Namespace } from "./kubernetes";

/** Milliseconds in which a script ends. */
const TIMEOUT = 60_000;
const CHECKOUT = join(__dirname, "../..");
const NAME = "client";

/** Folder in which a pod finds a Secret. */
export const secretFolder = (secret: string) => `/secrets/${secret}`;

/**
 * Runs a script in a pod, with Node.js and the packages of this machine: the images of a private cluster have no other programs than
 * nats-server.
 *
 * @param secrets names of Secrets that the pod mounts
 * @returns what it prints
 */
export async function runInPod(namespace: Namespace, script: string, secrets: readonly string[]): Promise<string> {
  const folders = ["/usr", "/lib", "/lib64", dirname(process.execPath), CHECKOUT].filter((path) => existsSync(path));
  const volumes = [
    ...[...new Set(folders)].map((path) => ({ path, source: { hostPath: { path } } })),
    ...secrets.map((secretName) => ({ path: secretFolder(secretName), source: { secret: { secretName } } })),
  ];
  const container = {
    name: NAME,
    image: serverImage(),
    imagePullPolicy: "IfNotPresent",
    command: [process.execPath, "-e", script],
    workingDir: CHECKOUT,
    volumeMounts: volumes.map(({ path: mountPath }, index) => ({ name: `v${index}`, mountPath, readOnly: true })),
  };
  const spec = {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    containers: [container],
    volumes: volumes.map(({ source }, index) => ({ name: `v${index}`, ...source })),
  };
  await namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: NAME }, spec }));
  const ended = await waitFor(async () => {
    const { status } = (await namespace.get("pod", NAME)) as { readonly status: { readonly phase: string } };
    return ["Succeeded", "Failed"].includes(status.phase) ? status.phase : undefined;
  }, TIMEOUT);
  const printed = await namespace.kubectl(["logs", NAME]);
  assert.equal(ended, "Succeeded", printed);
  return printed;
}
