import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of the parts that are downloaded or built once and used by every checkout. */
export function cacheRoot(): string {
  const { PULUMI_NATS_AUTH_CACHE, XDG_CACHE_HOME } = process.env;
  return PULUMI_NATS_AUTH_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), ".cache"), "pulumi-nats-auth");
}
