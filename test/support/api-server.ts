import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** The words of a file of a process, which null characters separate; none for a process that has ended. */
function words(pid: string, file: "cmdline" | "environ"): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0").filter(Boolean);
  } catch {
    return [];
  }
}

/** The processes of a private cluster, by default of the one of this run. */
function findOwn(
  kubeconfig = process.env.KUBECONFIG ?? "",
): readonly { readonly pid: string; readonly command: readonly string[] }[] {
  const folder = dirname(kubeconfig);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const all = pids.map((pid) => ({ pid, command: words(pid, "cmdline") }));
  return all.filter(({ command }) => command.some((word) => word.includes(folder)));
}

/** Returns the kubelet of a private cluster, by default of the one of this run. */
export function findKubelet(kubeconfig?: string): number {
  const found = findOwn(kubeconfig).find(({ command: [program] }) => program?.endsWith("/kubelet") === true);
  return Number(found?.pid ?? assert.fail("the kubelet does not run"));
}

/** Kills the API server of the private cluster. @returns starts it again in its namespaces, with which it ends */
export function stopApiServer(): () => void {
  const folder = dirname(process.env.KUBECONFIG ?? "");
  const all = findOwn().filter(({ command }) => command.some((word) => word.endsWith("/kube-apiserver")));
  const find = (program: string) => all.find(({ command }) => command[0]?.endsWith(program) === true);
  // The process that enters the namespaces of the node, and its child in them.
  const [outer, own] = [find("nsenter"), find("kube-apiserver")];
  assert.ok(outer !== undefined && own !== undefined, "the API server does not run");
  const [program = "", ...args] = outer.command;
  const env: NodeJS.ProcessEnv = Object.fromEntries(
    words(outer.pid, "environ").map((word): [string, string] => {
      const [name = "", ...value] = word.split("=");
      return [name, value.join("=")];
    }),
  );
  process.kill(Number(own.pid), "SIGKILL");
  return () => {
    spawn(program, args, { cwd: folder, env, stdio: "ignore", detached: true }).unref();
  };
}
