import * as pulumi from "@pulumi/pulumi";
import type { ExpectedCluster } from "../servers/check";
import { wordsOf } from "../servers/words";
import { checkCredentials, type Access } from "./check-credentials";
import { differ, DynamicResource, versioned } from "./dynamic";
import type { DeepInput } from "./inputs";

/** Arguments of {@link ClusterCheck}. */
export type ClusterCheckArgs = { [K in keyof ExpectedCluster]: DeepInput<ExpectedCluster[K]> } & {
  [K in keyof Access]: pulumi.Input<Access[K]>;
} & {
  /** Names the last time that the configurations were applied: after each, the servers are asked again. */
  applied: pulumi.Input<string>;
};

interface Inputs extends ExpectedCluster, Access {
  applied: string;
}

type State = Omit<Inputs, "signer"> & { result: string };

const COMPARED = ["url", "systemAccount", "applied", "clusterName", "serverNames", "accounts"] as const;

/** The dynamic provider of {@link ClusterCheck}. */
export const provider = versioned<Inputs, State>({
  diff(_id, olds, news) {
    return Promise.resolve({
      changes: differ<Omit<Inputs, "signer">>(COMPARED, olds, news),
      replaces: [],
      deleteBeforeReplace: false,
    });
  },

  async create(inputs) {
    return { id: inputs.clusterName, outs: await checked(inputs) };
  },

  async update(_id, _olds, news) {
    return { outs: await checked(news) };
  },
});

const AS_THEY_ARE =
  "The servers keep running with the configuration that they have. Read their logs, then run the update again.";

async function checked({ signer, ...inputs }: Inputs): Promise<State> {
  const creds = await checkCredentials({ systemAccount: inputs.systemAccount, signer });
  const { url, systemAccount, applied, clusterName, serverNames, accounts } = inputs;
  // Loaded here, since programs load this file and never ask: a NATS client would only make them start later.
  const { checkCluster } = await import("../servers/check.js");
  const result = await checkCluster(url, creds, { clusterName, serverNames, accounts }).catch((error: unknown) => {
    throw new Error(`${wordsOf(error)}\n${AS_THEY_ARE}`, { cause: error });
  });
  return { url, systemAccount, applied, clusterName, serverNames, accounts, result };
}

/**
 * Asks the servers of a cluster, as they run, whether they are what the program says: one cluster, linked, each knowing
 * every account. What is wrong is an error of the update.
 */
export class ClusterCheck extends DynamicResource {
  /** What was found, in words. */
  declare public readonly result: pulumi.Output<string>;

  constructor(name: string, args: ClusterCheckArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "cluster-check",
      "ClusterCheck",
      name,
      { ...args, signer: pulumi.secret(args.signer), result: undefined },
      opts,
    );
  }
}
