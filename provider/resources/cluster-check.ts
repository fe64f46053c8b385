import { randomBytes } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { scopedUserClaims } from "../jwt/claims";
import { credsText } from "../jwt/creds";
import { signClaims } from "../jwt/sign";
import { keyPairFromSeed, newKeyPair, seedText } from "../nkeys/keys";
import type { ExpectedCluster } from "../servers/check";
import { differ, DynamicResource, nowInSeconds, type LifeCycle } from "./dynamic";
import type { DeepInput } from "./inputs";

/** Arguments of {@link ClusterCheck}. */
export type ClusterCheckArgs = { [K in keyof ExpectedCluster]: DeepInput<ExpectedCluster[K]> } & {
  /** The client URL of the trusted-operator server. */
  url: pulumi.Input<string>;
  /** The public key of the system account. */
  systemAccount: pulumi.Input<string>;
  /** The seed (`SA…`) of the system account's signing key whose scope allows to ask servers about themselves. */
  signer: pulumi.Input<string>;
  /** Names the last time that the configurations were applied: after each, the servers are asked again. */
  applied: pulumi.Input<string>;
};

interface Inputs extends ExpectedCluster {
  url: string;
  systemAccount: string;
  signer: string;
  applied: string;
}

type State = Omit<Inputs, "signer"> & { result: string };

const COMPARED = ["url", "systemAccount", "applied", "clusterName", "serverNames", "accounts"] as const;

/** Seconds that the credentials of a check are valid. */
const CREDENTIALS_LIFETIME = 60;

/** The dynamic provider of {@link ClusterCheck}. */
export const provider: LifeCycle<Inputs, State> = {
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
};

async function checked({ signer, ...inputs }: Inputs): Promise<State> {
  const creds = await ephemeralCreds(inputs.systemAccount, signer);
  const { url, systemAccount, applied, clusterName, serverNames, accounts } = inputs;
  // Loaded here, since programs load this file and never ask: a NATS client would only make them start later.
  const { checkCluster } = await import("../servers/check.js");
  const result = await checkCluster(url, creds, { clusterName, serverNames, accounts });
  return { url, systemAccount, applied, clusterName, serverNames, accounts, result };
}

/** Credentials of a user that nobody lists, made for one check and of no use a minute later. */
async function ephemeralCreds(account: string, signer: string): Promise<string> {
  const user = newKeyPair("user", randomBytes);
  const claims = scopedUserClaims({ name: "check", publicKey: user.getPublicKey(), account });
  const issuedAt = nowInSeconds();
  const validity = { issuedAt, expires: issuedAt + CREDENTIALS_LIFETIME };
  const jwt = await signClaims(claims, keyPairFromSeed("account", signer), validity);
  return credsText(jwt, seedText(user));
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
