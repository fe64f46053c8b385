import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { KubeConfig, User } from "@kubernetes/client-node" with { "resolution-mode": "import" };
import type * as library from "@kubernetes/client-node" with { "resolution-mode": "import" };
import { unreadableToken } from "./errors";

type Library = typeof library;

/** A user of a kubeconfig, as far as the library ignores it. */
interface FileUser {
  readonly name?: string;
  readonly user?: { readonly tokenFile?: unknown } | null;
}

/** Returns the content of kubeconfigs, each with the folder from which its paths lead. */
function readKubeconfigs(
  library: Library,
  given: string | undefined,
): { readonly text: string; readonly folder: string }[] {
  if (given !== undefined) {
    return [{ text: given, folder: "" }];
  }
  const { KUBECONFIG = "" } = process.env;
  const home = library.findHomeDir();
  const files = KUBECONFIG === "" ? (home === null ? [] : [join(home, ".kube/config")]) : KUBECONFIG.split(delimiter);
  return files.filter(Boolean).flatMap((file) => {
    try {
      return [{ text: readFileSync(file, "utf8"), folder: dirname(file) }];
    } catch {
      // The library has another source, such as the account of the pod in which this process runs.
      return [];
    }
  });
}

/** Returns the file that contains the token of a user; undefined if there is none. */
function tokenFileOf({ name }: User, library: Library, given: string | undefined): string | undefined {
  for (const { text, folder } of readKubeconfigs(library, given)) {
    const { users } = library.loadYaml<{ readonly users?: unknown }>(text);
    const own = Array.isArray(users) ? (users as readonly (FileUser | null)[]) : [];
    const { tokenFile } = own.find((one) => one?.name === name)?.user ?? {};
    if (typeof tokenFile === "string" && tokenFile !== "") {
      return library.makeAbsolutePath(folder, tokenFile);
    }
  }
  return undefined;
}

/**
 * Makes the user of the current context log in with the token in its `tokenFile`, which the library ignores. Each request reads the file
 * again, because tokens in files are renewed. The file takes precedence over `token`, which is used until the file can be read; then the
 * token that was read last.
 *
 * @param given content of the kubeconfig; undefined for that of the machine
 * @throws ServerError when the file cannot be read, and there is no `token`
 */
export function useTokenFile(config: KubeConfig, library: Library, given: string | undefined): void {
  const user = config.getCurrentUser();
  const file = user === null ? undefined : tokenFileOf(user, library, given);
  if (user === null || file === undefined) {
    return;
  }
  let { token = "" } = user;
  const read = () => (token = readToken(file));
  try {
    read();
  } catch (error) {
    if (token === "") {
      throw unreadableToken(file, error);
    }
  }
  const reading: User = {
    ...user,
    get token() {
      try {
        read();
      } catch {
        // It is being replaced.
      }
      return token;
    },
  };
  config.users = config.users.map((one) => (one === user ? reading : one));
}

/** Reads a token, without the line break that ends the file. Anything else could not be sent, and the error for that would show it. */
function readToken(file: string): string {
  const token = readFileSync(file, "utf8").trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Error(token === "" ? "the file is empty" : "the file contains something else than a token");
  }
  return token;
}
