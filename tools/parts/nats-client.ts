import { which } from "../lib/path";
import { detail, reason, say } from "../lib/terminal";
import { vendorImages } from "../versions";
import { findEngine } from "./engine";
import { extract, ensurePulled } from "./images";
import { sharedAddress } from "./shared-engine";
import { buildClient, findCachedClient, cacheClient } from "./nats";

/** Returns the `nats` command from PATH or the cache, else from the vendor's image, else builds it. @returns its path */
export async function natsClient(): Promise<string> {
  const present = which("nats") ?? findCachedClient();
  if (present !== undefined) return present;
  return (process.platform === "linux" ? await copyFromImage() : undefined) ?? buildClient();
}

async function copyFromImage(): Promise<string | undefined> {
  try {
    const { engine } = await findEngine(sharedAddress());
    if (engine === undefined || !(await ensurePulled(engine.docker, vendorImages.client))) return undefined;
    return await cacheClient(async (file) => {
      say(`Copying nats from the image ${vendorImages.client}: seconds, once`);
      await extract(engine.docker, vendorImages.client, ["/usr/local/bin/nats"], file);
    });
  } catch (error) {
    detail(`not available: ${reason(error)}`);
    return undefined;
  }
}
