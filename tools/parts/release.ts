import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { readTar } from "../../provider/servers/docker/tar";
import { ToolError } from "../lib/terminal";

const DOWNLOAD_MS = 5 * 60_000;

/** Go's names for architectures that Node.js names differently. */
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm: "arm7" };

/** A release: a URL below which there are archives for every platform, and a list of their checksums. */
export interface Release {
  /** URL of the folder. */
  url: string;
  /** Name of the executable, with which the names of archives begin. */
  name: string;
  version: string;
}

/**
 * Downloads the executable of a release for this platform.
 *
 * @throws ToolError when the archive does not have the checksum of the release
 */
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
    throw new ToolError(`${url}/${archive} does not have the checksum of its release.`);
  }
  await writeFile(file, await unpack(content, name), { mode: 0o755 });
}

async function download(url: string): Promise<Buffer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_MS) });
  if (!response.ok) throw new ToolError(`${url} responds with status ${response.status}.`);
  return Buffer.from(await response.arrayBuffer());
}

/** Returns the content of the file with this name in an archive, in any folder. */
async function unpack(archive: Buffer, name: string): Promise<Buffer> {
  const files = await readTar(Readable.from([archive]).pipe(createGunzip()));
  const [, content] = [...files].find(([path]) => path.split("/").at(-1) === name) ?? [];
  if (content === undefined) throw new ToolError(`The release does not contain ${name}.`);
  return content;
}
