import { MAIN_FILE } from "../server";

/*
 * The pods of an entry of a cluster are one StatefulSet. One Secret has the files of all its pods, each with the name of its pod
 * before it, and every pod mounts the whole Secret:
 *
 *   /nats-auth/<statefulSet>-0_nats.conf, /nats-auth/<statefulSet>-0_routes.conf, /nats-auth/<statefulSet>-1_nats.conf, …
 *
 * The template of the pods is the same for all, and does not change with their number.
 */

/** The folder in a pod where the Secret with the configurations is mounted. */
export const CONFIG_FOLDER = "/nats-auth";

/** The mode of its files: the group of the server can read them. */
export const CONFIG_MODE = 0o440;

/** The folder of JetStream storage in a pod, where its volume is mounted if streams are stored. */
export const STORE = "/nats-auth-store";

/** The names of the container that runs nats-server, and of the volumes of its configuration and of its storage. */
export const CONTAINER = "nats";
export const CONFIG_VOLUME = "configuration";
export const STORE_VOLUME = "store";

/** The user and group of the server: nobody, in every image. */
export const SERVER_USER = 65534;

/** The environment variable with the name of the pod, from `metadata.name`. */
export const POD_NAME = "POD_NAME";

/** The arguments of nats-server in a pod. Kubernetes replaces the variable by its value. */
export const ARGUMENTS: readonly string[] = ["-c", `${CONFIG_FOLDER}/${fileInPod(`$(${POD_NAME})`, MAIN_FILE)}`];

/** Makes nats-server, run in its container, send a signal to the main process: the image need not contain a shell. */
function signalCommand(signal: "ldm" | "quit" | "reload"): readonly string[] {
  return [SERVER_COMMAND, "--signal", `${signal}=1`];
}

/** The path of the running nats-server in its container, whatever the image calls it. */
export const SERVER_COMMAND = "/proc/1/exe";

/** Makes the server enter lame duck mode: the command for `preStop`. In this mode it ignores SIGTERM, which follows. */
export const LAME_DUCK_COMMAND = signalCommand("ldm");
/** Stops the server, also in lame duck mode. */
export const QUIT_COMMAND = signalCommand("quit");
/** Makes the server reload its configuration. */
export const RELOAD_COMMAND = signalCommand("reload");

/** The annotation of every object with the owner of its name: see `ClusterNames`. */
export const OWNER_ANNOTATION = "pulumi-nats-auth/owner";

/** The label of every object with the name of its cluster, by which Services and StatefulSets select pods. */
export const CLUSTER_LABEL = "pulumi-nats-auth/cluster";

/** Returns the name of the StatefulSet of an entry of `servers`, of its Secret and of its Service. */
export function entryName(clusterName: string, entry: string): string {
  return `${clusterName}-${entry}`;
}

/** Returns the name of a pod of a StatefulSet. */
export function podName(statefulSet: string, ordinal: number): string {
  return `${statefulSet}-${ordinal}`;
}

/** Returns the name of the Service by which servers outside of the Kubernetes cluster reach a pod. */
export function routeServiceName(pod: string): string {
  return `${pod}-routes`;
}

/** Returns the name of the PersistentVolumeClaim of a pod, as Kubernetes derives it from the template of a StatefulSet. */
export function storeClaim(pod: string): string {
  return `${STORE_VOLUME}-${pod}`;
}

/** Returns the name of a file of a pod: in the Secret, in the folder of configurations, and in the text that includes it. */
export function fileInPod(pod: string, file: string): string {
  return `${pod}_${file}`;
}

/** The annotation of the pod template that changes with every setting that nats-server reads only when it starts. */
export const RESTART_ANNOTATION = "pulumi-nats-auth/restart-for";
