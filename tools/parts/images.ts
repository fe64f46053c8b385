import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { extract as unpack, pack } from "tar-stream";
import { interruptible } from "../lib/interrupt";
import { detail, longStep, reason, say, ToolError } from "../lib/say";
import { builtImages, vendorImages } from "../versions";
import { builtClient, fetchedServer } from "./nats";

/** An image made of one static executable and nothing else. */
interface Recipe {
  vendor: string;
  built: string;
  /** Makes the executable. @returns the file */
  executable: () => Promise<string>;
  /** Where the executable is put in the image. */
  path: string;
  /** What the Dockerfile says beside that. */
  instructions: string[];
}

const server: Recipe = {
  vendor: vendorImages.server,
  built: builtImages.server,
  executable: fetchedServer,
  path: "nats-server",
  instructions: ['ENTRYPOINT ["/nats-server"]', "EXPOSE 4222 6222 8222"],
};

const client: Recipe = {
  vendor: vendorImages.client,
  built: builtImages.client,
  executable: builtClient,
  path: "usr/local/bin/nats",
  instructions: ["ENV PATH=/usr/local/bin HOME=/ USER=nats", 'CMD ["nats", "--help"]'],
};

async function isPresent(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** Waits until the engine has done what it streams about. */
async function finished(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
  const events = await interruptible(
    new Promise<{ error?: string }[]>((resolve, reject) => {
      docker.modem.followProgress(stream, (error, output) => {
        if (error === null) resolve(output as { error?: string }[]);
        else reject(error);
      });
    }),
  );
  const failure = events.find(({ error }) => error !== undefined)?.error;
  if (failure !== undefined) throw new Error(failure);
}

/** @returns whether the vendor's image could be had */
async function pull(docker: Docker, image: string): Promise<boolean> {
  return longStep(`Pulling the image ${image}: seconds to a minute, once`, async () => {
    try {
      await finished(docker, await interruptible(docker.pull(image)));
      return true;
    } catch (error) {
      detail(`not to be had: ${reason(error)}`);
      return false;
    }
  });
}

/** Whether the image is on the engine, or could be pulled. */
export async function pulled(docker: Docker, image: string): Promise<boolean> {
  return (await isPresent(docker, image)) || pull(docker, image);
}

async function build(docker: Docker, recipe: Recipe): Promise<void> {
  if (process.platform !== "linux") {
    throw new ToolError(
      `The image ${recipe.vendor} cannot be pulled.`,
      `Pull or load it by hand: docker pull ${recipe.vendor}`,
    );
  }
  const content = await readFile(await recipe.executable());
  say(`Making the image ${recipe.built} from scratch: seconds`);
  const context = pack();
  context.entry({ name: "Dockerfile" }, ["FROM scratch", "COPY root /", ...recipe.instructions, ""].join("\n"));
  context.entry({ name: `root/${recipe.path}`, mode: 0o755 }, content);
  context.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of context) chunks.push(chunk as Buffer);
  await finished(docker, await docker.buildImage(Readable.from(chunks), { t: recipe.built, forcerm: true }));
}

/** What is on the engine first, then the vendor's image, then one made here. @returns its name */
async function ensure(docker: Docker, recipe: Recipe): Promise<string> {
  for (const image of [recipe.vendor, recipe.built]) if (await isPresent(docker, image)) return image;
  if (await pull(docker, recipe.vendor)) return recipe.vendor;
  await build(docker, recipe);
  return recipe.built;
}

/** An image of the wanted nats-server on this engine. @returns its name */
export function serverImage(docker: Docker): Promise<string> {
  return ensure(docker, server);
}

/** An image with the `nats` command on this engine. @returns its name */
export function clientImage(docker: Docker): Promise<string> {
  return ensure(docker, client);
}

/**
 * Copies one file out of an image.
 *
 * @param paths where it may be in the image; the first that is there is taken
 * @param target the file to write
 */
export async function extract(docker: Docker, image: string, paths: string[], target: string): Promise<void> {
  const container = await docker.createContainer({ Image: image, HostConfig: { NetworkMode: "none" } });
  try {
    for (const path of paths) {
      const archive = await container.getArchive({ path }).catch(() => undefined);
      if (archive === undefined) continue;
      await writeOnlyEntry(archive, target);
      return;
    }
    throw new ToolError(`The image ${image} has none of ${paths.join(", ")}.`);
  } finally {
    await container.remove({ force: true });
  }
}

async function writeOnlyEntry(archive: NodeJS.ReadableStream, target: string): Promise<void> {
  const entries = unpack();
  archive.pipe(entries);
  for await (const entry of entries) {
    if (entry.header.type === "file") await pipeline(entry, createWriteStream(target));
    else entry.resume();
  }
}
