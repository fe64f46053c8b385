import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { ROUTES_FILE } from "../config/listener";
import { routesConfig } from "../config/routes";
import { defined } from "../model/form/order";
import type { Change } from "../servers/apply";
import { conditionOf, type Condition } from "../servers/condition";
import { earlierServers } from "../servers/earlier";
import { otherSide, serverAt, SIDES, type Place, type Side } from "../servers/places";
import { takenPorts } from "../servers/process/taken";
import { MAIN_FILE, type ConfigFiles } from "../servers/server";
import { changeCluster } from "./change-cluster";
import { readAttempt } from "./configuration-attempt";
import { linksOf, type LinkCheck, type LinkCheckArgs } from "./cluster-links";
import { differ, DynamicResource, failures, hasUnknown, versioned } from "./dynamic";
import type { DeepInput } from "./inputs";
import type { Migrations, Stored } from "./state-version";

/** What a server of the cluster is to run with. */
export interface ConfiguredServer {
  /** The host name by which the other server reaches it. */
  host: string;
  /** The port by which the other server reaches it. */
  clusterPort: number;
  /** The configuration. */
  config: string;
}

/** Arguments of {@link ClusterConfiguration}. */
export interface ClusterConfigurationArgs {
  /** The cluster's name. */
  clusterName: pulumi.Input<string>;
  /**
   * The attempt that this is, of a `ConfigurationAttempt`: one that was not finished is made again. Where the one before it
   * was not, nobody knows what servers took of that; whatever runs where that wanted them to run stops when they start.
   */
  attempt: pulumi.Input<string>;
  /** Where each server runs. */
  places: Readonly<Record<Side, DeepInput<Place>>>;
  /** What each server is to run with. */
  servers: Readonly<Record<Side, DeepInput<ConfiguredServer>>>;
  /**
   * How the servers can be asked whether they are linked: where both must be restarted, the second one waits for it.
   *
   * @default they are not asked, and the second one waits until the first says that it is ready
   */
  check?: LinkCheckArgs;
}

interface Inputs {
  clusterName: string;
  attempt: string;
  places: Record<Side, Place>;
  servers: Record<Side, ConfiguredServer>;
  check?: LinkCheck;
}

type Compared = Omit<Inputs, "check">;

interface State extends Compared {
  /** How each server was found when last looked at. */
  condition: Record<Side, Condition>;
  /** Names the last time that the configurations were applied, changed or not. */
  applied: string;
  /** Opens routes between the two servers. */
  routePassword: string;
}

const COMPARED: readonly (keyof Compared)[] = ["clusterName", "attempt", "places", "servers"];

const IN_FORCE: Record<Side, Condition> = { static: "in force", operator: "in force" };

/** Random bytes of a route password, and of the name of an application. */
const PASSWORD_BYTES = 24;
const NAME_BYTES = 8;

/** The first version kept the digest by which each server acknowledged its configuration; nobody read it. */
const MIGRATIONS: Migrations = { 2: (state) => defined<Stored>({ ...state, digests: undefined }) };

/** The dynamic provider of {@link ClusterConfiguration}. */
export const provider = versioned<Inputs, State>(
  {
    async check(olds: Partial<Inputs>, news) {
      const wanted = Object.values(news.places).filter(saysWhereItListens);
      const taken = await takenPorts(Object.values(olds.places ?? {}), wanted);
      return { inputs: news, failures: failures(taken) };
    },

    diff(_id, olds, news) {
      const changes =
        differ<Compared>(COMPARED, olds, news) || SIDES.some((side) => olds.condition[side] !== "in force");
      return Promise.resolve({ changes, replaces: [], deleteBeforeReplace: false });
    },

    async create(inputs) {
      return { id: inputs.clusterName, outs: await applied(inputs, newPassword()) };
    },

    async update(_id, olds, news) {
      const password = opensOtherRoutes(olds, news) ? newPassword() : olds.routePassword;
      return { outs: await applied(news, password, olds) };
    },

    async read(id, state) {
      if (state === undefined) {
        return { id };
      }
      const [ofStatic, ofOperator] = await Promise.all([found("static", state), found("operator", state)]);
      return { id, props: { ...state, condition: { static: ofStatic, operator: ofOperator } } };
    },

    async delete(_id, state) {
      await Promise.all(SIDES.map((side) => retired(side, state)));
    },
  },
  MIGRATIONS,
);

/** True when routes were to be opened by another password since what was finished last, also by what was not finished. */
function opensOtherRoutes(olds: State, news: Inputs): boolean {
  return readAttempt(olds.attempt).routes !== readAttempt(news.attempt).routes;
}

/** True when the attempt that came before this one, or this one itself, is the one that was finished last. */
function isFinished(olds: State, { attempt }: Inputs): boolean {
  const { name, before } = readAttempt(attempt);
  return [name, before].includes(readAttempt(olds.attempt).name);
}

function newPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString("hex");
}

/** @param olds the state of what the servers have acknowledged before */
async function applied(inputs: Inputs, routePassword: string, olds?: State): Promise<State> {
  const { former } = readAttempt(inputs.attempt);
  const isKnown = olds === undefined || isFinished(olds, inputs);
  const changeOf = async (side: Side): Promise<Change> => ({
    server: await serverAt(side, inputs.places[side]),
    earlier: await earlierServers(side, inputs.places[side], [olds?.places[side], former?.[side]]),
    files: filesOf(side, inputs, routePassword),
    ...(olds === undefined ? {} : { previous: filesOf(side, olds, olds.routePassword) }),
    isSettled: isKnown && (olds === undefined || olds.condition[side] === "in force"),
  });
  const [ofStatic, ofOperator] = await Promise.all([changeOf("static"), changeOf("operator")]);
  const links = linksOf({ ...inputs, routePassword }, isKnown ? olds : undefined, inputs.check);
  await changeCluster({ static: ofStatic, operator: ofOperator }, links);
  const { clusterName, attempt, places, servers } = inputs;
  return {
    clusterName,
    attempt,
    places,
    servers,
    routePassword,
    condition: IN_FORCE,
    applied: randomBytes(NAME_BYTES).toString("hex"),
  };
}

/**
 * Stops a server, and takes away what is left of it beside the place that its own resource takes away. A server elsewhere,
 * or with another password for its routes, belongs to the resource that has replaced this one, and is left alone.
 */
async function retired(side: Side, state: State): Promise<void> {
  const server = await serverAt(side, state.places[side]);
  const { process, files } = await server.state();
  if (process !== "absent" && (files[ROUTES_FILE] ?? state.routePassword).includes(state.routePassword)) {
    await server.stop();
    await server.removeRemains();
  }
}

/** True for a place of which all is known but what it will be called, as in the first preview. */
function saysWhereItListens(place: Place): boolean {
  return !hasUnknown({ ...place, folder: "" });
}

function filesOf(side: Side, inputs: Inputs, password: string): ConfigFiles {
  const peer = inputs.servers[otherSide(side)];
  return { [MAIN_FILE]: inputs.servers[side].config, [ROUTES_FILE]: routesConfig(peer, password) };
}

async function found(side: Side, state: State): Promise<Condition> {
  return conditionOf(await serverAt(side, state.places[side]), filesOf(side, state, state.routePassword));
}

/**
 * What the two servers of a cluster run with. It puts the configurations in their places and starts or reloads the servers:
 * both take the change, or neither.
 */
export class ClusterConfiguration extends DynamicResource {
  /** Names the last time that the configurations were applied, changed or not. */
  declare public readonly applied: pulumi.Output<string>;

  constructor(name: string, args: ClusterConfigurationArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "cluster-configuration",
      "ClusterConfiguration",
      name,
      { ...args, applied: undefined, condition: undefined, routePassword: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["routePassword"] }),
    );
  }
}
