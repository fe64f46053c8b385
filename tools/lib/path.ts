import { delimiter } from "node:path";
import { findExecutable } from "../../provider/servers/process/executable";

/** Where daemons are installed; an ordinary user's PATH leaves them out. */
const SYSTEM = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** A PATH that begins with these folders and contains the system's own. */
export function pathWith(...folders: string[]): string {
  const present = (process.env.PATH ?? "").split(delimiter);
  return [...folders, ...present, ...SYSTEM.filter((folder) => !present.includes(folder))].join(delimiter);
}

/** Finds the file that a name runs, or undefined. npm's own additions to PATH do not count: they belong to the checkout. */
export function which(name: string): string | undefined {
  const folders = pathWith()
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  return findExecutable(name, folders.join(delimiter));
}
