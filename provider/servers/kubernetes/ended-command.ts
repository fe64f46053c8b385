import type { V1Status } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { RESPONSE_TIMEOUT } from "../timeouts";
import { networkError } from "./errors";

/** How a command in a container ends. */
export class EndedCommand {
  readonly status: Promise<V1Status>;
  set!: (status: V1Status) => void;
  setClosed!: () => void;

  constructor() {
    this.status = new Promise((resolve, reject) => {
      this.set = resolve;
      this.setClosed = () => {
        reject(networkError("ECONNRESET", "the connection was closed before the command ended"));
      };
    });
    // A connection that fails is reported where it is opened.
    this.status.catch(() => undefined);
  }
}

/** @throws Error when it takes too long: a connection to an address that does not respond has no limit otherwise */
export async function withTimeout<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const error = networkError("ETIMEDOUT", `no response within ${RESPONSE_TIMEOUT / 1_000} seconds`);
    timer = setTimeout(reject, RESPONSE_TIMEOUT, error);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
