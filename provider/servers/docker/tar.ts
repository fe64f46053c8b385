import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";

/** Returns the content of the regular files in a tar archive, by their names. */
export async function readTar(archive: NodeJS.ReadableStream): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const tar = extract();
  tar.on("entry", ({ type, name }, entry, next) => {
    buffer(entry).then((content) => {
      if (type === "file") {
        files.set(name, content);
      }
      next();
    }, next);
  });
  await pipeline(archive, tar);
  return files;
}
