import { takeOption } from "../lib/arguments";
import { runCampaign } from "../lib/campaign";
import { ToolError } from "../lib/terminal";
import { ensureLocalServer, ensureServerOfVersion } from "../parts/nats-server";
import { oracle } from "../parts/oracle";

/**
 * `npm run differential -- --decisions N [--seed S] [--servers N] [--version V]`: compares the decisions of servers for
 * generated models.
 *
 * `--servers` is the number of servers of each mode. By default there is one: two separate servers, then two linked ones.
 * `--version` is that of nats-server, such as 2.11; the pinned one by default.
 */
export async function differential(args: string[]): Promise<number> {
  const [servers = "1", others] = takeOption(args, "servers");
  const [version, rest] = takeOption(others, "version");
  if (!/^[1-9]$/.test(servers)) {
    throw new ToolError(
      `--servers ${servers} is not a number from 1 to 9.`,
      "Try `npm run differential -- --servers 3`.",
    );
  }
  const server = async () => {
    if (version === undefined) return { NATS_SERVER: await ensureLocalServer() };
    const other = await ensureServerOfVersion(version);
    return { NATS_SERVER: other.path, NATS_SERVER_VERSION: other.version };
  };
  return runCampaign("test/differential/main.ts", rest, async () => ({
    ...(await server()),
    NATS_ORACLE: await oracle(),
    SERVERS: servers,
  }));
}
