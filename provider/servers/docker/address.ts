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
