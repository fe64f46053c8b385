import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import { fetchServer } from "../nats";
import { findServer } from "../nats-server";
import { builtImages } from "../../versions";
import { registryName, socketOf } from "./containerd";
import type { Node } from "./node";

/** Folder of the executable in an image. Commands in a container find it on PATH. */
const FOLDER = "/usr/local/bin";

/** An image that contains one static executable. */
interface Image {
  readonly name: string;
  readonly executable: string;
}

const sha256 = (content: Buffer | string) => createHash("sha256").update(content).digest("hex");

async function tar(files: Readonly<Record<string, Buffer | string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files))
    archive.entry({ name, mode: 0o755, mtime: new Date(0) }, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The archive of an image, as `docker save` writes it. */
async function archive({ name, executable }: Image): Promise<Buffer> {
  const path = `${FOLDER}/${basename(executable)}`;
  const layer = await tar({ [path.slice(1)]: await readFile(executable) });
  const config = JSON.stringify({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Env: [`PATH=${FOLDER}`], Entrypoint: [path] },
    rootfs: { type: "layers", diff_ids: [`sha256:${sha256(layer)}`] },
  });
  const configName = `${sha256(config)}.json`;
  const manifest = JSON.stringify([{ Config: configName, RepoTags: [name], Layers: ["layer.tar"] }]);
  return tar({ "layer.tar": layer, [configName]: config, "manifest.json": manifest });
}

/** Adds an image to containerd. @param image its archive */
async function load(node: Node, image: Buffer): Promise<void> {
  const file = join(node.folder, "image.tar");
  await pipeline([image], createWriteStream(file));
  await node.capture("ctr", ["--address", socketOf(node.folder), "--namespace", "k8s.io", "images", "import", file]);
  await rm(file);
}

/** The image of nats-server in a private cluster, as `docker save` writes it. */
export async function serverArchive(): Promise<Buffer> {
  const server = (await findServer()) ?? (await fetchServer());
  return archive({ name: registryName(builtImages.server), executable: server });
}

/** Adds the images that a private cluster has: of pods, and of nats-server. @returns the name of the latter */
export async function loadImages(node: Node): Promise<string> {
  const pause = { name: registryName(builtImages.pause), executable: join(node.programs, "pause") };
  await load(node, await archive(pause));
  await load(node, await serverArchive());
  return builtImages.server;
}
