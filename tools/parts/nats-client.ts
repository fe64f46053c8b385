import { which } from "../lib/path";
import { detail, reason, say } from "../lib/say";
import { vendorImages } from "../versions";
import { findEngine } from "./engine";
import { extract, pulled } from "./images";
import { keptAddress } from "./kept-engine";
import { builtClient, cachedClient, takenClient } from "./nats";

/** The `nats` command: the one on PATH, else one from the vendor's image where an engine has or gets it, else one built. */
export async function natsClient(): Promise<string> {
  const present = which("nats") ?? cachedClient();
  if (present !== undefined) return present;
  return (process.platform === "linux" ? await taken() : undefined) ?? builtClient();
}

async function taken(): Promise<string | undefined> {
  try {
    const { engine } = await findEngine(keptAddress());
    if (engine === undefined || !(await pulled(engine.docker, vendorImages.client))) return undefined;
    return await takenClient(async (file) => {
      say(`Taking nats out of the image ${vendorImages.client}: seconds, once`);
      await extract(engine.docker, vendorImages.client, ["/usr/local/bin/nats"], file);
    });
  } catch (error) {
    detail(`not to be had: ${reason(error)}`);
    return undefined;
  }
}
