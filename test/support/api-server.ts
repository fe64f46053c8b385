import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { dirname } from "node:path";

/** The words of a file of a process that separates them by null characters. */
function words(pid: string, file: "cmdline" | "environ"): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0").filter(Boolean);
  } catch {
    return [];
  }
}

/** Returns the processes that run the API server of the private cluster: those that enter its namespaces, and the server itself. */
function processes(folder: string): { readonly pid: string; readonly command: string[] }[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all
    .map((pid) => ({ pid, command: words(pid, "cmdline") }))
    .filter(({ pid, command }) => {
      try {
        return command.some((word) => word.endsWith("/kube-apiserver")) && readlinkSync(`/proc/${pid}/cwd`) === folder;
      } catch {
        return false;
      }
    });
}

/** Kills the API server of the private cluster. @returns starts it again in its namespaces, with which it ends */
export function stopApiServer(): () => void {
  const folder = dirname(process.env.KUBECONFIG ?? "");
  const found = processes(folder);
  const outer = found.find(({ command }) => command[0]?.endsWith("kube-apiserver") !== true);
  const own = found.find(({ command }) => command[0]?.endsWith("kube-apiserver") === true);
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
