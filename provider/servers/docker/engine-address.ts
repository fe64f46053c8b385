import { isLoopback } from "../../model/cluster/loopback";
import { withoutBrackets } from "../../model/form/hosts";

/**
 * The address of a Docker Engine, as the settings of a `@pulumi/docker` provider. Without a host, the environment decides
 * (`DOCKER_HOST`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`), then the default socket.
 */
export interface EngineAddress {
  /** Such as `unix:///var/run/docker.sock` or `tcp://host:2376`. */
  readonly host?: string;
  /** PEM texts of the certificate authority, the client's certificate and its key, for a TLS host. */
  readonly caMaterial?: string;
  readonly certMaterial?: string;
  readonly keyMaterial?: string;
}

/** Returns why an address cannot be used, as a clause, or undefined if it can. */
export function engineProblem(host: string): string | undefined {
  const scheme = /^(\w+):\/\//.exec(host)?.[1];
  if (scheme === "ssh") {
    return "is not supported: this package cannot verify the host key of an SSH connection";
  }
  return ["unix", "npipe", "tcp", "http", "https"].includes(scheme ?? "")
    ? undefined
    : "is not a valid Docker Engine address: it must begin with unix://, npipe://, tcp://, http:// or https://";
}

/** The port for which the client uses TLS when the environment sets the address. */
const TLS_PORT = "2376";

/** True when a connection to the engine leaves this machine without TLS. False for an address that cannot be used. */
export function isUnprotected({ host, caMaterial }: EngineAddress, environment: NodeJS.ProcessEnv): boolean {
  const { DOCKER_HOST, DOCKER_TLS_VERIFY } = environment;
  const address = parseTcpAddress(host ?? DOCKER_HOST ?? "");
  if (address === undefined || address.hostname === "localhost" || isLoopback(withoutBrackets(address.hostname))) {
    return false;
  }
  // As the client decides: see `connectEngine`.
  return host === undefined ? DOCKER_TLS_VERIFY !== "1" && address.port !== TLS_PORT : caMaterial === undefined;
}

function parseTcpAddress(host: string): URL | undefined {
  const url = host.replace(/^tcp:/, "http:");
  return url.startsWith("http:") && URL.canParse(url) ? new URL(url) : undefined;
}
