import { runCampaign } from "../lib/campaign";
import { ensureLocalServer } from "../parts/nats-server";
import { oracle } from "../parts/oracle";

/** `npm run differential -- --decisions N [--seed S]`: compares the decisions of both servers for generated models. */
export async function differential(args: string[]): Promise<number> {
  return runCampaign("test/differential/main.ts", args, async () => ({
    NATS_SERVER: await ensureLocalServer(),
    NATS_ORACLE: await oracle(),
  }));
}
