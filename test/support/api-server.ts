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

/** A process. */
interface Process {
  readonly pid: string;
  readonly command: readonly string[];
}

function processes(): Process[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map((pid) => ({ pid, command: words(pid, "cmdline") }));
}

/** Returns what a link or a file of a process contains; an empty text for one that has ended. */
function read(find: () => string): string {
  try {
    return find();
  } catch {
    return "";
  }
}

/** Kills the API server of the private cluster. @returns starts it again in its namespaces, with which it ends */
export function stopApiServer(): () => void {
  const folder = dirname(process.env.KUBECONFIG ?? "");
  const found = processes().filter(({ command }) => command.some((word) => word.endsWith("/kube-apiserver")));
  // The process that enters the namespaces of the node, and its child in them.
  const outer = found.find(({ pid }) => read(() => readlinkSync(`/proc/${pid}/cwd`)) === folder);
  const isChild = new RegExp(`^PPid:\\s*${outer?.pid ?? "-"}$`, "m");
  const own = found.find(({ pid }) => isChild.test(read(() => readFileSync(`/proc/${pid}/status`, "utf8"))));
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
