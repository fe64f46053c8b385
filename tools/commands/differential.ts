import { join } from "node:path";
import { live } from "../lib/run";
import { checkout } from "../local-folder";
import { natsServerAlone } from "../parts/nats-server";
import { oracle } from "../parts/oracle";
import { sweepRuns, withinRun } from "../run-scope";

/** `npm run differential -- --decisions N [--seed S]`: tries generated models on two real servers. */
export async function differential(args: string[]): Promise<number> {
  await sweepRuns();
  const script = join(checkout, "test/differential/main.ts");
  const env = { ...process.env, NATS_SERVER: await natsServerAlone(), NATS_ORACLE: await oracle() };
  return withinRun((variables) =>
    live(process.execPath, ["--import", "tsx", script, ...args], { cwd: checkout, env: { ...env, ...variables } }),
  );
}
