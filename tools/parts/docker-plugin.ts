import { cp, mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { existsSync } from "node:fs";
import { ensureCached, platform } from "../lib/cache";
import { captureGo, goBuild } from "../lib/go";
import { isExecutable } from "../../provider/servers/process/executable";
import { attempt, capture } from "../lib/run";
import { detail, longStep, ToolError } from "../lib/terminal";
import { versions } from "../versions";

const NAME = "pulumi-resource-docker";
const VERSION = versions.dockerPlugin;
const sources = join(__dirname, "../modules/docker-plugin");

/** Finds the plugin in a Pulumi home. An incomplete one, which Pulumi marks with a file beside it, does not count. */
function findPlugin(home: string): string | undefined {
  const folder = join(home, "plugins", `resource-docker-v${VERSION}`);
  const file = join(folder, NAME);
  return isExecutable(file) && !existsSync(`${folder}.partial`) ? file : undefined;
}

/** Downloads the upstream provider's sources to the Go module cache. @returns their read-only folder */
async function downloadUpstream(folder: string): Promise<string> {
  const { module, sum } = versions.dockerUpstream;
  const answer = await longStep("Downloading the sources of the docker plugin: seconds", () =>
    captureGo("the docker plugin", ["mod", "download", "-json", module], folder),
  );
  const found = JSON.parse(answer) as { Dir: string; Sum: string };
  if (found.Sum !== sum) throw new ToolError(`${module} has the checksum ${found.Sum} instead of ${sum}.`);
  return found.Dir;
}

/**
 * Builds the plugin from its upstream. The upstream's constructor is internal to its module, so a package that exports it is
 * added to a copy of the module.
 */
async function build(folder: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), "docker-plugin-"));
  try {
    await cp(await downloadUpstream(work), join(work, "upstream"), { recursive: true });
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
 * Installs the docker plugin in a Pulumi home where it is missing.
 *
 * @param pulumi path of the CLI
 * @param env its environment, with PULUMI_HOME
 */
export async function dockerPlugin(pulumi: string, env: NodeJS.ProcessEnv): Promise<void> {
  const home = env.PULUMI_HOME ?? "";
  if (findPlugin(home) !== undefined) return;
  const install = ["plugin", "install", "resource", "docker", `v${VERSION}`];
  const onMachine = findPlugin(process.env.PULUMI_HOME ?? join(homedir(), ".pulumi"));
  if (onMachine === undefined && (await download(pulumi, install, env))) return;
  const file = onMachine ?? join(await ensureCached(`docker-plugin-${VERSION}-${platform}`, build), NAME);
  await capture(pulumi, [...install, "--reinstall", "--file", file], { env });
}

/** Downloads the plugin from its vendor. @returns whether that succeeded */
async function download(pulumi: string, install: string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  return longStep(`Downloading the Pulumi docker plugin ${VERSION} from its vendor: a minute, once`, async () => {
    const result = await attempt(pulumi, install, { env, timeout: 10 * 60_000 });
    if (result.code !== 0) detail(`not available: ${result.stderr.trim().split("\n").at(-1) ?? ""}`);
    return result.code === 0;
  });
}
