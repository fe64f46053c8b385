import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goBuild } from "../lib/go";
import { versions } from "../versions";
import { downloadModule, executableOf, installPlugin } from "./plugin";

const NAME = "kubernetes";
const VERSION = versions.kubernetesPlugin;
const sources = join(__dirname, "../modules/kubernetes-plugin");

/** Files of the provider's module that its plugin contains. */
const EMBEDDED = ["schema.json", "terraform-mapping.json"];

/** Builds the plugin from the module of its provider. */
async function build(folder: string): Promise<void> {
  const { module, sum } = versions.kubernetesProvider;
  const work = await mkdtemp(join(tmpdir(), "kubernetes-plugin-"));
  try {
    const provider = await downloadModule("the kubernetes plugin", module, sum, work);
    await cp(sources, work, { recursive: true });
    for (const file of EMBEDDED) await cp(join(provider, "cmd", executableOf(NAME), file), join(work, file));
    const version = `github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${VERSION}`;
    await goBuild("the kubernetes plugin", {
      what: `Building the Pulumi kubernetes plugin ${VERSION} from its Go modules: 8 to 15 minutes on two cores, once`,
      args: [
        ...["build", "-v", "-trimpath", "-ldflags", `-s -w -X ${version}`],
        ...["-o", join(folder, executableOf(NAME)), "."],
      ],
      cwd: work,
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Installs the kubernetes plugin in a Pulumi home where it is missing.
 *
 * @param pulumi path of the CLI
 * @param env its environment, with PULUMI_HOME
 */
export function kubernetesPlugin(pulumi: string, env: NodeJS.ProcessEnv): Promise<void> {
  return installPlugin({ name: NAME, version: VERSION, build }, pulumi, env);
}
