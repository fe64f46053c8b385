/**
 * How to reach a Docker Engine: the settings of a `@pulumi/docker` provider that say it. Where none is given, the
 * environment decides (`DOCKER_HOST`, `DOCKER_TLS_VERIFY`, `DOCKER_CERT_PATH`), then the usual socket.
 */
export interface EngineAddress {
  /** Such as `unix:///var/run/docker.sock` or `tcp://host:2376`. */
  readonly host?: string;
  /** PEM texts of the certificate authority, the client's certificate and its key, for a TLS host. */
  readonly caMaterial?: string;
  readonly certMaterial?: string;
  readonly keyMaterial?: string;
}

/** Says what keeps an address from being used, or undefined when it can be. */
export function engineProblem(host: string): string | undefined {
  const scheme = /^(\w+):\/\//.exec(host)?.[1];
  if (scheme === "ssh") {
    return "is reached over SSH, which this package does not do: it could not tell the host's key";
  }
  return ["unix", "npipe", "tcp", "http", "https"].includes(scheme ?? "")
    ? undefined
    : "is no address of a Docker Engine; it begins with unix://, npipe://, tcp://, http:// or https://";
}
