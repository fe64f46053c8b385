import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { ToolError } from "../lib/say";

const DOWNLOAD_MS = 5 * 60_000;

/** Go's names of what node calls otherwise. */
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm: "arm7" };

/** A release: a folder on the web with archives for every system, and a list of their checksums. */
export interface Release {
  /** Its address. */
  url: string;
  /** The name of its executable, with which the name of an archive begins. */
  name: string;
  version: string;
}

/** Downloads the executable of a release for this machine, once its archive has the checksum that the release says. */
export async function downloadExecutable({ url, name, version }: Release, file: string): Promise<void> {
  const architecture = ARCHITECTURES[process.arch] ?? process.arch;
  const archive = `${name}-v${version}-${process.platform}-${architecture}.tar.gz`;
  const [sums, content] = await Promise.all([download(`${url}/SHA256SUMS`), download(`${url}/${archive}`)]);
  const digest = createHash("sha256").update(content).digest("hex");
  const listed = sums
    .toString()
    .split("\n")
    .map((line) => line.trim().split(/ +\*?/));
  if (!listed.some(([sum, of]) => of === archive && sum === digest)) {
    throw new ToolError(`${url}/${archive} does not have the checksum that its release says.`);
  }
  await writeFile(file, await unpacked(content, name), { mode: 0o755 });
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!response.ok) throw new ToolError(`${url} answers ${response.status}.`);
  return Buffer.from(await response.arrayBuffer());
}

/** The file of this name in an archive, whatever folder it is in. */
async function unpacked(archive: Buffer, name: string): Promise<Buffer> {
  let found: Buffer | undefined;
  const tar = extract();
  tar.on("entry", (header, entry, next) => {
    buffer(entry).then((content) => {
      if (header.type === "file" && header.name.split("/").at(-1) === name) found = content;
      next();
    }, next);
  });
  await pipeline(Readable.from([archive]), createGunzip(), tar);
  if (found === undefined) throw new ToolError(`There is no ${name} in its release.`);
  return found;
}
