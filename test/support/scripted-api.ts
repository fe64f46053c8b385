import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { KubernetesAccess } from "../../provider/servers/kubernetes/access";

/** A request that a script responds to. */
export interface ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A response: its status, and what it contains. Undefined for a request that is never responded to. */
export type ScriptedResponse =
  | { readonly status?: number; readonly body: object | string; readonly headers?: Readonly<Record<string, string>> }
  | undefined;

/** An API server that fails in ways in which a real one cannot be made to fail. It runs no pods. */
export class ScriptedApi {
  /** The requests that it has received. */
  readonly requests: ScriptedRequest[] = [];

  readonly #server: Server;

  private constructor(respond: (request: ScriptedRequest) => ScriptedResponse) {
    this.#server = createServer((request, response) => {
      void readBody(request).then((body) => {
        const { method = "", url: path = "" } = request;
        this.requests.push({ method, path, body });
        send(response, respond({ method, path, body }));
      });
    });
  }

  /** Starts one. @param respond returns the response to a request */
  static async start(respond: (request: ScriptedRequest) => ScriptedResponse): Promise<ScriptedApi> {
    const api = new ScriptedApi(respond);
    api.#server.listen(0, "127.0.0.1");
    await once(api.#server, "listening");
    return api;
  }

  /** How it is reached. */
  get access(): KubernetesAccess {
    return { kubeconfig: kubeconfigOf(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`) };
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, scripted: ScriptedResponse): void {
  if (scripted !== undefined) {
    const { status = 200, body, headers = {} } = scripted;
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }
}

function kubeconfigOf(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "one",
    clusters: [{ name: "one", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "one", user: { token: "token" } }],
    contexts: [{ name: "one", context: { cluster: "one", user: "one" } }],
  });
}
