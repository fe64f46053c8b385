import { join } from "node:path";
import { checkout } from "../local-folder";
import { sweepRuns, withinRun } from "../run-scope";
import { live } from "./run";

/**
 * Runs a script that tries generated inputs on servers, and leaves nothing behind.
 *
 * @param script its path from the checkout
 * @param prepare returns the variables by which the script gets its machine
 */
export async function runCampaign(
  script: string,
  args: string[],
  prepare: () => Promise<NodeJS.ProcessEnv>,
): Promise<number> {
  await sweepRuns();
  const env = { ...process.env, ...(await prepare()) };
  return withinRun((variables) =>
    live(process.execPath, ["--import", "tsx", join(checkout, script), ...args], {
      cwd: checkout,
      env: { ...env, ...variables },
    }),
  );
}
