import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadAll } from "js-yaml";
import { waitFor } from "../../provider/servers/log";
import type { Authority } from "./certificates";
import { serverImage, Namespace } from "./kubernetes";
import { mustLeaveNothing } from "./leftovers";

const NAME = "nack";
const GROUP = "jetstream.nats.io";
/** The folders of its container. */
const [PROGRAM_FOLDER, WORK_FOLDER] = ["/nack", "/work"];
/** Milliseconds in which NACK has tried to do something. */
const TIMEOUT = 60_000;

/** A resource of NACK. */
export interface NackResource {
  readonly kind: "Stream" | "Consumer" | "KeyValue" | "ObjectStore";
  readonly name: string;
  readonly spec: object;
}

interface Definition {
  readonly spec: { readonly versions: readonly { readonly served: boolean }[] };
}

interface ClusterRole {
  readonly kind: string;
  readonly rules: readonly object[];
}

/** Returns the path of the program of NACK, or of a manifest of its Go module. */
function nackFile(name: string): string {
  const { NACK_FOLDER: folder = "" } = process.env;
  if (folder === "") {
    throw new Error("NACK_FOLDER is not set: `npm run test:kubernetes` builds NACK for the tests that run it");
  }
  return join(folder, name);
}

/** Returns the objects in a manifest of NACK's Go module. */
const read = <T>(name: string) => loadAll(readFileSync(nackFile(name), "utf8")) as T[];

/** The definitions of NACK's resources, which belong to the whole cluster. */
export class NackDefinitions {
  readonly #namespace = new Namespace();
  #isOwn = false;

  constructor() {
    mustLeaveNothing(this);
  }

  /** Creates them, apart from those of no served version: Kubernetes does not delete them in time. @throws if one exists */
  async create(): Promise<void> {
    const all = read<Definition>("crds.yml").filter(({ spec }) => spec.versions.some(({ served }) => served));
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: all });
    // If this fails, some of them may exist.
    this.#isOwn = true;
    await this.#namespace.kubectl(["create", "--filename", "-"], list);
    await this.#namespace.kubectl(["wait", ...(await this.remains()), "--for=condition=Established", "--timeout=60s"]);
  }

  async remove(): Promise<void> {
    const names = await this.remains();
    if (names.length > 0) {
      await this.#namespace.kubectl(["delete", ...names, "--timeout=60s"]);
    }
  }

  async remains(): Promise<string[]> {
    if (!this.#isOwn) {
      return [];
    }
    const names = await this.#namespace.kubectl(["get", "customresourcedefinitions", "--output", "name"]);
    return names.split("\n").filter((name) => name.endsWith(GROUP));
  }
}

/** NACK in a pod of a namespace, whose resources it serves. */
export class Nack {
  readonly namespace = new Namespace();

  /** Creates the namespace, and starts NACK with the permissions that it asks for, in this namespace alone. */
  async start(...flags: string[]): Promise<void> {
    await this.namespace.create();
    const { rules = [] } = read<ClusterRole>("rbac.yml").find(({ kind }) => kind === "ClusterRole") ?? {};
    const container = {
      name: NAME,
      image: serverImage(),
      imagePullPolicy: "IfNotPresent",
      command: [`${PROGRAM_FOLDER}/jetstream-controller`, `--namespace=${this.namespace.name}`, ...flags],
      workingDir: WORK_FOLDER,
      volumeMounts: [
        { name: "program", mountPath: PROGRAM_FOLDER, readOnly: true },
        { name: "work", mountPath: WORK_FOLDER },
      ],
    };
    const volumes = [
      { name: "program", hostPath: { path: nackFile("") } },
      { name: "work", emptyDir: {} },
    ];
    const rbac = "rbac.authorization.k8s.io";
    const items = [
      { apiVersion: "v1", kind: "ServiceAccount" },
      { apiVersion: `${rbac}/v1`, kind: "Role", rules },
      {
        ...{ apiVersion: `${rbac}/v1`, kind: "RoleBinding" },
        roleRef: { apiGroup: rbac, kind: "Role", name: NAME },
        subjects: [{ kind: "ServiceAccount", name: NAME }],
      },
      {
        ...{ apiVersion: "v1", kind: "Pod" },
        spec: { serviceAccountName: NAME, terminationGracePeriodSeconds: 1, containers: [container], volumes },
      },
    ].map((item) => ({ ...item, metadata: { name: NAME } }));
    await this.namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  }

  /** Creates a Secret with the certificate of an authority. */
  async trust(secret: string, { cert }: Authority): Promise<void> {
    await this.namespace.kubectl(["create", "secret", "generic", secret, `--from-literal=ca.crt=${cert}`]);
  }

  /** Creates or changes resources. */
  async apply(...resources: readonly NackResource[]): Promise<void> {
    const items = resources.map(({ kind, name, spec }) => {
      return { apiVersion: `${GROUP}/v1beta2`, kind, metadata: { name }, spec };
    });
    await this.namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  }

  /** Waits until a resource is ready as it was declared last: kubectl compares its generation with that of the status. */
  async ready(resource: string): Promise<void> {
    await this.namespace.kubectl(["wait", resource, "--for=condition=Ready", `--timeout=${TIMEOUT / 1000}s`]);
  }

  /** Waits until a resource has failed. @returns the message of its condition */
  async failure(kind: string, name: string): Promise<string | undefined> {
    return waitFor(async () => {
      const { status = {} } = (await this.namespace.get(kind, name)) as {
        status?: { conditions?: readonly { readonly status: string; readonly message: string }[] };
      };
      return status.conditions?.find((condition) => condition.status === "False")?.message;
    }, TIMEOUT);
  }

  /** Deletes resources, in this order. NACK deletes what they stand for. */
  async delete(...resources: readonly string[]): Promise<void> {
    for (const resource of resources) {
      await this.namespace.kubectl(["delete", resource, `--timeout=${TIMEOUT / 1000}s`]);
    }
  }

  /** What NACK printed. @param flags of `kubectl logs` */
  log(...flags: readonly string[]): Promise<string> {
    return this.namespace.kubectl(["logs", NAME, ...flags]);
  }

  /** Removes the namespace with all resources, also those that NACK has not finished. */
  async remove(): Promise<void> {
    await this.namespace.kubectl(["delete", `pod/${NAME}`, "--ignore-not-found", "--now"]);
    const kinds = await this.#names(["api-resources", `--api-group=${GROUP}`]);
    for (const name of kinds.length === 0 ? [] : await this.#names(["get", kinds.join()])) {
      await this.#finish(name);
    }
    await this.namespace.remove();
  }

  /** Lets Kubernetes delete a resource that NACK has not finished. Does nothing if it does not exist. */
  async #finish(name: string): Promise<void> {
    const patch = ["patch", name, "--type=merge", '--patch={"metadata":{"finalizers":null}}'];
    await this.namespace.kubectl(patch).catch((error: unknown) => {
      if (!String(error).includes("(NotFound)")) {
        throw error;
      }
    });
  }

  async #names(command: readonly string[]): Promise<string[]> {
    return (await this.namespace.kubectl([...command, "--output", "name"])).split("\n").filter(Boolean);
  }
}
