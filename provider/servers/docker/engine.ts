import Docker from "dockerode";
import type { EngineAddress } from "./address";
import { wordsOf } from "../words";

/** The ports that Docker Engines have for TCP, without and with TLS. */
const PORT = "2375";
const TLS_PORT = "2376";

/** A client of a Docker Engine. */
export function engineAt(address: EngineAddress): Docker {
  return address.host === undefined ? new Docker() : new Docker(optionsFor(address.host, address));
}

/** Every option is given, also those that are not used: the client would fill them from the environment. */
function optionsFor(host: string, { caMaterial, certMaterial, keyMaterial }: EngineAddress): Docker.DockerOptions {
  const none = { host: undefined, port: undefined, ca: undefined, cert: undefined, key: undefined };
  if (/^(unix|npipe):/.test(host)) {
    return { ...none, protocol: "http", socketPath: host.replace(/^\w+:\/\//, "") };
  }
  const { protocol, hostname, port } = new URL(host.replace(/^tcp:/, "http:"));
  const tls = protocol === "https:" || caMaterial !== undefined;
  const material = { ca: caMaterial, cert: certMaterial, key: keyMaterial };
  return {
    ...none,
    ...(tls ? material : {}),
    protocol: tls ? "https" : "http",
    host: hostname,
    port: port === "" ? (tls ? TLS_PORT : PORT) : port,
  };
}

/** What the engine answered when it refused: dockerode's errors carry a status and the engine's message. */
export function engineStatus(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}

/** The engine's own words of an error, without the prefix of its client. */
export function engineWords(error: unknown): string {
  return wordsOf(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, "")
    .trim();
}

/** Not found, as the engine says it. */
export const NOT_FOUND = 404;
/** Not possible now: a signal for a container that does not run. */
export const NOT_RUNNING = 409;
/** Nothing to do: the container runs, or is stopped, already. */
export const NOT_MODIFIED = 304;
