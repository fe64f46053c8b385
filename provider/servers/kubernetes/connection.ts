import type { KubeConfig } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type * as library from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type { KubernetesAccess } from "./access";
import { RESPONSE_TIMEOUT } from "../timeouts";
import { missingLibrary, unknownContext, unreadableKubeconfig } from "./errors";

/** Milliseconds for which a kubeconfig is not read again: a command that it contains for logging in takes long. */
const CONFIG_LIFETIME = 60_000;

export type Library = typeof library;

/** Creates an API whose requests end, and whose patches are merged. */
export function createApi<Api>(
  library: Library,
  config: KubeConfig,
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
  return { library, config };
}

/** Loaded only when needed: it is an optional dependency, and takes long to load. */
async function loadLibrary(): Promise<Library> {
  try {
    return await import("@kubernetes/client-node");
  } catch (error) {
    throw missingLibrary(error);
  }
}
