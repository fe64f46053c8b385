import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type Docker from "dockerode";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderRoutesConfig } from "../../provider/config/routes";
import { putFiles } from "../../provider/servers/docker/files";
import { engineLimits } from "../../provider/servers/docker/layout";
import { waitFor } from "../../provider/servers/log";
import { MAIN_FILE, type ConfigFiles } from "../../provider/servers/server";
import type { Declaration } from "../stack/programs/declared/declaration";
import { otherSide } from "./sides";
import { CHECKOUT, type StackPorts, type StateResource, type TestStack } from "./stack";

/** Milliseconds that a server has to start. */
const READY_TIMEOUT = 30_000;

const FOLDER = join(CHECKOUT, "test/stack/states");

/** Opens the secrets of every stored state: keys that were made for these tests alone. */
export const STORED_PASSPHRASE = "a stored state of a test";

type Side = "static" | "operator";

/** The inputs of a container in the state, as far as they are used. */
interface ContainerInputs {
  readonly name: string;
  readonly command: string[];
  readonly user: string;
  readonly restart: string;
  readonly labels: readonly { readonly label: string; readonly value: string }[];
  readonly ports: readonly { readonly internal: number; readonly ip: string }[];
  readonly networksAdvanced: readonly { readonly name: string; readonly aliases: string[] }[];
  /** A volume without a name belongs to the container alone. */
  readonly volumes?: readonly { readonly volumeName?: string; readonly containerPath: string }[];
  readonly readOnly?: boolean;
}

/** The configurations of both servers in the state, as far as they are used. */
interface ConfigurationOutputs {
  readonly servers: Record<Side, { readonly host: string; readonly clusterPort: number; readonly config: string }>;
  readonly routePassword: string;
}

/** A stack that an earlier version of this package deployed: its state, and the program that it was deployed from. */
export class StoredState {
  readonly declaration: Declaration;
  readonly #text: string;

  /** @param version the version of the state's shape, which is a folder's name */
  constructor(readonly version: number) {
    const read = (file: string) => readFileSync(join(FOLDER, String(version), file), "utf8");
    this.declaration = JSON.parse(read("declaration.json")) as Declaration;
    this.#text = read("state.json");
  }

  /** The ports of its servers. They are free on an otherwise unused address. */
  get ports(): StackPorts {
    const config = inputsOf(this.#text, "pulumi-nodejs", "default");
    const port = (name: keyof StackPorts) => Number(config[`declared:${name}`]);
    return {
      staticPort: port("staticPort"),
      staticClusterPort: port("staticClusterPort"),
      operatorPort: port("operatorPort"),
      operatorClusterPort: port("operatorClusterPort"),
    };
  }

  /**
   * Makes what the state names on the engine, as the earlier version made it, and gives the state to a stack. Both servers
   * run when it is done.
   *
   * @param address the loopback address that the ports are to be open on
   */
  async deploy(stack: TestStack, address: string): Promise<void> {
    const { docker, image } = stack.engine;
    const named = this.#text
      .replaceAll("{stack}", stack.name)
      .replaceAll("{address}", address)
      .replaceAll("{declaration}", stack.declarationPath)
      .replaceAll("{image}", (await docker.getImage(image).inspect()).Id);
    const network = await docker.createNetwork({ Name: String(inputsOf(named, "Network", "nats").name) });
    const containers = await bothSides((side) =>
      made(docker, inputsOf(named, "Container", `nats-${side}`) as unknown as ContainerInputs, image),
    );
    await stack.import(
      named
        .replaceAll("{network}", network.id)
        .replaceAll("{static}", containers.static.id)
        .replaceAll("{operator}", containers.operator.id),
    );
    const found = (await stack.resources()).find(({ type }) => type.endsWith(":ClusterConfiguration"));
    const configuration = configurationIn(found?.outputs ?? {});
    await bothSides(async (side) => {
      await putFiles(containers[side], filesOf(side, configuration));
      await containers[side].start();
      assert.ok((await waitFor(() => isReady(containers[side]), READY_TIMEOUT)) === true, `${side} has not started`);
    });
  }
}

/** True when the server in a container accepts clients: its published port accepts connections before. */
async function isReady(container: Docker.Container): Promise<true | undefined> {
  const log = await container.logs({ stdout: true, stderr: true });
  return log.includes("Server is ready") ? true : undefined;
}

/** Reads the configurations as any version stores them: side by side, with the texts apart, or all in the details. */
function configurationIn(outputs: Readonly<Record<string, unknown>>): ConfigurationOutputs {
  const { __details: details, routePassword, static: ofStatic, operator: ofOperator } = outputs;
  const { servers } = (details ?? outputs) as Pick<ConfigurationOutputs, "servers">;
  return {
    routePassword: String(routePassword),
    servers: {
      static: { ...servers.static, ...(typeof ofStatic === "string" ? { config: ofStatic } : {}) },
      operator: { ...servers.operator, ...(typeof ofOperator === "string" ? { config: ofOperator } : {}) },
    },
  };
}

function made(docker: Docker, inputs: ContainerInputs, image: string): Promise<Docker.Container> {
  const { name, command, user, restart, labels, ports, networksAdvanced, volumes = [], readOnly = false } = inputs;
  const own = volumes.filter(({ volumeName }) => volumeName === undefined);
  const named = volumes.filter(({ volumeName }) => volumeName !== undefined);
  const port = ({ internal }: { readonly internal: number }) => `${internal}/tcp`;
  return docker.createContainer({
    name,
    Image: image,
    Cmd: command,
    User: user,
    Labels: Object.fromEntries(labels.map(({ label, value }) => [label, value])),
    Volumes: Object.fromEntries(own.map(({ containerPath }) => [containerPath, {}])),
    ExposedPorts: Object.fromEntries(ports.map((one) => [port(one), {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(
        ports.map((one) => [port(one), [{ HostIp: one.ip, HostPort: String(one.internal) }]]),
      ),
      RestartPolicy: { Name: restart },
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      LogConfig: { Type: "json-file", Config: {} },
      // A volume that is not there yet is created.
      Binds: named.map(({ volumeName = "", containerPath }) => `${volumeName}:${containerPath}`),
      ReadonlyRootfs: readOnly,
      ...engineLimits(Object.fromEntries(labels.map(({ label, value }) => [label, value]))),
    },
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        networksAdvanced.map((endpoint) => [endpoint.name, { Aliases: endpoint.aliases }]),
      ),
    },
  });
}

/** The two files of a server's configuration, as all versions write them. */
function filesOf(side: Side, { servers, routePassword }: ConfigurationOutputs): ConfigFiles {
  return {
    [MAIN_FILE]: servers[side].config,
    [ROUTES_FILE]: renderRoutesConfig([servers[otherSide(side)]], routePassword),
  };
}

async function bothSides<T>(of: (side: Side) => Promise<T>): Promise<Record<Side, T>> {
  return { static: await of("static"), operator: await of("operator") };
}

function inputsOf(text: string, type: string, name: string): Record<string, unknown> {
  const { deployment } = JSON.parse(text) as { deployment: { resources: StateResource[] } };
  const found = deployment.resources.find((one) => one.type.endsWith(`:${type}`) && one.urn.endsWith(`::${name}`));
  assert.ok(found?.inputs !== undefined, `${type} ${name} is not in the stored state`);
  return found.inputs;
}
