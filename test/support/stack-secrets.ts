import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** The secrets provider of a stack that {@link keyService} serves. */
export const SECRETS_PROVIDER = "hashivault://test-stack";

/** What this service returns as the ciphertext of a key: it keeps none. */
const PREFIX = "vault:v1:";

let service: Promise<NodeJS.ProcessEnv> | undefined;

/**
 * Serves a key of its own to each stack, as HashiCorp Vault does, in this process. With a passphrase, every command would
 * derive the key first, which takes a fifth of a second of CPU. It protects nothing: tests of secrets use a passphrase.
 *
 * @returns the variables by which the Pulumi CLI finds it
 */
export function keyService(): Promise<NodeJS.ProcessEnv> {
  return (service ??= start());
}

async function start(): Promise<NodeJS.ProcessEnv> {
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const { plaintext, ciphertext = "" } = body as { plaintext?: string; ciphertext?: string };
      const data =
        plaintext === undefined ? { plaintext: ciphertext.slice(PREFIX.length) } : { ciphertext: PREFIX + plaintext };
      response.end(JSON.stringify({ data }));
    });
  });
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { VAULT_SERVER_URL: `http://127.0.0.1:${port}`, VAULT_SERVER_TOKEN: "test" };
}

/** Returns the key of a stack from its encrypted key in the state. */
export function keyOf(encryptedKey: string): Buffer {
  const ciphertext = Buffer.from(encryptedKey, "base64").toString();
  return Buffer.from(ciphertext.slice(PREFIX.length), "base64");
}
