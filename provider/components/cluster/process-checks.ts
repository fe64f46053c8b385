import { accessSync, constants, existsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { diagnose, display, type Diagnostic } from "../../diagnostics/diagnostic";
import { getStateHome } from "../../servers/process/cluster";
import {
  findExecutable,
  isSupportedVersion,
  OLDEST_VERSION,
  readVersion,
  type Executable,
} from "../../servers/process/executable";
import { findForeignControl } from "../../servers/process/foreign-control";
import { bindProblem } from "../../servers/process/ports";
import type { Addresses } from "./addresses";
import { stateFolder, type ProcessTarget } from "./target";

/** Default executable of the servers. */
const DEFAULT_BINARY = "nats-server";

/** Checks that servers can run as processes of this machine. */
export function processDiagnostics(
  target: ProcessTarget,
  addresses: Addresses,
): pulumi.Output<readonly Diagnostic[]>[] {
  return [
    pulumi.output(platformDiagnostics(process.platform)),
    findServerExecutable(target).apply((found) => ("problem" in found ? [found] : [])),
    pulumi.output(stateFolder(target) ?? getStateHome()).apply(folderDiagnostics),
    ...Object.entries(addresses).map(([path, address]: [string, pulumi.Input<string>]) =>
      pulumi.output(address).apply((known) => localAddressDiagnostics(path, known)),
    ),
  ];
}

/** Checks that the platform has the signals that control a nats-server. */
export function platformDiagnostics(platform: NodeJS.Platform): Diagnostic[] {
  const problem = "is not supported on Windows: local processes are controlled by signals";
  const remedy = "Use Linux, macOS or WSL, or run the servers in containers.";
  return platform === "win32" ? [{ code: "NA4043", path: "target", value: '"process"', problem, remedy }] : [];
}

/** Returns the executable of a cluster's servers, or the reason why it cannot be used. */
export function findServerExecutable({ binary }: ProcessTarget): pulumi.Output<Executable | Diagnostic> {
  return pulumi.output(binary ?? DEFAULT_BINARY).apply(inspectExecutable);
}

function inspectExecutable(name: string): Executable | Diagnostic {
  const path = findExecutable(name);
  const where = { path: "target.process.binary", value: display(name) };
  if (path === undefined) {
    const problem = name.includes("/") ? "is not an executable file on this machine" : "is not on this machine's PATH";
    const remedy = `Install nats-server ${OLDEST_VERSION} or newer on PATH, or set \`binary\` to its path.`;
    return { ...where, code: "NA4040", problem, remedy };
  }
  const version = readVersion(path);
  if (version !== undefined && isSupportedVersion(version)) {
    return { path, version };
  }
  const problem =
    version === undefined
      ? `is not nats-server: \`${path} --version\` does not print a nats-server version`
      : `is too old: ${path} has version ${version} and cannot report which configuration it has loaded`;
  const remedy = `Install nats-server ${OLDEST_VERSION} or newer, or set \`binary\` to the path of one.`;
  return { ...where, code: "NA4041", problem, remedy };
}

/** Checks that folders can be created below a folder, which need not exist. */
function folderDiagnostics(home: string): Diagnostic[] {
  let nearest = home;
  while (!existsSync(nearest)) {
    nearest = dirname(nearest);
  }
  const where = { path: "target.process.folder", value: home };
  const unusable = folderProblem(nearest);
  const shared = unusable === undefined ? findForeignControl(home) : undefined;
  return [
    ...diagnose({
      ...where,
      code: "NA4042",
      problem: unusable,
      remedy: "Use a folder that you can write to or create.",
    }),
    ...diagnose({
      ...where,
      code: "NA4083",
      problem: shared === undefined ? undefined : `lets another user change the servers: ${shared}`,
      remedy: "Change its owner or permissions, or use a folder that only you can change.",
    }),
  ];
}

function folderProblem(path: string): string | undefined {
  if (!statSync(path).isDirectory()) {
    return `cannot be created: ${path} is not a folder`;
  }
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return undefined;
  } catch {
    return `cannot be used: ${path} is not writable`;
  }
}

/** Checks that a server can listen on an address of this machine, on any port. */
async function localAddressDiagnostics(path: string, address: string): Promise<Diagnostic[]> {
  const problem = await bindProblem(address, 0);
  const remedy = "Use 127.0.0.1 or ::1, 0.0.0.0 or :: for all interfaces, or an address of this machine.";
  return diagnose({ code: "NA4022", path, value: address, problem, remedy });
}
