import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { ClientRequest } from "node:http";

/** The requests of this process that begin, over HTTP. */
const CHANNEL = "http.client.request.start";
/** A path of an object or of a list of objects in a namespace, or of a part of an object. */
const IN_NAMESPACE = /^\/apis?\/(?:[^/]+\/)?[^/]+\/namespaces\/[^/]+\/([^/?]+)(?:\/([^/?]+)(?:\/([^/?]+))?)?/;
const VERBS: Readonly<Record<string, string>> = { POST: "create", PATCH: "patch", PUT: "update", DELETE: "delete" };

/** Records which permissions in a namespace the requests of this process need, each as a verb and a resource. */
export class ApiRequests {
  readonly #needed = new Set<string>();

  readonly #record = (message: unknown) => {
    const { request } = message as { readonly request: Pick<ClientRequest, "method" | "path"> };
    const [, resource, name, part] = IN_NAMESPACE.exec(request.path) ?? [];
    if (resource !== undefined) {
      const verb = VERBS[request.method] ?? (name === undefined ? "list" : "get");
      this.#needed.add(`${verb} ${part === undefined ? resource : `${resource}/${part}`}`);
    }
  };

  constructor() {
    subscribe(CHANNEL, this.#record);
  }

  /** Ends the recording. @returns the permissions, sorted */
  end(): string[] {
    unsubscribe(CHANNEL, this.#record);
    return [...this.#needed].sort();
  }
}
