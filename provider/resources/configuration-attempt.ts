import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { Place, Side } from "../servers/places";
import { DynamicResource, versioned } from "./dynamic";
import type { DeepInput } from "./inputs";

/** Arguments of {@link ConfigurationAttempt}. */
export interface ConfigurationAttemptArgs {
  /** A digest of all that servers are to run with, and of where they are to run. */
  wanted: pulumi.Input<string>;
  /** Where each server is to run. */
  places: Readonly<Record<Side, DeepInput<Place>>>;
}

type Places = Record<Side, Place>;

interface Inputs {
  wanted: string;
  places: Places;
}

interface State {
  wanted: string;
  /** Not in a state of an earlier version. */
  places?: Places;
  attempt: string;
  /** Not in the state of a first attempt, and of an earlier version. */
  before?: string;
  former?: Places;
}

const ATTEMPT_BYTES = 8;

/** The dynamic provider of {@link ConfigurationAttempt}. */
export const provider = versioned<Inputs, State>({
  diff(_id, olds, news) {
    return Promise.resolve({ changes: olds.wanted !== news.wanted, replaces: [], deleteBeforeReplace: false });
  },

  create({ wanted, places }) {
    const attempt = newAttempt();
    return Promise.resolve({ id: attempt, outs: { wanted, places, attempt } });
  },

  update(_id, olds, { wanted, places }) {
    // An attempt that stays where the last one was may be one that was not finished, either.
    const former = isDeepStrictEqual(olds.places, places) ? olds.former : olds.places;
    const outs = { wanted, places, attempt: newAttempt(), before: olds.attempt };
    return Promise.resolve({ outs: { ...outs, ...(former === undefined ? {} : { former }) } });
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
  /** The attempt before this one, finished or not. */
  declare public readonly before: pulumi.Output<string | undefined>;
  /** Where an attempt before this one wanted the servers to run, if elsewhere. */
  declare public readonly former: pulumi.Output<Readonly<Record<Side, Place>> | undefined>;

  constructor(name: string, args: ConfigurationAttemptArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "configuration-attempt",
      "ConfigurationAttempt",
      name,
      { ...args, attempt: undefined, before: undefined, former: undefined },
      // A place may hold what opens its Docker Engine.
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["former"] }),
    );
  }
}
