import { totalmem } from "node:os";
import { capture } from "./run";
import { longStep, ToolError } from "./terminal";
import { which } from "./path";
import { versions } from "../versions";

/** A build with the Go toolchain. */
export interface GoBuild {
  /** A line for the terminal: the target, and roughly how long the build takes. */
  what: string;
  /** Arguments of `go`. */
  args: string[];
  cwd: string;
  env?: NodeJS.ProcessEnv;
}

const environment = { CGO_ENABLED: "0", GOWORK: "off" };

const GIB = 2 ** 30;
/** Memory from which on compilers collect garbage less often, which saves an eighth of their work. */
const PLENTY = 4 * GIB;
const compiling: NodeJS.ProcessEnv = totalmem() < PLENTY ? {} : { GOGC: "400" };

/**
 * Returns the path of `go`.
 *
 * @param wanted the part to build, for errors
 * @throws ToolError when it is missing or too old
 */
async function findGo(wanted: string): Promise<string> {
  const remedy = `Install ${wanted}, or install Go ${versions.oldestGo} or newer (https://go.dev/dl) to build it here.`;
  const go = which("go");
  if (go === undefined) throw new ToolError(`${wanted} is missing, and cannot be downloaded or built.`, remedy);
  const [, major = 0, minor = 0] = (/go(\d+)\.(\d+)/.exec(await capture(go, ["env", "GOVERSION"])) ?? []).map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = versions.oldestGo.split(".").map(Number);
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new ToolError(`${wanted} cannot be built: ${go} is Go ${major}.${minor}, which is too old.`, remedy);
  }
  return go;
}

/** Runs a short `go` command. @returns its stdout */
export async function captureGo(wanted: string, args: string[], cwd: string): Promise<string> {
  return capture(await findGo(wanted), args, { cwd, env: { ...process.env, ...environment } });
}

/** Runs a build and prints its progress. */
export async function goBuild(wanted: string, build: GoBuild): Promise<void> {
  const go = await findGo(wanted);
  const seen = { downloads: 0, packages: 0 };
  const onStderr = (text: string): void => {
    for (const line of text.split("\n")) {
      if (line.startsWith("go: downloading")) seen.downloads++;
      else if (line !== "") seen.packages++;
    }
  };
  const env = { ...compiling, ...process.env, ...environment, ...build.env };
  await longStep(
    build.what,
    () => capture(go, build.args, { cwd: build.cwd, env, onStderr }),
    () => `${seen.downloads} modules downloaded, ${seen.packages} packages compiled`,
  );
}
