import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { StateResource } from "./stack-programs";

/** A state as `stack export` gives it. */
interface Exported {
  readonly deployment: { readonly resources?: StateResource[] };
}

/** The file in which a backend keeps the state of a stack. */
export class StackState {
  /** The resources of the state that was opened last, and the digest of its file. */
  #opened: { readonly digest: string; readonly resources: StateResource[] } | undefined;

  /**
   * @param path the path of the file
   * @param exported runs `stack export --show-secrets`
   */
  constructor(
    readonly path: string,
    private readonly exported: () => Promise<string>,
  ) {}

  /** The content of the file. */
  text(): Promise<string> {
    return readFile(this.path, "utf8");
  }

  /** The resources with their secrets in plain text. The CLI opens the secrets of a state once, however often it is read. */
  async resources(): Promise<StateResource[]> {
    const digest = createHash("sha256")
      .update(await this.text())
      .digest("hex");
    if (this.#opened?.digest !== digest) {
      const { deployment } = JSON.parse(await this.exported(), unwrap) as Exported;
      this.#opened = { digest, resources: deployment.resources ?? [] };
    }
    return structuredClone(this.#opened.resources);
  }

  /** The resources as they lie in the file, where secrets are encrypted. */
  async sealedResources(): Promise<StateResource[]> {
    const { checkpoint } = JSON.parse(await this.text()) as {
      checkpoint: { latest?: { resources?: StateResource[] } };
    };
    return checkpoint.latest?.resources ?? [];
  }
}

/** Replaces the object by which an export marks a secret by its value. */
function unwrap(_key: string, value: unknown): unknown {
  return typeof value === "object" && value !== null && "plaintext" in value
    ? JSON.parse(String(value.plaintext))
    : value;
}
