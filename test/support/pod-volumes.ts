import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Namespace } from "./kubernetes";
import { temporaryFolder } from "./local-server";

/** Number of volumes: at least one for each pod of a test. */
const VOLUMES = 8;

/** Options of volumes. */
export interface VolumeOptions {
  /** @default "1Gi" */
  readonly capacity?: string;
  /**
   * The class of the volumes; empty for those that claims without a class get.
   *
   * @default the name of the namespace, so that they are for its pods
   */
  readonly storageClass?: string;
}

/** Volumes for the pods of a namespace. */
export class PodVolumes {
  #folder: string | undefined;

  constructor(
    private readonly namespace: Namespace,
    private readonly options: VolumeOptions = {},
  ) {}

  /** The class of the volumes; undefined for the default one of the cluster. */
  get storageClass(): string | undefined {
    const { storageClass = this.namespace.name } = this.options;
    return this.#folder === undefined ? undefined : storageClass;
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
        storageClassName: this.storageClass,
        capacity: { storage: this.options.capacity ?? "1Gi" },
        accessModes: ["ReadWriteOnce"],
        hostPath: { path },
      },
    };
  }
}
