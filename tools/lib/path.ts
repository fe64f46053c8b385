import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Whether there is a file that may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Where daemons are installed; an ordinary user's PATH leaves them out. */
const SYSTEM = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** A PATH that begins with these folders and holds the system's own. */
export function pathWith(...folders: string[]): string {
  const present = (process.env.PATH ?? "").split(delimiter);
  return [...folders, ...present, ...SYSTEM.filter((folder) => !present.includes(folder))].join(delimiter);
}

/** The file that this name runs, when there is one on PATH. npm's own additions to PATH are no part of the machine. */
export function which(name: string): string | undefined {
  return pathWith()
    .split(delimiter)
    .filter((folder) => folder !== "" && !folder.includes("node_modules"))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}
