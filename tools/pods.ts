import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { exchange } from "./exchange";
import { interruptible } from "./lib/interrupt";
import { which } from "./lib/path";
import { capture, live } from "./lib/run";
import { detail, say, ToolError } from "./lib/terminal";
import { checkout } from "./local-folder";
import { prepareWithCluster, type Machine } from "./machine";
import { CONTEXT_VARIABLE } from "./parts/kubernetes/cluster";
import type { Cluster } from "./parts/kubernetes/private-cluster";
import { withinRun } from "./run-scope";

const NAMESPACE = "default";
/** The stack on a private cluster. */
const STACK = "pods";

/** How kubectl reaches a namespace. */
interface Kubectl {
  readonly path: string;
  /** Arguments that precede each command. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Opens a port of this machine that leads to a server. @param url that of pods @returns its URL */
async function forward({ path, args, env }: Kubectl, url: string, all: ChildProcess[]): Promise<string> {
  const { hostname, port } = new URL(url);
  const pod = hostname.split(".")[0] ?? "";
  const child = spawn(path, [...args, "port-forward", `pod/${pod}`, `:${port}`], {
    stdio: ["ignore", "pipe", "inherit"],
    env,
  });
  all.push(child);
  const ended = once(child, "exit").then(() => Promise.reject(new ToolError(`kubectl cannot reach the pod ${pod}.`)));
  const [line] = (await interruptible(Promise.race([once(createInterface(child.stdout), "line"), ended]))) as [string];
  ended.catch(() => undefined);
  return `nats://${/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? ""}`;
}

/** Shows with real clients that both servers work as one cluster, by ports of this machine that lead to their pods. */
async function exchangeBy(kubectl: Kubectl, outputs: unknown): Promise<void> {
  const { clientUrls } = outputs as { readonly clientUrls: Readonly<Record<string, string>> };
  const forwards: ChildProcess[] = [];
  try {
    const [ofStatic, ofOperator] = await Promise.all([
      forward(kubectl, clientUrls["static-0"] ?? "", forwards),
      forward(kubectl, clientUrls["operator-0"] ?? "", forwards),
    ]);
    await exchange(outputs, { static: ofStatic, operator: ofOperator });
  } finally {
    forwards.forEach((child) => child.kill());
  }
}

/** Shows the exchange of the stack `local`, whose servers are pods of a context. */
export async function exchangeInPods(outputs: unknown, context: string, namespace: string): Promise<void> {
  const path = which("kubectl");
  if (path === undefined) {
    throw new ToolError(
      "The deployment succeeded, but kubectl is missing, by which clients of this machine reach pods.",
    );
  }
  const args = ["--context", context, "--namespace", namespace === "" ? NAMESPACE : namespace];
  await exchangeBy({ path, args, env: process.env }, outputs);
  detail("`npm run destroy` removes everything. The ports of this machine are closed again.");
}

/** Deploys examples/mixed-auth to a private cluster and shows the exchange. Nothing is left of the cluster and of the stack. */
export async function startOnPrivateCluster(options: string[]): Promise<number> {
  return prepareWithCluster((machine, cluster) =>
    withinRun((variables) => deployOnce({ ...machine, env: { ...machine.env, ...variables } }, cluster, options)),
  );
}

async function deployOnce({ pulumi, env }: Machine, cluster: Cluster, options: string[]): Promise<number> {
  const { context, serverImage: image, kubectl: path, kubeconfig } = cluster;
  const folder = join(env.TMPDIR ?? "", "example");
  const [state, file] = [join(folder, "state"), join(folder, `Pulumi.${STACK}.yaml`)];
  await mkdir(state, { recursive: true });
  const own = {
    ...env,
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
  };
  await writeFile(join(folder, "Pulumi.yaml"), "name: mixed-auth\nruntime: nodejs\n");
  // In a folder of its own: the CLI writes the configuration of a new stack beside the project.
  await capture(pulumi, ["stack", "init", STACK, "--no-select"], { cwd: folder, env: own });
  say("pulumi up: previews and deploys examples/mixed-auth to the private cluster");
  const at = { cwd: checkout, env: own };
  const config = Object.entries({ target: "kubernetes", context, image }).flatMap(([key, value]) => [
    "-c",
    `${key}=${value}`,
  ]);
  const code = await live(pulumi, ["up", "--yes", "--stack", STACK, "--config-file", file, ...config, ...options], at);
  if (code !== 0) return code;
  const outputs = await capture(pulumi, ["stack", "output", "--stack", STACK, "--json", "--show-secrets"], at);
  const args = ["--context", context, "--namespace", NAMESPACE];
  await exchangeBy({ path, args, env: own }, JSON.parse(outputs));
  const pods = await capture(path, [...args, "get", "pods,services,secrets"], { env: own });
  console.log(`\n${pods.trim()}\n`);
  detail(
    `The private cluster ends now. ${CONTEXT_VARIABLE}=kind-kind npm start -- --target kubernetes deploys to one that stays.`,
  );
  return 0;
}
