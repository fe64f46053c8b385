import { createDecipheriv, pbkdf2 } from "node:crypto";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { StateResource } from "./stack-programs";
import { keyOf } from "./stack-secrets";

/** Folder of stack states, and passphrase of their secrets. */
export interface Backend {
  readonly folder: string;
  readonly passphrase: string | undefined;
}

/** The file of a state, as far as it is read. */
interface StateFile {
  readonly checkpoint: {
    readonly latest?: {
      readonly resources?: StateResource[];
      readonly secrets_providers?: { readonly state?: { readonly salt?: string; readonly encryptedkey?: string } };
    };
  };
}

/** How Pulumi derives the key of a passphrase: PBKDF2 with SHA-256, for AES in Galois/counter mode. */
const KEY = { iterations: 1_000_000, length: 32, digest: "sha256" };
/** Length in bytes of the tag behind a ciphertext. */
const TAG_LENGTH = 16;

/** The file in which a backend keeps the state of a stack. */
export class StackState {
  /** The key of the passphrase with the salt that was used last. */
  #derived: { readonly salt: string; readonly key: Promise<Buffer> } | undefined;

  /**
   * @param path the path of the file
   * @param passphrase opens the secrets, unless the key service does
   */
  constructor(
    readonly path: string,
    private readonly passphrase: string | undefined,
  ) {}

  /** The content of the file. */
  text(): Promise<string> {
    return readFile(this.path, "utf8");
  }

  /** The resources with their secrets in plain text. */
  async resources(): Promise<StateResource[]> {
    const { resources = [], secrets_providers } = await this.#latest();
    const { salt = "", encryptedkey = "" } = secrets_providers?.state ?? {};
    const key = this.passphrase === undefined ? keyOf(encryptedkey) : await this.#key(this.passphrase, salt);
    return JSON.parse(JSON.stringify(resources), (_name, value: unknown) =>
      isSealed(value) ? (JSON.parse(open(value.ciphertext, key)) as unknown) : value,
    ) as StateResource[];
  }

  /** The resources as they lie in the file, where secrets are encrypted. */
  async sealedResources(): Promise<StateResource[]> {
    return (await this.#latest()).resources ?? [];
  }

  async #latest(): Promise<NonNullable<StateFile["checkpoint"]["latest"]>> {
    const { checkpoint } = JSON.parse(await this.text()) as StateFile;
    return checkpoint.latest ?? {};
  }

  /** Returns the key of the passphrase. Deriving it takes a quarter of a second, on purpose, so it is kept. */
  #key(passphrase: string, salt: string): Promise<Buffer> {
    if (this.#derived?.salt !== salt) {
      const { iterations, length, digest } = KEY;
      const [, decoded = ""] = salt.split(":");
      const key = promisify(pbkdf2)(passphrase, Buffer.from(decoded, "base64"), iterations, length, digest);
      this.#derived = { salt, key };
    }
    return this.#derived.key;
  }
}

function isSealed(value: unknown): value is { readonly ciphertext: string } {
  return typeof value === "object" && value !== null && "ciphertext" in value && typeof value.ciphertext === "string";
}

/** Opens a ciphertext, which is `v1:<nonce>:<content>` in Base64. */
function open(ciphertext: string, key: Buffer): string {
  const [, nonce = "", content = ""] = ciphertext.split(":");
  const sealed = Buffer.from(content, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(nonce, "base64"));
  decipher.setAuthTag(sealed.subarray(-TAG_LENGTH));
  return decipher.update(sealed.subarray(0, -TAG_LENGTH), undefined, "utf8") + decipher.final("utf8");
}
