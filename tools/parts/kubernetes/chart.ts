import { existsSync } from "node:fs";
import { join } from "node:path";
import { ensureCached } from "../../lib/cache";
import { attempt } from "../../lib/run";
import { longStep, reason, say, ToolError } from "../../lib/terminal";
import { versions } from "../../versions";

/** The variable with the folder of the chart: `helm/charts/nats` in a checkout of its repository. */
const FOLDER_VARIABLE = "NATS_CHART";
const REPOSITORY = "https://nats-io.github.io/k8s/helm/charts";

/** Downloads the chart. @throws ToolError when the repository does not answer */
async function download(helm: string, folder: string): Promise<void> {
  const args = ["pull", "nats", "--repo", REPOSITORY, "--version", versions.natsChart, "--untar", "--untardir", folder];
  await longStep(
    `Downloading the Helm chart of NATS ${versions.natsChart} from its repository: seconds, once`,
    async () => {
      const { code, stderr } = await attempt(helm, args, { timeout: 60_000 });
      if (code !== 0) throw new ToolError(stderr.trim().split("\n").at(-1) ?? "");
    },
  );
}

/**
 * Returns the folder of the official Helm chart: the one that NATS_CHART names, else one that is downloaded once; undefined
 * where it cannot be had.
 *
 * @throws ToolError when NATS_CHART names another folder
 */
export async function natsChart(helm: string): Promise<string | undefined> {
  const given = process.env[FOLDER_VARIABLE];
  if (given !== undefined) {
    if (existsSync(join(given, "Chart.yaml"))) return given;
    throw new ToolError(`${FOLDER_VARIABLE}=${given} is not a folder with Chart.yaml.`);
  }
  try {
    return join(await ensureCached(`nats-chart-${versions.natsChart}`, (folder) => download(helm, folder)), "nats");
  } catch (error) {
    say(
      `The chart is not available: ${reason(error)}. Tests use a stored rendering of it; ${FOLDER_VARIABLE} names a copy.`,
    );
    return undefined;
  }
}
