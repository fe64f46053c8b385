import { lstatSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { isAbsolute, join, resolve, sep } from "node:path";

const ROOT_USER = 0;

/** Permission to write, of the group and of everyone, and the bit that lets only owners remove entries of a folder. */
const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;
const STICKY = 0o1000;

/** Links that a path may contain, as in Linux. */
const MAX_LINKS = 40;

/**
 * Finds out whether another user of this machine, who is not its administrator, could replace a folder or something above
 * it: then that user could replace the configuration and the executable of a server. Parts that do not exist yet are
 * skipped.
 *
 * @returns why, as a clause about a part of the path, or undefined
 */
export function findForeignControl(path: string): string | undefined {
  for (const { path: part, stats } of findParts(resolve(path))) {
    const problem = partProblem(stats);
    if (problem !== undefined) {
      return `${part} ${problem}`;
    }
  }
  return undefined;
}

function partProblem({ uid, gid, mode, isLink }: Part["stats"]): string | undefined {
  if (uid !== ROOT_USER && uid !== process.geteuid?.() && isMapped(uid, readUserMap())) {
    return `is owned by the user with the id ${uid}`;
  }
  if (isLink || (mode & STICKY) !== 0) {
    return undefined;
  }
  if ((mode & ALL_WRITE) !== 0) {
    return "is writable for everyone";
  }
  // Many systems give each user a group, and create folders that it can write to.
  const isShared = (mode & GROUP_WRITES) !== 0 && uid !== ROOT_USER && gid !== process.getegid?.();
  return isShared ? `is writable for the group with the id ${gid}` : undefined;
}

/** The users that exist on a system without user namespaces. */
const ALL_USERS = "0 0 4294967295";

function readUserMap(): string {
  try {
    return readFileSync("/proc/self/uid_map", "utf8");
  } catch {
    return ALL_USERS;
  }
}

/**
 * True for a user who has an id in a user namespace. Files of others, such as those of the administrator outside, appear as
 * those of one user who has none.
 *
 * @param map content of `/proc/self/uid_map`: the first id inside, the first one outside, and their number, on each line
 */
export function isMapped(uid: number, map: string): boolean {
  return map
    .split("\n")
    .map((line) => line.trim().split(/ +/).map(Number))
    .some(([first = 0, , count = 0]) => uid >= first && uid < first + count);
}

/** A folder or link on the way to a path. */
interface Part {
  readonly path: string;
  readonly stats: Pick<Stats, "uid" | "gid" | "mode"> & { readonly isLink: boolean };
}

/** Lists the existing folders and links on the way to a path, including those that links lead to. */
function findParts(path: string): Part[] {
  const parts: Part[] = [];
  const names = split(path);
  let at: string = sep;
  let links = 0;
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const next = join(at, name);
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (found === undefined) {
      break;
    }
    const isLink = found.isSymbolicLink();
    parts.push({ path: next, stats: { uid: found.uid, gid: found.gid, mode: found.mode, isLink } });
    if (!isLink) {
      at = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      break;
    }
    const target = readlinkSync(next);
    at = isAbsolute(target) ? sep : at;
    names.unshift(...split(target));
  }
  return parts;
}

function split(path: string): string[] {
  return path.split(sep).filter((name) => name !== "");
}
