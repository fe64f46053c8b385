import { pipeline } from "node:stream/promises";
import { buffer, text } from "node:stream/consumers";
import type Docker from "dockerode";
import { extract, pack, type Header } from "tar-stream";
import type { ConfigFiles } from "../server";
import { engineStatus, NOT_FOUND } from "./engine";
import { FOLDER, SERVER_USER, STORE } from "./layout";

/** Writes files into a container, running or not. Only the server's user can read them. */
export async function putFiles(container: Docker.Container, files: ConfigFiles): Promise<void> {
  await container.putArchive(await archive(files), { path: "/" });
}

async function archive(files: ConfigFiles): Promise<Buffer> {
  const tar = pack();
  const owner = { uid: SERVER_USER, gid: SERVER_USER, mtime: new Date(0) };
  tar.entry({ name: FOLDER, type: "directory", mode: 0o500, ...owner });
  // A new volume belongs to root, who the server is not.
  tar.entry({ name: STORE.slice(1), type: "directory", mode: 0o700, ...owner });
  for (const [name, content] of Object.entries(files)) {
    tar.entry({ name: `${FOLDER}/${name}`, mode: 0o400, ...owner }, content);
  }
  tar.finalize();
  return buffer(tar);
}

/** Reads the configuration's files back; there are none in a container that never got any. */
export async function getFiles(container: Docker.Container): Promise<ConfigFiles> {
  try {
    return await unpacked(await container.getArchive({ path: `/${FOLDER}` }));
  } catch (error) {
    if (engineStatus(error) === NOT_FOUND) {
      return {};
    }
    throw error;
  }
}

async function unpacked(stream: NodeJS.ReadableStream): Promise<ConfigFiles> {
  const files: Record<string, string> = {};
  const tar = extract();
  tar.on("entry", (header: Header, entry, next) => {
    text(entry).then((content) => {
      if (header.type === "file") {
        files[header.name.replace(`${FOLDER}/`, "")] = content;
      }
      next();
    }, next);
  });
  await pipeline(stream, tar);
  return files;
}
