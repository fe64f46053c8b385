import assert from "node:assert/strict";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import Docker from "dockerode";
import { extract, pack, type Header } from "tar-stream";
import { putFiles } from "../../provider/servers/docker/files";
import { CONFIG_FOLDER, SERVER_LABEL } from "../../provider/servers/docker/layout";
import { waitFor } from "../../provider/servers/log";
import { identity, isAlive } from "../../tools/lib/processes";
import { SIDES, type Side } from "./sides";
import type { Life, StackServers } from "./stack-servers";

/** The label, inherited from its image, by which a container is known as one of a stack's, a trial container too. */
const LABEL = "pulumi-nats-auth.test-stack";

/** Label with the process that made a stack's image. */
const OWNER = "pulumi-nats-auth.test-owner";
/** The names of all stacks' images begin with this. */
const IMAGES = "nats-auth-test/";

const NOT_FOUND = 404;
/** Milliseconds in which an engine starts a server again that has ended. */
const RESTART_TIMEOUT = 30_000;

/** An event of the engine about a container. */
interface DockerEvent {
  readonly Action: string;
  readonly timeNano: number;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/** The Docker Engine of these tests, as it looks for one stack. */
export class StackEngine implements StackServers {
  readonly placeResources = 4;
  readonly placeType = "Container";
  readonly docker = new Docker();
  /** An image of this stack, by which its containers are found. */
  readonly image: string;
  /** The volumes of containers that were seen. Those without a name of their own are found by this. */
  readonly #seenVolumes = new Set<string>();

  constructor(readonly stack: string) {
    this.image = `${IMAGES}${stack}:latest`;
  }

  /**
   * Makes the stack's own image: another one with one more label.
   *
   * @param variable the environment variable that names the other one
   */
  async prepareImage(variable: string): Promise<void> {
    const Image = process.env[variable];
    if (Image === undefined) {
      throw new Error(`${variable} must say an image; \`npm test\` sets it.`);
    }
    const labels = { [LABEL]: this.stack, [OWNER]: identity() };
    const container = await this.docker.createContainer({ Image, Labels: labels });
    const [repo, tag] = this.image.split(":");
    await container.commit({ repo, tag });
    await container.remove();
  }

  /** All containers of the stack, running or not. */
  async containers(): Promise<Docker.ContainerInfo[]> {
    const found = await this.docker.listContainers({ all: true, filters: { label: [`${LABEL}=${this.stack}`] } });
    volumesOf(found).forEach((name) => this.#seenVolumes.add(name));
    return found;
  }

  /** The container of one of the stack's servers. */
  async server(side: Side): Promise<Docker.Container> {
    const all = await this.containers();
    const found = all.filter(({ Labels }) => Labels[SERVER_LABEL] === side);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`the stack ${this.stack} has ${found.length} containers of the ${side} server`);
    }
    return this.docker.getContainer(only.Id);
  }

  async lives(): Promise<Record<Side, Life>> {
    const life = async (side: Side): Promise<Life> => {
      const { Id, State } = await (await this.server(side)).inspect();
      return { id: Id, startedAt: State.StartedAt };
    };
    return { static: await life("static"), operator: await life("operator") };
  }

  async configuration(side: Side): Promise<Record<string, string>> {
    const container = await this.server(side);
    return filesOf(await container.getArchive({ path: CONFIG_FOLDER }));
  }

  async configurations(): Promise<Record<Side, Record<string, string>>> {
    return { static: await this.configuration("static"), operator: await this.configuration("operator") };
  }

  async allFiles(side: Side): Promise<Record<string, string>> {
    const container = await this.server(side);
    // The configuration is in a volume, which does not belong to the container's own files.
    return { ...(await filesOf(await container.export())), ...(await this.configuration(side)) };
  }

  async log(side: Side): Promise<string> {
    const output = await (await this.server(side)).logs({ stdout: true, stderr: true, follow: false });
    return output.toString("latin1");
  }

  async seen(side: Side): Promise<string> {
    return JSON.stringify(await (await this.server(side)).inspect());
  }

  async listening(): Promise<string[]> {
    const containers = await this.containers();
    // Exposed ports that are not published have no host port.
    const published = containers.flatMap(({ Ports }) => Ports.filter((port) => "PublicPort" in port));
    return published.map(({ IP, PublicPort }) => `${IP}:${PublicPort}`);
  }

  async crash(side: Side): Promise<void> {
    await (await this.server(side)).stop({ t: 0 });
  }

  async pause(side: Side): Promise<void> {
    await (await this.server(side)).pause();
  }

  async edit(side: Side, config: string): Promise<void> {
    const tar = pack();
    tar.entry({ name: "nats.conf", mode: 0o444 }, config);
    tar.finalize();
    await (await this.server(side)).putArchive(await buffer(tar), { path: CONFIG_FOLDER });
  }

  async remove(side: Side): Promise<void> {
    await (await this.server(side)).remove({ force: true, v: true });
  }

  /** Ends a server from within its container, so that the engine starts it again; waits until it has. */
  async end(side: Side): Promise<void> {
    const container = await this.server(side);
    const before = (await this.lives())[side].startedAt;
    const exec = await container.exec({ Cmd: ["/proc/1/exe", "--signal", "quit=1"] });
    (await exec.start({ Detach: true })).resume();
    const again = async () => ((await this.lives())[side].startedAt === before ? undefined : true);
    assert.equal(await waitFor(again, RESTART_TIMEOUT), true, "the engine has not started the server again");
  }

  /** Takes a server's container out of its network. */
  async disconnect(side: Side): Promise<void> {
    const container = await this.server(side);
    const [network = ""] = Object.keys((await container.inspect()).NetworkSettings.Networks);
    await this.docker.getNetwork(network).disconnect({ Container: container.id });
  }

  /** Creates another network with the labels of the stack's network. */
  async makeNetworkAgain(): Promise<void> {
    const [network] = await this.networks();
    assert.ok(network);
    await this.docker.createNetwork({ Name: `${network.Name}-again`, Labels: network.Labels ?? {} });
  }

  /** Removes a server's container, and makes and starts another one that has all that it had. */
  async recreate(side: Side): Promise<void> {
    const container = await this.server(side);
    const { Name, Config, HostConfig, NetworkSettings } = await container.inspect();
    const files = await this.configuration(side);
    await container.remove({ force: true, v: true });
    const EndpointsConfig = Object.fromEntries(
      Object.keys(NetworkSettings.Networks).map((network) => [network, { Aliases: [side] }]),
    );
    const [NetworkMode = ""] = Object.keys(EndpointsConfig);
    const again = await this.docker.createContainer({
      ...Config,
      name: Name.slice(1),
      HostConfig: { ...HostConfig, NetworkMode },
      NetworkingConfig: { EndpointsConfig },
    });
    await putFiles(again, files);
    await again.start();
  }

  /** Which of the stack's servers were started and ended since a time, in this order, such as `static start`. */
  async happened(since: number): Promise<string[]> {
    const stream = await this.docker.getEvents({
      since: Math.floor(since / 1000),
      until: Math.ceil(Date.now() / 1000),
      filters: { type: ["container"], event: ["start", "die"], label: [`${LABEL}=${this.stack}`, SERVER_LABEL] },
    });
    const lines = (await text(stream)).split("\n").filter((line) => line !== "");
    return lines
      .map((line) => JSON.parse(line) as DockerEvent)
      .filter(({ timeNano }) => timeNano / 1e6 >= since)
      .map(({ Action, Actor }) => `${Actor.Attributes[SERVER_LABEL] ?? ""} ${Action}`);
  }

  /** Containers, networks, volumes; not the stack's image. */
  async belongings(): Promise<string[]> {
    const [containers, networks, volumes] = await Promise.all([this.containers(), this.networks(), this.#volumes()]);
    return [
      ...containers.map(({ Id, Names }) => `container ${Names[0] ?? Id}`),
      ...networks.map(({ Name }) => `network ${Name}`),
      ...volumes.map(({ Name }) => `volume ${Name}`),
    ];
  }

  async leftOvers(): Promise<string[]> {
    const servers = await Promise.all(SIDES.map((side) => this.server(side)));
    const needed = (await this.containers()).filter(
      ({ Id, State }) => State === "running" && servers.some(({ id }) => id === Id),
    );
    const networks = needed.flatMap(({ NetworkSettings }) => Object.keys(NetworkSettings.Networks));
    const names = [
      ...needed.map(({ Names }) => `container ${Names[0] ?? ""}`),
      ...networks.map((name) => `network ${name}`),
      ...volumesOf(needed).map((name) => `volume ${name}`),
    ];
    return (await this.belongings()).filter((what) => !names.includes(what));
  }

  /** Its image, too. */
  async clear(): Promise<void> {
    for (const { Id } of await this.containers()) {
      await unlessGone(this.docker.getContainer(Id).remove({ force: true, v: true }));
    }
    for (const { Id } of await this.networks()) {
      await unlessGone(this.docker.getNetwork(Id).remove());
    }
    for (const { Name } of await this.#volumes()) {
      await unlessGone(this.docker.getVolume(Name).remove());
    }
    await unlessGone(this.docker.getImage(this.image).remove());
  }

  /** True when the stack's image is there. */
  async hasImage(): Promise<boolean> {
    const images = await this.docker.listImages({ filters: { reference: [this.image] } });
    return images.length > 0;
  }

  /** The networks of the stack: their names hold the stack's name. */
  async networks(): Promise<Docker.NetworkInspectInfo[]> {
    const all = await this.docker.listNetworks();
    return all.filter(({ Name }) => Name.includes(this.stack));
  }

  /** The volumes of the stack: their names hold the stack's name, too, or belong to a container. */
  async #volumes(): Promise<Docker.VolumeInspectInfo[]> {
    const { Volumes } = await this.docker.listVolumes();
    return Volumes.filter(({ Name }) => Name.includes(this.stack) || this.#seenVolumes.has(Name));
  }
}

/** The names of the volumes of containers. */
function volumesOf(containers: readonly Docker.ContainerInfo[]): string[] {
  return containers.flatMap(({ Mounts }) => Mounts.flatMap(({ Name }) => Name ?? []));
}

/** Removes what test runs that were killed have left on the engine. */
export async function clearKilledRuns(): Promise<void> {
  // `npm run test:kubernetes` and `npm run languages` have no Docker Engine.
  const { KUBERNETES_CONTEXT, SDK_GENERATOR } = process.env;
  if (KUBERNETES_CONTEXT !== undefined || SDK_GENERATOR !== undefined) {
    return;
  }
  const images = await new Docker().listImages({ filters: { reference: [`${IMAGES}*`] } });
  for (const { Labels } of images) {
    const { [LABEL]: stack, [OWNER]: owner } = Labels;
    if (stack !== undefined && owner !== undefined && !isAlive(owner)) {
      await new StackEngine(stack).clear();
    }
  }
}

async function filesOf(stream: NodeJS.ReadableStream): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const tar = extract();
  tar.on("entry", (header: Header, entry, next) => {
    const content = header.type === "file" ? text(entry) : buffer(entry).then(() => undefined);
    content.then((found) => {
      if (found !== undefined) {
        files[header.name.replace(/^nats-auth\//, "")] = found;
      }
      next();
    }, next);
  });
  await pipeline(stream, tar);
  return files;
}

async function unlessGone(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    if (!(error instanceof Error && "statusCode" in error && error.statusCode === NOT_FOUND)) {
      throw error;
    }
  }
}
