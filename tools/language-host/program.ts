import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { RunResponse } from "@pulumi/pulumi/proto/language_pb";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** The exit code of the SDK for an error that it has already printed. */
const ALREADY_SHOWN = 32;

const running = new Set<ChildProcess>();

/** Kills every program. The engine finishes or rolls back what they had started. */
export function cancelPrograms(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** The runtime options of Pulumi.yaml that are supported here. */
interface RuntimeOptions {
  typescript?: boolean;
  nodeargs?: string;
}

/** Returns the arguments of the SDK's `cmd/run`: the engine's addresses, the stack, and the entry point. */
function runArguments(request: RunRequest, engine: string): string[] {
  const flags: [string, string][] = [
    ["organization", request.getOrganization()],
    ["project", request.getProject()],
    ["root-directory", request.getInfo()?.getRootDirectory() ?? ""],
    ["stack", request.getStack()],
    ["pwd", request.getPwd()],
    ["parallel", String(request.getParallel())],
    ["monitor", request.getMonitorAddress()],
    ["engine", engine],
  ];
  const args = flags.filter(([, value]) => value !== "").map(([name, value]) => `--${name}=${value}`);
  if (request.getDryrun()) args.push("--dry-run");
  return [...args, request.getInfo()?.getEntryPoint() ?? ".", ...request.getArgsList()];
}

function environment(request: RunRequest, options: RuntimeOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** Runs a program to its end. @returns the response to the engine: success, an error, or that the error was printed */
export async function runProgram(request: RunRequest, engine: string): Promise<RunResponse> {
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const options = (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  const runner = createRequire(join(folder, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  const nodeArguments = options.nodeargs?.split(/\s+/).filter((argument) => argument !== "") ?? [];
  const child = spawn(process.execPath, [...nodeArguments, runner, ...runArguments(request, engine)], {
    cwd: folder,
    env: environment(request, options),
    // The engine reads output while it is written, so the program inherits the pipes of this process.
    stdio: ["ignore", "inherit", "inherit"],
  });
  running.add(child);
  const end = await new Promise<string | number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      resolve(code ?? signal ?? 1);
    });
  }).finally(() => running.delete(child));
  return responseTo(end);
}

function responseTo(end: string | number): RunResponse {
  if (end === 0) return new RunResponse();
  if (end === ALREADY_SHOWN) return new RunResponse().setBail(true);
  const how = typeof end === "number" ? `exited with code ${end}` : `was killed by ${end}`;
  return new RunResponse().setError(`The program ${how}`);
}
