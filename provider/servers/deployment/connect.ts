import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { PerServer } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import { errorMessage, ServerError } from "../errors";
import { SystemClient, type Connecting, type RemoteServer } from "../system-client";
import type { DeployedServer, DeploymentAccess, ReachedServer, TlsFiles } from "./deployment";
import { expectedName, PARTIAL_CHAINS } from "../tls-client";
import { problemOf } from "./problems";

/** The clients of the servers that can be reached, and the problems of the others. */
export interface Connected {
  readonly clients: PerServer<SystemClient>;
  readonly problems: readonly Diagnostic[];
}

/** Connects to all servers as the user of the system account. */
export async function connectAll(servers: PerServer<ReachedServer>, access: DeploymentAccess): Promise<Connected> {
  const results = await Promise.all(
    Object.entries(servers).map(async ([name, server]): Promise<Connected> => {
      const login = (server.mode === "static" ? access.seed : access.creds) ?? "";
      try {
        const client = await SystemClient.connect([endpointOf(server)], login, 1, connectingTo(server, access));
        return { clients: { [name]: client }, problems: [] };
      } catch (error) {
        return { clients: {}, problems: [connectionProblem(name, server, error)] };
      }
    }),
  );
  return {
    clients: Object.assign({}, ...results.map(({ clients }) => clients)) as PerServer<SystemClient>,
    problems: results.flatMap(({ problems }) => problems),
  };
}

/** Returns where clients connect to a server. */
export function endpointOf({ url, via }: ReachedServer): RemoteServer {
  return omitUndefined<RemoteServer>({ url, via });
}

/** Returns how to connect to a server. A declared option of TLS requires it, also without a scheme that does. */
export function connectingTo(
  { url, certificateName, handshakeFirst }: DeployedServer,
  { tls }: { readonly tls?: TlsFiles },
): Connecting {
  const name = "pulumi-nats-auth verification";
  const isDeclared = tls !== undefined || certificateName !== undefined || handshakeFirst === true;
  if (!isDeclared && !url.startsWith("tls:")) {
    return { name };
  }
  const first = handshakeFirst === true ? { handshakeFirst } : {};
  const options = { ...PARTIAL_CHAINS, ...tls, ...expectedName(certificateName ?? new URL(url).hostname), ...first };
  return { name, tls: options };
}

/** The problem of a server that the verification could not log in to. */
export function connectionProblem(name: string, { url, mode }: DeployedServer, error: unknown): Diagnostic {
  const words = errorMessage(error instanceof ServerError ? error.cause : error);
  const isRejected = error instanceof ServerError && error.code === "NA5021";
  return isRejected
    ? problemOf(
        name,
        "NA5081",
        `rejects the ${mode === "static" ? "seed" : "creds"} of the system account at ${url} (${words})`,
      )
    : problemOf(name, "NA5080", `cannot be reached at ${url} (${words})`);
}
