import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Namespace } from "./kubernetes";
import { temporaryFolder } from "./local-server";

/** Number of volumes: at least one for each pod of a test. */
const VOLUMES = 8;

/** Volumes for the pods of a namespace. */
export class PodVolumes {
  #folder: string | undefined;

  constructor(private readonly namespace: Namespace) {}

  /** The class of the volumes; undefined for the default one of the cluster. */
  get storageClass(): string | undefined {
    return this.#folder === undefined ? undefined : this.namespace.name;
  }

  /** Provides folders of this machine as volumes, if the cluster has no storage of its own. */
  async provide(): Promise<void> {
    if ((await this.namespace.kubectl(["get", "storageclasses", "--output", "name"])) === "") {
      this.#folder = temporaryFolder("volumes");
      const items = Array.from({ length: VOLUMES }, (_, index) =>
        this.#volume(join(this.#folder ?? "", String(index))),
      );
      await this.namespace.apply(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    }
  }

  async remove(): Promise<void> {
    if (this.#folder !== undefined) {
      const { name } = this.namespace;
      await this.namespace.kubectl(["delete", "persistentvolumes", "--selector", `test=${name}`, "--wait=false"]);
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  #volume(path: string): object {
    const { name } = this.namespace;
    mkdirSync(path);
    chmodSync(path, 0o777);
    return {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: `${name}-${path.split("/").at(-1) ?? ""}`, labels: { test: name } },
      spec: {
        storageClassName: name,
        capacity: { storage: "1Gi" },
        accessModes: ["ReadWriteOnce"],
        hostPath: { path },
      },
    };
  }
}
