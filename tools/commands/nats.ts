import { leaveStdout } from "../lib/say";
import { live } from "../lib/run";
import { checkout } from "../local-folder";
import { natsClient } from "../parts/nats-client";

/** `npm run nats -- …`: the `nats` command of this machine, or one that is downloaded or built once. */
export async function nats(args: string[]): Promise<number> {
  leaveStdout();
  return live(await natsClient(), args, { cwd: checkout });
}
