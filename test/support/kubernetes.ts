import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buffer } from "node:stream/consumers";
import { cacheRoot } from "../../tools/lib/cache-root";
import { mustLeaveNothing } from "./leftovers";

/** Milliseconds in which Kubernetes creates or removes something, on a slow machine. */
const TIMEOUT = 180_000;

/** Returns a variable that `npm run test:kubernetes` sets. */
function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`${name} is not set: run \`npm run test:kubernetes\`, which provides a cluster`);
  }
  return value;
}

/** Runs a command with an input. @returns what it prints */
async function run(command: string, args: readonly string[], input = ""): Promise<Record<"stdout" | "stderr", string>> {
  const child = spawn(command, args);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([
    buffer(child.stdout),
    buffer(child.stderr),
    once(child, "close") as Promise<[number]>,
  ]);
  assert.equal(code, 0, `${command} ${args.join(" ")}: ${stderr.toString()}`);
  return { stdout: stdout.toString(), stderr: stderr.toString() };
}

/** Creates a namespace before the tests of the calling describe block, and removes it after them. */
export function testNamespace(): Namespace {
  const namespace = new Namespace();
  before("a namespace", async function () {
    this.timeout(TIMEOUT);
    await namespace.create();
  });
  after("nothing is left of the namespace", async function () {
    this.timeout(TIMEOUT);
    await namespace.remove();
  });
  return namespace;
}

/** A namespace of the cluster that `npm run test:kubernetes` provides. */
export class Namespace {
  readonly #forwards = new Map<string, ChildProcess>();

  constructor(readonly name = `nats-auth-${randomBytes(4).toString("hex")}`) {
    mustLeaveNothing(this);
  }

  async create(): Promise<void> {
    await this.kubectl(["create", "namespace", this.name]);
  }

  /** Runs kubectl in the namespace. @returns its stdout */
  async kubectl(args: readonly string[], input?: string): Promise<string> {
    return (await this.#run(args, input)).stdout;
  }

  /** Creates a service account with the roles of some manifests. @returns its kubeconfig: see {@link kubeconfigOf} */
  async createAccount(name: string, roles: readonly string[]): Promise<string> {
    await this.kubectl(["create", "serviceaccount", name]);
    await this.bindRoles(`${this.name}:${name}`, roles);
    return this.kubeconfigOf(name);
  }

  /** Gives the roles of some manifests to a service account. @param account its namespace and its name */
  async bindRoles(account: string, roles: readonly string[]): Promise<void> {
    for (const role of roles) {
      await this.apply(role);
      const [, name = assert.fail("a role without a name")] = /^ {2}name: (\S+)$/m.exec(role) ?? [];
      const binding = [`--role=${name}`, `--serviceaccount=${account}`];
      await this.kubectl(["create", "rolebinding", `${account.replace(":", ".")}.${name}`, ...binding]);
    }
  }

  /** Returns a kubeconfig with a new token of a service account, in which the context of the tests is the only one. */
  async kubeconfigOf(serviceAccount: string): Promise<string> {
    const token = (await this.kubectl(["create", "token", serviceAccount])).trim();
    const view = ["config", "view", "--minify", "--raw", "--flatten", "--output", "json"];
    const config = JSON.parse(await this.kubectl(view)) as { users: object[] };
    const [user] = config.users;
    return JSON.stringify({ ...config, users: [{ ...user, user: { token } }] });
  }

  /** Runs a command in the container of a pod's server. @returns what it prints */
  async exec(pod: string, command: readonly string[]): Promise<string> {
    const { stdout, stderr } = await this.#run(["exec", pod, "--container=nats", "--", ...command]);
    return stdout + stderr;
  }

  #run(args: readonly string[], input?: string): ReturnType<typeof run> {
    const all = ["--context", variable("KUBERNETES_CONTEXT"), "--namespace", this.name, ...args];
    return run(variable("KUBECTL"), all, input);
  }

  /** Creates or changes objects: manifests in JSON or YAML. */
  async apply(manifests: string): Promise<void> {
    await this.kubectl(["apply", "--filename", "-"], manifests);
  }

  /** Waits until all pods of a StatefulSet are ready, and are those of its present template. */
  async rolledOut(name: string): Promise<void> {
    await this.kubectl(["rollout", "status", `statefulset/${name}`, `--timeout=${TIMEOUT / 1000}s`]);
  }

  /** Returns an object. */
  async get(kind: string, name: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.kubectl(["get", kind, name, "--output", "json"])) as Record<string, unknown>;
  }

  /** Returns a part of a pod, or an empty text while one of them does not exist. @param path a JSONPath */
  partOfPod(pod: string, path: string): Promise<string> {
    return this.kubectl(["get", "pod", pod, "--ignore-not-found", "--output", `jsonpath={${path}}`]);
  }

  /** Begins to watch an object. @returns waits until it changes */
  async watch(kind: string, name: string): Promise<() => Promise<unknown>> {
    const context = ["--context", variable("KUBERNETES_CONTEXT"), "--namespace", this.name];
    const child = spawn(variable("KUBECTL"), [...context, "get", kind, name, "--watch", "--output", "name"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const lines = createInterface(child.stdout);
    await once(lines, "line");
    const changed = once(lines, "line").finally(() => child.kill());
    return () => changed;
  }

  /** Returns the address on this machine by which a port of a pod can be reached. */
  async forward(pod: string, port: number): Promise<string> {
    const context = ["--context", variable("KUBERNETES_CONTEXT"), "--namespace", this.name];
    const child = spawn(variable("KUBECTL"), [...context, "port-forward", `pod/${pod}`, `:${port}`], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#forwards.get(pod)?.kill();
    this.#forwards.set(pod, child);
    const ended = once(child, "exit").then(() => Promise.reject(new Error(`port-forward to ${pod} has ended`)));
    const [line] = await Promise.race([once(createInterface(child.stdout), "line") as Promise<[string]>, ended]);
    ended.catch(() => undefined);
    const [, local = assert.fail(line)] = /127\.0\.0\.1:(\d+) ->/.exec(line) ?? [];
    return `127.0.0.1:${local}`;
  }

  async remove(): Promise<void> {
    for (const child of this.#forwards.values()) {
      child.kill();
    }
    await this.kubectl(["delete", "namespace", this.name, "--ignore-not-found", `--timeout=${TIMEOUT / 1000}s`]);
  }

  async remains(): Promise<string[]> {
    const found = await this.kubectl(["get", "namespace", this.name, "--ignore-not-found", "--output", "name"]);
    return found.trim().split("\n").filter(Boolean);
  }
}

/** Renders the chart of NATS with values. @returns manifests; undefined where the chart is not at hand */
export async function helmTemplate(release: string, namespace: string, values: object): Promise<string | undefined> {
  const { NATS_CHART: chart = "", HELM: helm = "" } = process.env;
  if (chart === "" || helm === "") {
    return undefined;
  }
  const { stdout } = await run(
    helm,
    ["template", release, chart, "--namespace", namespace, "--values", "-"],
    JSON.stringify(values),
  );
  return stdout;
}

/** Returns the roles that the documentation asks for: for what this package does, and for the objects that the engine manages. */
export function documentedRoles(): readonly string[] {
  return allRoles().filter((role) => role !== verificationRole());
}

/** Returns the role that the documentation asks for to verify pods that something else deploys. */
export function verificationRole(): string {
  return allRoles().find((role) => role.includes("name: pulumi-nats-auth-verification\n")) ?? assert.fail("no role");
}

function allRoles(): readonly string[] {
  const page = readFileSync(join(__dirname, "../../docs/kubernetes.md"), "utf8");
  const [, section = assert.fail("no permissions")] = /^## Permissions$([^]*?)^## /m.exec(page) ?? [];
  const objects = [...section.matchAll(/```yaml\n([^]*?)```/g)].map(([, object = ""]) => object);
  return objects.filter((object) => /^kind: Role$/m.test(object));
}

/** The context of the cluster. */
export const testContext = () => variable("KUBERNETES_CONTEXT");

/** True for the cluster that the run of the tests has started on this machine. */
export function isPrivateCluster(): boolean {
  return process.env.KUBECONFIG?.startsWith(cacheRoot()) === true;
}

/** Skips a test, or those of a describe block, on another cluster, and prints why. */
export function requirePrivateCluster(context: Mocha.Context): void {
  if (!isPrivateCluster()) {
    console.error("This requires the private cluster, which runs on this machine and belongs to the tests.");
    context.skip();
  }
}

/** The image of nats-server for pods. */
export const serverImage = () => variable("NATS_IMAGE");
