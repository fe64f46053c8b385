import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goBuild } from "../lib/go";
import { capture } from "../lib/run";
import { versions } from "../versions";
import { downloadModule, executableOf, installPlugin } from "./plugin";

const NAME = "docker";
const VERSION = versions.dockerPlugin;
/** Builds without a revision have no schema of the provider, which programs in YAML need. */
const REVISION = "2";
const sources = join(__dirname, "../modules/docker-plugin");

/**
 * Builds the plugin from its upstream. The upstream's constructor is internal to its module, so a package that exports it is
 * added to a copy of the module.
 */
async function build(folder: string): Promise<void> {
  const { module, sum } = versions.dockerUpstream;
  const work = await mkdtemp(join(tmpdir(), "docker-plugin-"));
  try {
    const upstream = await downloadModule("the docker plugin", module, sum, work);
    await cp(upstream, join(work, "upstream"), { recursive: true });
    await capture("chmod", ["-R", "u+w", work]);
    await cp(sources, work, { recursive: true });
    await goBuild("the docker plugin", {
      what: `Building the Pulumi docker plugin ${VERSION} from its Go modules: 3 to 8 minutes on two cores, once`,
      args: [
        ...["build", "-v", "-trimpath", "-tags", "no_compose", "-ldflags", `-s -w -X main.version=${VERSION}`],
        ...["-o", join(folder, executableOf(NAME)), "."],
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
export function dockerPlugin(pulumi: string, env: NodeJS.ProcessEnv): Promise<void> {
  return installPlugin({ name: NAME, version: VERSION, revision: REVISION, build }, pulumi, env);
}
