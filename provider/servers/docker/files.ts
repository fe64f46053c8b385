import { buffer } from "node:stream/consumers";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { isSecretFile } from "../../config/secret-files";
import type { ConfigFiles } from "../server";
import { engineStatus, NOT_FOUND } from "./engine";
import { CONFIG_FOLDER, SERVER_USER, STORE } from "./layout";
import { readTar } from "./tar";

/** An entry of an archive: a folder, or a file with content. */
interface Entry {
  readonly name: string;
  readonly content?: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Owner of files that the server reads: only its group can read them, and it cannot change them. */
const READ_BY_SERVER = { uid: 0, gid: SERVER_USER };
/** Files with private keys: the server alone can read them. */
const KEY_MODE = 0o600;
/** Owner of what the server writes, and of what nobody else can read. */
const OWNED_BY_SERVER = { uid: SERVER_USER, gid: SERVER_USER };

/** The folder that nats-server creates in its storage. A new volume belongs to root, so the server cannot create it. */
const STREAMS = "jetstream";

/** Writes files to a container, running or not, readable for the server only. */
export async function putFiles(container: Docker.Container, files: ConfigFiles): Promise<void> {
  const { Mounts } = await container.inspect();
  const isMounted = (path: string) => Mounts.some(({ Destination }) => Destination === path);
  if (!isMounted(CONFIG_FOLDER)) {
    await putEntries(container, "/", earlierEntries(files));
    return;
  }
  const unused = Object.keys(await getFiles(container)).filter(
    (name) => isSecretFile(name) && !Object.hasOwn(files, name),
  );
  await putEntries(container, CONFIG_FOLDER, [
    ...Object.entries(files).map(([name, content]) => toEntry(name, content)),
    // A private key that no configuration names must not stay. The Docker Engine cannot remove a file.
    ...unused.map((name) => toEntry(name, "")),
  ]);
  if (isMounted(STORE)) {
    await putEntries(container, STORE, [{ name: STREAMS, mode: 0o700, ...OWNED_BY_SERVER }]);
  }
}

function toEntry(name: string, content: string): Entry {
  return isSecretFile(name)
    ? { name, content, mode: KEY_MODE, ...OWNED_BY_SERVER }
    : { name, content, mode: 0o440, ...READ_BY_SERVER };
}

/** The entries for a container of an earlier version, which has no volume for its configuration and a writable root. */
function earlierEntries(files: ConfigFiles): Entry[] {
  return [
    { name: relative(CONFIG_FOLDER), mode: 0o500, ...OWNED_BY_SERVER },
    { name: relative(STORE), mode: 0o700, ...OWNED_BY_SERVER },
    ...Object.entries(files).map(([name, content]) => ({
      name: `${relative(CONFIG_FOLDER)}/${name}`,
      content,
      mode: 0o400,
      ...OWNED_BY_SERVER,
    })),
  ];
}

async function putEntries(container: Docker.Container, path: string, entries: readonly Entry[]): Promise<void> {
  const tar = pack();
  for (const { content, ...rest } of entries) {
    const header = { ...rest, mtime: new Date(0) };
    if (content === undefined) {
      tar.entry({ ...header, type: "directory" });
    } else {
      tar.entry(header, content);
    }
  }
  tar.finalize();
  await container.putArchive(await buffer(tar), { path });
}

/** Reads the files of the configuration; an empty object if none were ever written. */
export async function getFiles(container: Docker.Container): Promise<ConfigFiles> {
  try {
    return await unpack(await container.getArchive({ path: CONFIG_FOLDER }));
  } catch (error) {
    if (engineStatus(error) === NOT_FOUND) {
      return {};
    }
    throw error;
  }
}

async function unpack(stream: NodeJS.ReadableStream): Promise<ConfigFiles> {
  const files = await readTar(stream);
  const folder = `${relative(CONFIG_FOLDER)}/`;
  const texts = [...files].map(([name, content]) => [name.replace(folder, ""), content.toString()] as const);
  // An empty one stands for a file that was removed.
  return Object.fromEntries(texts.filter(([name, text]) => !isSecretFile(name) || text !== ""));
}

/** Returns a path of the container, relative to its root. */
function relative(path: string): string {
  return path.slice(1);
}
