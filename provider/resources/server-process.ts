import type * as pulumi from "@pulumi/pulumi";
import { isPlaceThere, linkedExecutable, linkExecutable, makePlace } from "../servers/process/place";
import { ProcessServer } from "../servers/process/process";
import type { Side } from "../servers/places";
import { differ, DynamicResource, versioned } from "./dynamic";

/** Arguments of {@link ServerProcess}. */
export interface ServerProcessArgs {
  /** The absolute path of the cluster's folder. */
  cluster: pulumi.Input<string>;
  /** Which of the cluster's servers it is. */
  side: pulumi.Input<Side>;
  /** The absolute path of the nats-server executable. */
  binary: pulumi.Input<string>;
  /** What the server cannot take by a reload, or a digest of it: a change of it makes a new place. */
  fixed: pulumi.Input<string>;
}

interface Inputs {
  cluster: string;
  side: Side;
  binary: string;
  fixed: string;
}

type State = Inputs & { place: string };

/** What makes another place of it. */
const PLACED: readonly (keyof Inputs)[] = ["cluster", "side", "fixed"];

/** The dynamic provider of {@link ServerProcess}. */
export const provider = versioned<Inputs, State>({
  diff(_id, olds, news) {
    const replaces = PLACED.filter((key) => olds[key] !== news[key]);
    // The old server goes on running until the one in the new place is ready to take over from it.
    return Promise.resolve({
      changes: differ(["binary", ...PLACED], olds, news),
      replaces,
      deleteBeforeReplace: false,
    });
  },

  async create({ cluster, side, binary, fixed }) {
    const place = await makePlace(cluster, side, binary);
    return { id: place, outs: { cluster, side, binary, fixed, place } };
  },

  async update(place, _olds, { cluster, side, binary, fixed }) {
    await linkExecutable(place, binary);
    return { outs: { cluster, side, binary, fixed, place } };
  },

  async read(place, state) {
    if (state === undefined || !(await isPlaceThere(place))) {
      return { id: "" };
    }
    return { id: place, props: { ...state, binary: await linkedExecutable(place) } };
  },

  delete(place, { side }) {
    return new ProcessServer(side, place).remove();
  },
});

/**
 * The place of a server that is a process of this machine: a folder in which nothing runs yet. The server is started when
 * its configuration has been put there, so that there is no moment with another one.
 */
export class ServerProcess extends DynamicResource {
  /** The absolute path of the folder. */
  declare public readonly place: pulumi.Output<string>;

  constructor(name: string, args: ServerProcessArgs, opts?: pulumi.CustomResourceOptions) {
    super("server-process", "ServerProcess", name, { ...args, place: undefined }, opts);
  }
}
