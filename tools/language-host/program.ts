import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { RunResponse } from "@pulumi/pulumi/proto/language_pb";
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";

/** The exit code by which the SDK says that the error is on the terminal already. */
const ALREADY_SHOWN = 32;

const running = new Set<ChildProcess>();

/** Ends every program at once: what a program had begun, the engine finishes or rolls back by itself. */
export function cancelPrograms(): void {
  for (const child of running) child.kill("SIGKILL");
}

/** The runtime options of Pulumi.yaml that are heeded here. */
interface RuntimeOptions {
  typescript?: boolean;
  nodeargs?: string;
}

/** The arguments of the SDK's `cmd/run`: where the engine listens, what is deployed, and the entry point. */
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
  const given = flags.filter(([, value]) => value !== "").map(([name, value]) => `--${name}=${value}`);
  if (request.getDryrun()) given.push("--dry-run");
  return [...given, request.getInfo()?.getEntryPoint() ?? ".", ...request.getArgsList()];
}

function environment(request: RunRequest, options: RuntimeOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PULUMI_NODEJS_TYPESCRIPT: String(options.typescript !== false),
    PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** Runs a program to its end. @returns what the engine is told: nothing, an error, or that the error was shown already */
export async function runProgram(request: RunRequest, engine: string): Promise<RunResponse> {
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getPwd();
  const options = (request.getInfo()?.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  const runner = createRequire(join(folder, "program.js")).resolve("@pulumi/pulumi/cmd/run");
  const nodeArguments = options.nodeargs?.split(/\s+/).filter((argument) => argument !== "") ?? [];
  const child = spawn(process.execPath, [...nodeArguments, runner, ...runArguments(request, engine)], {
    cwd: folder,
    env: environment(request, options),
    // The engine reads what this process writes as it comes, so the program writes to the very same pipes.
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
  const how = typeof end === "number" ? `exited with code ${end}` : `was ended by ${end}`;
  return new RunResponse().setError(`The program ${how}`);
}
