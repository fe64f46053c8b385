import Docker from "dockerode";

/**
 * How to reach a Docker Engine: the settings of a `@pulumi/docker` provider that say it. Where none is given, the
 * environment decides (`DOCKER_HOST`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`), then the usual socket.
 */
export interface EngineAddress {
  /** Such as `unix:///var/run/docker.sock`, `tcp://host:2376` or `ssh://user@host`. */
  readonly host?: string;
  /** PEM texts of the certificate authority, the client's certificate and its key, for a TLS host. */
  readonly caMaterial?: string;
  readonly certMaterial?: string;
  readonly keyMaterial?: string;
}

/** A client of a Docker Engine. */
export function engineAt(address: EngineAddress): Docker {
  return new Docker(address.host === undefined ? {} : optionsFor(new URL(address.host), address));
}

function optionsFor(url: URL, { caMaterial, certMaterial, keyMaterial }: EngineAddress): Docker.DockerOptions {
  switch (url.protocol) {
    case "unix:":
    case "npipe:":
      return { socketPath: decodeURIComponent(url.pathname) };
    case "ssh:":
      return {
        protocol: "ssh",
        host: url.hostname,
        port: url.port === "" ? 22 : Number(url.port),
        username: decodeURIComponent(url.username),
        ...(process.env.SSH_AUTH_SOCK === undefined ? {} : { sshOptions: { agent: process.env.SSH_AUTH_SOCK } }),
      };
    default:
      return {
        protocol: caMaterial === undefined ? "http" : "https",
        host: url.hostname,
        port: Number(url.port),
        ...(caMaterial === undefined ? {} : { ca: caMaterial, cert: certMaterial ?? "", key: keyMaterial ?? "" }),
      };
  }
}

/** What the engine answered when it refused: dockerode's errors carry a status and the engine's message. */
export function engineStatus(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}

/** The engine's own words of an error, without the prefix of its client. */
export function engineWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^\(HTTP code \d+\) [^-]*- /, "").trim();
}

/** Not found, as the engine says it. */
export const NOT_FOUND = 404;
/** Nothing to do: the container runs, or is stopped, already. */
export const NOT_MODIFIED = 304;
