import { randomBytes } from "node:crypto";
import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";
import {
  ARGUMENTS,
  CONFIG_FOLDER,
  CONFIG_MODE,
  CONFIG_VOLUME,
  CONTAINER,
  fileInPod,
  LAME_DUCK_COMMAND,
  POD_NAME,
  podName,
  SERVER_USER,
  STORE_VOLUME,
} from "../../provider/servers/kubernetes/layout";
import { PodServer } from "../../provider/servers/kubernetes/pod";
import type { KubernetesPlace } from "../../provider/servers/place";
import { MAIN_FILE, type ConfigFiles, type Server } from "../../provider/servers/server";
import { Namespace, serverImage, testContext } from "../support/kubernetes";
import type { RealServerHost } from "../servers/contract";

/** The name of the server in tests. */
export const SERVER = "static";

/** The claim of a volume for streams. */
export const CLAIM = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };

/** A StatefulSet as a cluster creates it: without pods, whose template is replaced only where a pod is deleted. */
function statefulSet(name: string, image: string, { claims = false, resources, spec }: PodOptions): object {
  const labels = { "nats-auth-test": name };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      serviceName: name,
      replicas: 0,
      podManagementPolicy: "Parallel",
      updateStrategy: { type: "OnDelete" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: SERVER_USER,
            runAsGroup: SERVER_USER,
            fsGroup: SERVER_USER,
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: CONTAINER,
              image,
              imagePullPolicy: "IfNotPresent",
              args: ARGUMENTS,
              ...(resources === undefined ? {} : { resources }),
              env: [{ name: POD_NAME, valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
              lifecycle: { preStop: { exec: { command: LAME_DUCK_COMMAND } } },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [{ name: CONFIG_VOLUME, mountPath: CONFIG_FOLDER, readOnly: true }],
            },
          ],
          volumes: [{ name: CONFIG_VOLUME, secret: { secretName: name, defaultMode: CONFIG_MODE } }],
          ...spec,
        },
      },
      ...(claims ? { volumeClaimTemplates: [{ metadata: { name: STORE_VOLUME }, spec: CLAIM }] } : {}),
    },
  };
}

/** Options of a StatefulSet for tests. */
export interface PodOptions {
  /** By default the context of the tests. */
  readonly api?: KubernetesAccess;
  readonly image?: string;
  /** Whether the StatefulSet has a template of claims of volumes for streams. */
  readonly claims?: boolean;
  /** The resources of the container. */
  readonly resources?: object;
  /** More of the template of the pods. */
  readonly spec?: object;
  /** Lines of the configuration with which the server starts. */
  readonly lines?: string;
}

/** Creates an empty Secret and a StatefulSet. @returns the place of its first pod */
export async function createPlace(
  namespace: Namespace,
  { api = { context: testContext() }, image = serverImage(), ...more }: PodOptions = {},
): Promise<KubernetesPlace> {
  const name = `s-${randomBytes(4).toString("hex")}`;
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name } };
  await namespace.apply(
    JSON.stringify({ apiVersion: "v1", kind: "List", items: [secret, statefulSet(name, image, more)] }),
  );
  const { metadata } = (await namespace.get("statefulset", name)) as { readonly metadata: { readonly uid: string } };
  const host = `${podName(name, 0)}.${name}.${namespace.name}.svc`;
  return {
    ...{ kind: "kubernetes", api, namespace: namespace.name, statefulSet: name, uid: metadata.uid, ordinal: 0 },
    ...{ secret: name, host, template: "" },
  };
}

/** Returns the files of a configuration for a pod. */
export function filesFor({ statefulSet: name, ordinal }: KubernetesPlace, lines = ""): ConfigFiles {
  const include = `include "./${fileInPod(podName(name, ordinal), "routes.conf")}"`;
  return { [MAIN_FILE]: `port: 4222\n${lines}\n${include}\n`, "routes.conf": "" };
}

/** A host whose servers are pods. */
export async function podHost(): Promise<RealServerHost> {
  const namespace = new Namespace();
  await namespace.create();
  let latest: KubernetesPlace | undefined;
  const places = new Map<Server, KubernetesPlace>();
  return {
    async place() {
      latest = await createPlace(namespace);
      const server = new PodServer(SERVER, latest);
      places.set(server, latest);
      return server;
    },
    files(lines) {
      if (latest === undefined) {
        throw new Error("a place is needed first");
      }
      return filesFor(latest, lines);
    },
    async remove(server) {
      await namespace.kubectl(["delete", "statefulset", places.get(server)?.statefulSet ?? "", "--wait"]);
    },
    dispose: () => namespace.remove(),
  };
}

/** Creates a server that runs with a configuration. */
export async function startServer(namespace: Namespace, options?: PodOptions) {
  const place = await createPlace(namespace, options);
  const server = new PodServer(SERVER, place);
  await server.put(filesFor(place, options?.lines));
  await server.start();
  return { place, server, pod: podName(place.statefulSet, place.ordinal) };
}
