import { randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { DynamicResource, versioned } from "./dynamic";

/** Arguments of {@link ConfigurationAttempt}. */
export interface ConfigurationAttemptArgs {
  /** A digest of all that servers are to run with. */
  wanted: pulumi.Input<string>;
}

interface Inputs {
  wanted: string;
}

type State = Inputs & { attempt: string };

const ATTEMPT_BYTES = 8;

/** The dynamic provider of {@link ConfigurationAttempt}. */
export const provider = versioned<Inputs, State>({
  diff(_id, olds, news) {
    return Promise.resolve({ changes: olds.wanted !== news.wanted, replaces: [], deleteBeforeReplace: false });
  },

  create({ wanted }) {
    const attempt = newAttempt();
    return Promise.resolve({ id: attempt, outs: { wanted, attempt } });
  },

  update(_id, _olds, { wanted }) {
    return Promise.resolve({ outs: { wanted, attempt: newAttempt() } });
  },
});

function newAttempt(): string {
  return randomBytes(ATTEMPT_BYTES).toString("hex");
}

/**
 * Remembers that a change of servers was begun. It is in the state before a server is touched, and the resource that
 * touches them remembers which attempt it finished: after an update that was killed in the middle the two differ, and
 * the next update applies again, also when the program has been taken back to what it was.
 */
export class ConfigurationAttempt extends DynamicResource {
  /** Names this attempt and no other. */
  declare public readonly attempt: pulumi.Output<string>;

  constructor(name: string, args: ConfigurationAttemptArgs, opts?: pulumi.CustomResourceOptions) {
    super("configuration-attempt", "ConfigurationAttempt", name, { ...args, attempt: undefined }, opts);
  }
}
