import { Agent, type AgentOptions } from "node:https";
import { isDeepStrictEqual } from "node:util";
import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type * as library from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { KubernetesAccess } from "./access";
import { RESPONSE_TIMEOUT } from "../timeouts";
import { missingLibrary, unknownContext, unreadableKubeconfig } from "./errors";
import { useTokenFile } from "./token-file";
import { Turn } from "./turn";

/** Milliseconds for which a kubeconfig is not read again: a command that it contains for logging in takes long. */
const CONFIG_LIFETIME = 60_000;

export type Library = typeof library;

/**
 * Keeps connections for the next request: the library opens one for each. A renewed certificate is used by new connections only, so that
 * other options have an agent of their own.
 */
class KeptConnections {
  #last: { readonly options: AgentOptions; readonly agent: Agent } | undefined;

  /** Returns an agent with the options of another one. Those of proxies, and of servers without TLS, stay as they are. */
  keep<T>(given: T): T | Agent {
    if (!(given instanceof Agent) || given.constructor !== Agent) {
      return given;
    }
    const { options = {} } = given as { readonly options?: AgentOptions };
    if (this.#last === undefined || !isDeepStrictEqual(this.#last.options, options)) {
      this.#last = { options, agent: new Agent({ ...options, keepAlive: true }) };
    }
    return this.#last.agent;
  }
}

/** Creates an API whose requests end, and whose patches are merged. */
export function createApi<Api>(
  { library, config, kept }: Connection,
  Type: new (configuration: ReturnType<Library["createConfiguration"]>) => Api,
): Api {
  const { server = "" } = config.getCurrentCluster() ?? {};
  return new Type(
    library.createConfiguration({
      baseServer: new library.ServerConfiguration(server, {}),
      authMethods: { default: config },
      promiseMiddleware: [
        {
          pre: (context) => {
            context.setSignal(AbortSignal.timeout(RESPONSE_TIMEOUT));
            const agent = kept.keep(context.getAgent());
            if (agent !== undefined) {
              context.setAgent(agent);
            }
            if (context.getHttpMethod() === library.HttpMethod.PATCH) {
              context.setHeaderParam("Content-Type", library.PatchStrategy.MergePatch);
            }
            return Promise.resolve(context);
          },
          post: (context) => Promise.resolve(context),
        },
      ],
    }),
  );
}

/** The library, and a kubeconfig whose current context is the one to use. */
export interface Connection {
  readonly library: Library;
  readonly config: KubeConfig;
  readonly kept: KeptConnections;
  readonly turn: Turn;
  /** When a request had no response for the last time, as `performance.now()`. */
  lastOutage: number;
}

const connections = new Map<string, { readonly connection: Promise<Connection>; readonly opened: number }>();

/** Returns the library and a kubeconfig. */
export function openConnection(access: KubernetesAccess): Promise<Connection> {
  const key = JSON.stringify([access.kubeconfig, access.context, process.env.KUBECONFIG]);
  const known = connections.get(key);
  if (known !== undefined && performance.now() - known.opened < CONFIG_LIFETIME) {
    return known.connection;
  }
  const connection = loadConnection(access);
  connections.set(key, { connection, opened: performance.now() });
  connection.catch(() => connections.delete(key));
  return connection;
}

async function loadConnection({ kubeconfig, context }: KubernetesAccess): Promise<Connection> {
  const library = await loadLibrary();
  const config = new library.KubeConfig();
  try {
    if (kubeconfig === undefined) {
      config.loadFromDefault();
    } else {
      config.loadFromString(kubeconfig);
    }
  } catch {
    throw unreadableKubeconfig();
  }
  const name = context ?? (kubeconfig === undefined ? undefined : config.getCurrentContext());
  if (name === undefined || config.getContextObject(name) === null) {
    throw unknownContext(
      name,
      config.getContexts().map((one) => one.name),
    );
  }
  config.setCurrentContext(name);
  useTokenFile(config, library, kubeconfig);
  return { library, config, kept: new KeptConnections(), turn: new Turn(), lastOutage: -Infinity };
}

/** Loaded only when needed: it is an optional dependency, and takes long to load. */
async function loadLibrary(): Promise<Library> {
  try {
    return await import("@kubernetes/client-node");
  } catch (error) {
    throw missingLibrary(error);
  }
}
