/** The folder in the container that holds the configuration, below the root. */
export const FOLDER = "nats-auth";

/** The folder in the container for what streams store, where a volume lies, if there are any. */
export const STORE = "/nats-auth-store";

/** The user and group that a server runs as: nobody, in every image. */
export const SERVER_USER = 65534;

/** Where in the container a file of the configuration lies. */
export function pathInContainer(file: string): string {
  return `/${FOLDER}/${file}`;
}

/** The label that says which of a cluster's servers a container is for. */
export const SERVER_LABEL = "pulumi-nats-auth.server";

/**
 * The label that says which cluster a network was made for: one that a killed update has made, and that is in no state, is
 * found by it.
 */
export const CLUSTER_LABEL = "pulumi-nats-auth.cluster";

/** When the engine starts a server again by itself: always, unless it was stopped. */
export const RESTART_POLICY = "unless-stopped";
