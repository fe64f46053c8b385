import { isRemoteFile } from "./remotes";
import { isTlsFile } from "./tls";

/** Returns whether a file contains certificates, keys or logins of a server. They are not left behind when it no longer reads them. */
export function isSecretFile(name: string): boolean {
  return isTlsFile(name) || isRemoteFile(name);
}
