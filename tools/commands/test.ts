import { join } from "node:path";
import { live } from "../lib/run";
import { prepareDockerHosts, prepareFor, prepareWithCluster } from "../machine";
import type { DockerMachine, Machine } from "../machine";
import { ensureClientImage, ensureServerImage } from "../parts/images";
import { chromium } from "../parts/chromium";
import { natsChart } from "../parts/kubernetes/chart";
import { NODE_VARIABLE, usesPrivateCluster } from "../parts/kubernetes/cluster";
import { configReloader, jetStreamController } from "../parts/kubernetes/nack";
import type { Cluster } from "../parts/kubernetes/private-cluster";
import { ensureLocalServer, natsServer } from "../parts/nats-server";
import { natsClient } from "../parts/nats-client";
import { oracle } from "../parts/oracle";
import { yamlHost } from "../parts/yaml-host";
import { withinRun } from "../run-scope";
import { checkout } from "../local-folder";

/** The tests that run NACK. */
const NACK_TEST = "test/kubernetes/nack.test.ts";

/** Runs scripts in order until one fails. @returns the exit code of the last one */
async function inOrder(scripts: string[][], env: NodeJS.ProcessEnv): Promise<number> {
  for (const script of scripts) {
    const code = await live(process.execPath, script, { cwd: checkout, env });
    if (code !== 0) return code;
  }
  return 0;
}

/** The environment by which tests and benchmarks get their machine. */
async function environment({ env, engine: { docker } }: DockerMachine): Promise<NodeJS.ProcessEnv> {
  const image = await ensureServerImage(docker);
  return {
    ...env,
    NATS_IMAGE: image,
    NATS_CLIENT_IMAGE: await ensureClientImage(docker),
    NATS_SERVER: await natsServer(docker, image),
    NATS_CLI: await natsClient(),
    NATS_ORACLE: await oracle(),
    PULUMI_YAML_HOST: await yamlHost(),
  };
}

/**
 * Runs scripts on a prepared machine, and leaves nothing behind: not the engine that was started for them, no temporary
 * file, no process.
 *
 * @param scripts each the arguments of one Node.js process
 * @param more variables for them
 */
export async function onMachine(scripts: string[][], more: NodeJS.ProcessEnv = {}): Promise<number> {
  return prepareFor(async (machine) => {
    const env = await environment(machine);
    return withinRun((variables) => inOrder(scripts, { ...env, ...more, ...variables }));
  });
}

/**
 * `npm test`: every test, with lint beside them. Arguments are test files to run in place of all, and options of
 * test/runner/main.ts.
 */
export async function test(args: string[]): Promise<number> {
  return onMachine([runner(args)], { CHROMIUM: await chromium() });
}

/** The arguments of the process that runs test files. */
export const runner = (args: string[]) => ["--import", "tsx", join(checkout, "test/runner/main.ts"), ...args];

/** The environment by which tests get a Kubernetes cluster. */
async function clusterEnvironment({ kubectl, helm, kubeconfig, context, serverImage, node }: Cluster) {
  return {
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    ...(node === undefined ? {} : { [NODE_VARIABLE]: String(node) }),
    KUBERNETES_CONTEXT: context,
    KUBECTL: kubectl,
    HELM: helm,
    NATS_CHART: helm === undefined ? undefined : await natsChart(helm),
    NATS_IMAGE: serverImage,
    // Other clusters pull the image of the vendor.
    CONFIG_RELOADER: node === undefined ? undefined : await configReloader(),
    NATS_SERVER: await ensureLocalServer(),
  };
}

/**
 * `npm run test:kubernetes`: the tests that need a Kubernetes cluster. It uses the context that KUBERNETES_CONTEXT names, else
 * a private cluster, of which nothing is left. Arguments are those of `npm test`.
 */
export async function testKubernetes(args: string[]): Promise<number> {
  const files = args.some((arg) => arg.startsWith("test/")) ? args : ["test/kubernetes", ...args];
  const more = { PULUMI_YAML_HOST: await yamlHost(), ...(await nackFor(files)) };
  return onCluster(files, more, prepareDockerHosts);
}

/** Builds NACK if its tests are among those of the arguments, and run: a cluster of the user skips them. @returns a variable */
async function nackFor(args: string[]): Promise<NodeJS.ProcessEnv> {
  // Loaded only when needed: other commands run without the tests.
  const { findTestFiles } = await import("../../test/runner/files.js");
  const files = findTestFiles(args.filter((arg) => arg.startsWith("test/")));
  return usesPrivateCluster() && files.includes(NACK_TEST) ? { NACK_FOLDER: await jetStreamController() } : {};
}

/** Runs test files with a Kubernetes cluster. @param more variables for them @param prepare prepares what they need besides */
export async function onCluster(
  files: string[],
  more: NodeJS.ProcessEnv = {},
  prepare?: (machine: Machine) => Promise<void>,
): Promise<number> {
  return prepareWithCluster(async ({ env }, cluster) => {
    const own = await clusterEnvironment(cluster);
    return withinRun((variables) => inOrder([runner(files)], { ...env, ...own, ...more, ...variables }));
  }, prepare);
}
