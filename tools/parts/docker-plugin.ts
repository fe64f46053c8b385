import { cp, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { cached, platform } from "../lib/cache";
import { askGo, goBuild } from "../lib/go";
import { isExecutable } from "../lib/path";
import { attempt, capture } from "../lib/run";
import { detail, longStep, ToolError } from "../lib/say";
import { versions } from "../versions";

const NAME = "pulumi-resource-docker";
const VERSION = versions.dockerPlugin;
const sources = join(__dirname, "../modules/docker-plugin");

/** The plugin within a Pulumi home, when it is whole: the engine marks an unfinished one with a file beside it. */
function within(home: string): string | undefined {
  const folder = join(home, "plugins", `resource-docker-v${VERSION}`);
  const file = join(folder, NAME);
  return isExecutable(file) && !existsSync(`${folder}.partial`) ? file : undefined;
}

/** Whether the engine finds the docker plugin in this home. */
export function hasDockerPlugin(home: string): boolean {
  return within(home) !== undefined;
}

/** Fetches the upstream provider's sources through the Go module cache. @returns their read-only folder */
async function upstream(folder: string): Promise<string> {
  const { module, sum } = versions.dockerUpstream;
  const answer = await longStep("Fetching the sources of the docker plugin: seconds", () =>
    askGo("the docker plugin", ["mod", "download", "-json", module], folder),
  );
  const found = JSON.parse(answer) as { Dir: string; Sum: string };
  if (found.Sum !== sum) throw new ToolError(`${module} has the checksum ${found.Sum}, expected was ${sum}.`);
  return found.Dir;
}

/**
 * Builds the plugin from its own upstream. The upstream's constructor is internal to its module, so a copy of that module
 * gets one more package, which exports it.
 */
async function build(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "docker-plugin-"));
  try {
    await cp(await upstream(work), join(work, "upstream"), { recursive: true });
    await capture("chmod", ["-R", "u+w", work]);
    await cp(sources, work, { recursive: true });
    await goBuild("the docker plugin", {
      what: `Building the Pulumi docker plugin ${VERSION} from its Go modules: 3 to 8 minutes on two cores, once`,
      args: [
        ...["build", "-v", "-trimpath", "-tags", "no_compose", "-ldflags", `-s -w -X main.version=${VERSION}`],
        ...["-o", join(folder, NAME), "."],
      ],
      cwd: work,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Sees to it that the engine finds the docker plugin in its home.
 *
 * @param pulumi the CLI
 * @param env the environment that it runs in, with PULUMI_HOME
 */
export async function dockerPlugin(pulumi: string, env: NodeJS.ProcessEnv): Promise<void> {
  const home = env.PULUMI_HOME ?? "";
  if (within(home) !== undefined) return;
  const install = ["plugin", "install", "resource", "docker", `v${VERSION}`];
  const onMachine = within(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"));
  if (onMachine === undefined && (await download(pulumi, install, env))) return;
  const file = onMachine ?? join(await cached(`docker-plugin-${VERSION}-${platform}`, build), NAME);
  await capture(pulumi, [...install, "--reinstall", "--file", file], { env });
}

/** @returns whether the vendor's download could be had */
async function download(pulumi: string, install: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return longStep(`Downloading the Pulumi docker plugin ${VERSION} from its vendor: a minute, once`, async () => {
    const result = await attempt(pulumi, install, { env, timeout: 10 * 60_000 });
    if (result.code !== 0) detail(`not to be had: ${result.stderr.trim().split("\n").at(-1) ?? ""}`);
    return result.code === 0;
  });
}
