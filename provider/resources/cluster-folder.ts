import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { removeCluster, stateHome } from "../servers/process/cluster";
import { STATE_FOLDER } from "../servers/process/layout";
import { DynamicResource, versioned } from "./dynamic";

/** Arguments of {@link ClusterFolder}. */
export interface ClusterFolderArgs {
  /**
   * The absolute path of the folder for the state of programs.
   *
   * @default what {@link stateHome} says when it is made
   */
  home?: pulumi.Input<string>;
  /** What its name begins with, for people who look. */
  label: pulumi.Input<string>;
}

interface Inputs {
  home?: string;
  label: string;
}

type State = Inputs & { path: string };

/** Random bytes of a folder's name. */
const NAME_BYTES = 4;

/** The dynamic provider of {@link ClusterFolder}. */
export const provider = versioned<Inputs, State>({
  diff(_id, olds, news) {
    // Where the default is may be said differently by another shell: what is there stays there.
    const moves = olds.home !== news.home;
    return Promise.resolve({ changes: moves, replaces: moves ? ["home"] : [], deleteBeforeReplace: false });
  },

  create({ home, label }) {
    const name = `${label}-${randomBytes(NAME_BYTES).toString("hex")}`;
    const path = join(home ?? stateHome(), STATE_FOLDER, name);
    return Promise.resolve({ id: path, outs: { ...(home === undefined ? {} : { home }), label, path } });
  },

  delete(path) {
    return removeCluster(path);
  },
});

/**
 * The folder of a cluster whose servers are processes of this machine. It is no more than a name, with something random in
 * it, so that no stack, checkout or user has the folder of another; the first server makes the folder. The name is in the
 * state before there is anything under it: so nothing is overlooked when the folder goes, whatever was killed before.
 */
export class ClusterFolder extends DynamicResource {
  /** The absolute path. */
  declare public readonly path: pulumi.Output<string>;

  constructor(name: string, args: ClusterFolderArgs, opts?: pulumi.CustomResourceOptions) {
    super("cluster-folder", "ClusterFolder", name, { ...args, path: undefined }, opts);
  }
}
