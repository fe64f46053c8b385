import { readFile, writeFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { engineStatus, NOT_FOUND } from "../../provider/servers/docker/engine";
import { readTar } from "../../provider/servers/docker/tar";
import { interruptible } from "../lib/interrupt";
import { detail, longStep, reason, say, ToolError } from "../lib/terminal";
import { builtImages, vendorImages } from "../versions";
import { buildClient, fetchServer } from "./nats";

/** An image that contains one static executable. */
interface Recipe {
  /** Name of the vendor's image. */
  vendor: string;
  /** Name of the image that is built in its place. */
  built: string;
  /** Downloads or builds the executable. @returns its path */
  executable: () => Promise<string>;
  /** Path of the executable in the image. */
  path: string;
  /** Further instructions of the Dockerfile. */
  instructions: string[];
}

const server: Recipe = {
  vendor: vendorImages.server,
  built: builtImages.server,
  executable: fetchServer,
  path: "nats-server",
  instructions: ['ENTRYPOINT ["/nats-server"]', "EXPOSE 4222 6222 8222"],
};

const client: Recipe = {
  vendor: vendorImages.client,
  built: builtImages.client,
  executable: buildClient,
  path: "usr/local/bin/nats",
  instructions: ["ENV PATH=/usr/local/bin HOME=/ USER=nats", 'CMD ["nats", "--help"]'],
};

async function isPresent(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if (engineStatus(error) === NOT_FOUND) return false;
    throw error;
  }
}

/** Waits until the engine has finished an operation. @param stream its progress */
async function waitForCompletion(docker: Docker, stream: NodeJS.ReadableStream): Promise<void> {
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

/** Pulls an image. @returns whether that succeeded */
async function pull(docker: Docker, image: string): Promise<boolean> {
  return longStep(`Pulling the image ${image}: seconds to a minute, once`, async () => {
    try {
      await waitForCompletion(docker, await interruptible(docker.pull(image)));
      return true;
    } catch (error) {
      detail(`not available: ${reason(error)}`);
      return false;
    }
  });
}

/** Pulls an image where it is missing. @returns whether it is present */
export async function ensurePulled(docker: Docker, image: string): Promise<boolean> {
  return (await isPresent(docker, image)) || pull(docker, image);
}

async function build(docker: Docker, recipe: Recipe): Promise<void> {
  if (process.platform !== "linux") {
    throw new ToolError(
      `The image ${recipe.vendor} cannot be pulled.`,
      `Pull or load it: docker pull ${recipe.vendor}`,
    );
  }
  const content = await readFile(await recipe.executable());
  say(`Building the image ${recipe.built}: seconds`);
  const context = pack();
  context.entry({ name: "Dockerfile" }, ["FROM scratch", "COPY root /", ...recipe.instructions, ""].join("\n"));
  context.entry({ name: `root/${recipe.path}`, mode: 0o755 }, content);
  context.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of context) chunks.push(chunk as Buffer);
  await waitForCompletion(docker, await docker.buildImage(Readable.from(chunks), { t: recipe.built, forcerm: true }));
}

/** Chooses an image that is present, else pulls the vendor's, else builds one. @returns its name */
async function ensure(docker: Docker, recipe: Recipe): Promise<string> {
  for (const image of [recipe.vendor, recipe.built]) if (await isPresent(docker, image)) return image;
  if (await pull(docker, recipe.vendor)) return recipe.vendor;
  await build(docker, recipe);
  return recipe.built;
}

/** Ensures that the engine has an image of nats-server. @returns its name */
export function ensureServerImage(docker: Docker): Promise<string> {
  return ensure(docker, server);
}

/** Ensures that the engine has an image with the `nats` command. @returns its name */
export function ensureClientImage(docker: Docker): Promise<string> {
  return ensure(docker, client);
}

/**
 * Copies a file out of an image.
 *
 * @param paths its possible paths in the image; the first that exists is copied
 * @param target the file to write
 */
export async function extract(docker: Docker, image: string, paths: string[], target: string): Promise<void> {
  const container = await docker.createContainer({ Image: image, HostConfig: { NetworkMode: "none" } });
  try {
    for (const path of paths) {
      const archive = await container.getArchive({ path }).catch(() => undefined);
      if (archive === undefined) continue;
      const [content] = (await readTar(archive)).values();
      if (content === undefined) continue;
      await writeFile(target, content);
      return;
    }
    throw new ToolError(`The image ${image} does not contain ${paths.join(" or ")}.`);
  } finally {
    await container.remove({ force: true });
  }
}
