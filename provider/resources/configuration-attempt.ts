import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { defined } from "../model/form/order";
import type { Place, Side } from "../servers/places";
import { DynamicResource, versioned } from "./dynamic";
import type { DeepInput } from "./inputs";
import { isOtherVersion } from "./nkey";

/** Arguments of {@link ConfigurationAttempt}. */
export interface ConfigurationAttemptArgs {
  /** A digest of all that servers are to run with, and of where they are to run. */
  wanted: pulumi.Input<string>;
  /** Where each server is to run. */
  places: Readonly<Record<Side, DeepInput<Place>>>;
  /** Where each server is reached by the other, as one text. */
  addresses: pulumi.Input<string>;
  /**
   * Names the password that opens routes: another version is another password.
   *
   * @default the password that there is
   */
  routesVersion?: pulumi.Input<string | undefined>;
}

type Places = Record<Side, Place>;

interface Inputs {
  wanted: string;
  places: Places;
  addresses: string;
  routesVersion?: string;
}

interface State {
  wanted: string;
  /** Not in a state of an earlier version. */
  places?: Places;
  addresses?: string;
  /** The version that was named last; none in a state in which none ever was. */
  routesVersion?: string;
  attempt: string;
}

/** What an attempt says to the resource that makes it. */
export interface Attempt {
  /** Names this attempt and no other. */
  readonly name: string;
  /** The attempt before this one, finished or not; there is none before the first one. */
  readonly before?: string;
  /** Where an attempt before this one wanted the servers to run, if elsewhere. */
  readonly former?: Places;
  /** Names the attempt after which routes were to be opened by another password, finished or not; none for the first one. */
  readonly routes?: string;
}

/** Reads an attempt from its text: all in one, so that a preview of a change shows one line of it. */
export function readAttempt(text: string): Attempt {
  return text.startsWith("{") ? (JSON.parse(text) as Attempt) : { name: text };
}

const NAME_BYTES = 8;

/** The dynamic provider of {@link ConfigurationAttempt}. */
export const provider = versioned<Inputs, State>({
  diff(_id, olds, news) {
    return Promise.resolve({ changes: olds.wanted !== news.wanted, replaces: [], deleteBeforeReplace: false });
  },

  create(inputs) {
    const name = newName();
    return Promise.resolve({ id: name, outs: stateOf(inputs, { name }) });
  },

  update(_id, olds, news) {
    const last = readAttempt(olds.attempt);
    const name = newName();
    // An attempt that stays where the last one was may be one that was not finished, either.
    const former = isDeepStrictEqual(olds.places, news.places) ? last.former : olds.places;
    const routes = opensOtherRoutes(olds, news) ? name : last.routes;
    return Promise.resolve({
      outs: stateOf(news, defined<Attempt>({ name, before: last.name, former, routes }), olds.routesVersion),
    });
  },
});

function stateOf(inputs: Inputs, attempt: Attempt, version?: string): State {
  const { wanted, places, addresses, routesVersion = version } = inputs;
  return defined<State>({ wanted, places, addresses, routesVersion, attempt: JSON.stringify(attempt) });
}

/**
 * True when routes are to be opened by another password: the program says so, or servers are to reach each other elsewhere.
 * A server that reloads writes the address of a route that it gives up into its log, with the password: so that one must be
 * of no use any more, also when an attempt that was not finished has given it up.
 */
function opensOtherRoutes(olds: State, { addresses, routesVersion }: Inputs): boolean {
  const moved = olds.addresses !== undefined && olds.addresses !== addresses;
  return moved || isOtherVersion(olds.routesVersion, routesVersion);
}

function newName(): string {
  return randomBytes(NAME_BYTES).toString("hex");
}

/**
 * Remembers that a change of servers was begun. It is in the state before a server is touched, and the resource that
 * touches them remembers which attempt it finished: after an update that was killed in the middle the two differ, and
 * the next update applies again, also when the program has been taken back to what it was.
 */
export class ConfigurationAttempt extends DynamicResource {
  /** What {@link readAttempt} reads. */
  declare public readonly attempt: pulumi.Output<string>;

  constructor(name: string, args: ConfigurationAttemptArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "configuration-attempt",
      "ConfigurationAttempt",
      name,
      { ...args, attempt: undefined },
      // A place may hold what opens its Docker Engine.
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["attempt"] }),
    );
  }
}
