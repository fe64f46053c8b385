import { existsSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { ensureCached, findCached, platform } from "../lib/cache";
import { captureGo } from "../lib/go";
import { attempt, capture } from "../lib/run";
import { detail, longStep, ToolError } from "../lib/terminal";
import { isExecutable } from "../../provider/servers/process/executable";

/** A plugin of Pulumi that can be built from Go modules where its vendor cannot be reached. */
export interface Plugin {
  /** Its name, such as `docker`. */
  readonly name: string;
  readonly version: string;
  /** Distinguishes builds of the same version from different sources. */
  readonly revision?: string;
  /** Builds its executable, {@link executableOf}, in an empty folder. */
  readonly build: (folder: string) => Promise<void>;
}

/** Returns the name of a plugin's executable. */
export const executableOf = (name: string): string => `pulumi-resource-${name}`;

/** Finds a plugin in a Pulumi home. An incomplete one, which Pulumi marks with a file beside it, does not count. */
function findPlugin({ name, version }: Plugin, home: string): string | undefined {
  const folder = join(home, "plugins", `resource-${name}-v${version}`);
  const file = join(folder, executableOf(name));
  return isExecutable(file) && !existsSync(`${folder}.partial`) ? file : undefined;
}

/** Returns the name of the part that is built. */
function partName({ name, version }: Plugin, revision: string | undefined): string {
  return [`${name}-plugin-${version}`, ...(revision === undefined ? [] : [revision]), platform].join("-");
}

/** Returns whether an installed plugin was built before it had a revision. */
function isFormer(file: string, plugin: Plugin): boolean {
  const former = plugin.revision === undefined ? undefined : findCached(partName(plugin, undefined));
  return former !== undefined && statSync(join(former, executableOf(plugin.name))).size === statSync(file).size;
}

/**
 * Installs a plugin in a Pulumi home where it is missing.
 *
 * @param pulumi path of the CLI
 * @param env its environment, with PULUMI_HOME
 */
export async function installPlugin(plugin: Plugin, pulumi: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { name, version, revision, build } = plugin;
  const present = findPlugin(plugin, env.PULUMI_HOME ?? "");
  if (present !== undefined && !isFormer(present, plugin)) return;
  const install = ["plugin", "install", "resource", name, `v${version}`];
  const onMachine = findPlugin(plugin, process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"));
  const attempted = present === undefined ? install : [...install, "--reinstall"];
  if (onMachine === undefined && (await download(plugin, pulumi, attempted, env))) return;
  const file = onMachine ?? join(await ensureCached(partName(plugin, revision), build), executableOf(name));
  await capture(pulumi, [...install, "--reinstall", "--file", file], { env });
}

/** Downloads a plugin from its vendor. @returns whether that succeeded */
function download(
  { name, version }: Plugin,
  pulumi: string,
  install: string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  return longStep(`Downloading the Pulumi ${name} plugin ${version} from its vendor: a minute, once`, async () => {
    const result = await attempt(pulumi, install, { env, timeout: 10 * 60_000 });
    if (result.code !== 0) detail(`not available: ${result.stderr.trim().split("\n").at(-1) ?? ""}`);
    return result.code === 0;
  });
}

/** Downloads the sources of a module to the Go module cache. @returns their read-only folder */
export async function downloadModule(wanted: string, module: string, sum: string, folder: string): Promise<string> {
  const answer = await longStep(`Downloading the sources of ${wanted}: seconds`, () =>
    captureGo(wanted, ["mod", "download", "-json", module], folder),
  );
  const found = JSON.parse(answer) as { Dir: string; Sum: string };
  if (found.Sum !== sum) throw new ToolError(`${module} has the checksum ${found.Sum} instead of ${sum}.`);
  return found.Dir;
}
