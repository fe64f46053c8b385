import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { shown, type Diagnostic } from "../../model/form/diagnostics";
import { stateHome } from "../../servers/process/cluster";
import { findExecutable, isRecent, OLDEST_VERSION, versionOf, type Executable } from "../../servers/process/executable";
import { bindProblem } from "../../servers/process/ports";
import { homeOf, type ProcessTarget } from "./target";

/** The executable of servers unless a program says another one. */
const DEFAULT_BINARY = "nats-server";

/** What keeps servers from running as processes of this machine. */
export function processFindings(
  target: ProcessTarget,
  bindAddress: pulumi.Input<string>,
): pulumi.Output<readonly Diagnostic[]>[] {
  return [
    pulumi.output(systemDiagnostics()),
    executableOf(target).apply((found) => ("problem" in found ? [found] : [])),
    pulumi.output(homeOf(target) ?? stateHome()).apply(folderDiagnostics),
    pulumi.output(bindAddress).apply(addressDiagnostics),
  ];
}

function systemDiagnostics(): Diagnostic[] {
  const problem = "are processes that take signals, which this system does not have";
  const remedy = "Use Linux, macOS or WSL, or run the servers in containers.";
  return process.platform === "win32" ? [{ path: "target", problem, remedy }] : [];
}

/** The executable of a cluster's servers, or what is wrong with it. */
export function executableOf({ binary }: ProcessTarget): pulumi.Output<Executable | Diagnostic> {
  return pulumi.output(binary ?? DEFAULT_BINARY).apply(inspected);
}

function inspected(name: string): Executable | Diagnostic {
  const path = findExecutable(name);
  const where = { path: "target.process.binary", value: shown(name) };
  const remedy = `Install nats-server ${OLDEST_VERSION} or newer on PATH, or give the path of one.`;
  if (path === undefined) {
    const place = name.includes("/") ? "is no file that can be run" : "is not on PATH";
    return { ...where, problem: `${place}, and the servers are to run it on this machine`, remedy };
  }
  const version = versionOf(path);
  if (version === undefined) {
    return { ...where, problem: `(${path}) does not answer \`--version\` as a nats-server does`, remedy };
  }
  return isRecent(version)
    ? { path, version }
    : {
        ...where,
        problem: `(${path}) is version ${version}, which does not say what configuration it has loaded`,
        remedy,
      };
}

/** What keeps folders from being made below one that may not be there itself. */
function folderDiagnostics(home: string): Diagnostic[] {
  let nearest = home;
  while (!existsSync(nearest)) {
    nearest = dirname(nearest);
  }
  const problem = folderProblem(nearest);
  const remedy = "Give a folder in which you may write, or may make one.";
  return problem === undefined ? [] : [{ path: "target.process.folder", value: shown(home), problem, remedy }];
}

function folderProblem(path: string): string | undefined {
  if (!statSync(path).isDirectory()) {
    return `cannot be a folder, since ${path} is none`;
  }
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return undefined;
  } catch {
    return `cannot be used, since nothing can be written in ${path}`;
  }
}

/** What keeps a server from listening on an address, whatever the port. */
async function addressDiagnostics(address: string): Promise<Diagnostic[]> {
  const problem = await bindProblem(address, 0);
  const remedy =
    "Write 127.0.0.1 or ::1 for this machine alone, 0.0.0.0 or :: for everyone, or an address of this machine.";
  return problem === undefined ? [] : [{ path: "bindAddress", value: shown(address), problem, remedy }];
}
