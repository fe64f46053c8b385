import { printToStderr } from "../lib/terminal";
import { live } from "../lib/run";
import { checkout } from "../local-folder";
import { natsClient } from "../parts/nats-client";

/** `npm run nats -- …`: runs the `nats` command of this machine, or one that is downloaded or built once. */
export async function nats(args: string[]): Promise<number> {
  printToStderr();
  return live(await natsClient(), args, { cwd: checkout });
}
