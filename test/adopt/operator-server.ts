import { join } from "node:path";
import { MAIN_FILE } from "../../provider/servers/server";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { freePorts } from "../support/stack-ports";

/** The claims of a JWT that a configuration repeats. */
interface Claims {
  readonly sub: string;
  readonly nats: { readonly system_account?: string };
}

function claimsOf(jwt: string): Claims {
  const [, body = ""] = jwt.split(".");
  return JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
}

/** The configuration that `nsc generate config --mem-resolver` creates, for a port. */
export function operatorText(operator: string, accounts: readonly string[], port: number): string {
  return `
listen: 127.0.0.1:${port}
operator: ${operator}
system_account: ${claimsOf(operator).nats.system_account ?? ""}
resolver: MEMORY
resolver_preload: {
${accounts.map((token) => `  ${claimsOf(token).sub}: ${token}`).join("\n")}
}
`;
}

/**
 * Runs something with a server that trusts an operator and loads its accounts. It is stopped whatever happens.
 *
 * @param jetstream whether the server runs JetStream
 */
export async function withOperatorServer<T>(
  operator: string,
  accounts: readonly string[],
  use: (port: number) => Promise<T>,
  jetstream = false,
): Promise<T> {
  const cluster = newCluster();
  try {
    const [port = 0] = await freePorts(1);
    const { server } = await newServer(cluster, "operator");
    const storage = jetstream ? `jetstream { store_dir: ${JSON.stringify(join(cluster, "streams"))} }` : "";
    await server.put({ [MAIN_FILE]: operatorText(operator, accounts, port) + storage });
    await server.start();
    return await use(port);
  } finally {
    removeCluster(cluster);
  }
}
