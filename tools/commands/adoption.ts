import { ensureLocalServer } from "../parts/nats-server";
import { runCampaign } from "../lib/campaign";

/** `npm run adoption -- --decisions N [--seed S]`: compares adopted servers with the original ones for generated originals. */
export async function adoption(args: string[]): Promise<number> {
  return runCampaign("test/adoption/main.ts", args, async () => ({ NATS_SERVER: await ensureLocalServer() }));
}
