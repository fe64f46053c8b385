import Docker from "dockerode";
import { errorMessage } from "../errors";
import type { EngineAddress } from "./engine-address";

/** The default TCP ports of Docker Engines, without and with TLS. */
const PORT = "2375";
const TLS_PORT = "2376";

/** Creates a client of a Docker Engine. */
export function connectEngine(address: EngineAddress): Docker {
  return address.host === undefined ? new Docker() : new Docker(optionsFor(address.host, address));
}

/** Sets every option, also unused ones: the client would take missing options from the environment. */
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

/** Returns the HTTP status of an error of the engine. */
export function engineStatus(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}

/** Returns the engine's message of an error, without the prefix of the client. */
export function engineMessage(error: unknown): string {
  return errorMessage(error)
    .replace(/^\(HTTP code \d+\) [^-]*- /, "")
    .trim();
}

/** Status: not found. */
export const NOT_FOUND = 404;
/** Status: conflict, such as a signal to a container that does not run. */
export const NOT_RUNNING = 409;
/** Status: not modified, because the container already runs or is already stopped. */
export const NOT_MODIFIED = 304;
