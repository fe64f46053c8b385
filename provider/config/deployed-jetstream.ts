import { Section, type ConfigValue } from "../language/section";
import type { PerServer } from "../model/cluster/servers";
import { decodeToken } from "../jwt/sign";
import { deployedSection, deployedTokens, modeIn, optionIn } from "./deployed";

/** The values by which nats-server's settings that can be a block are switched off. */
const OFF: readonly unknown[] = [undefined, false, "disabled", "false"];

/** The traffic of an account without the setting. */
const DEFAULT_TRAFFIC = "system";

/** True when the server of a deployed configuration runs JetStream. */
export function runsJetStream(config: string): boolean {
  // Most configurations are not parsed for this: they can be long.
  return /jetstream/i.test(config) && isOn(optionIn(deployedSection(config), "jetstream"));
}

/** True when the servers of a deployed cluster run JetStream: all of them do, or none does. */
export function runsJetStreamIn(servers: PerServer<{ readonly config: string }>): boolean {
  return Object.values(servers).some(({ config }) => runsJetStream(config));
}

/**
 * JetStream of the accounts in the configuration of a deployed server: the account that carries the replication traffic,
 * `system` or `owner`, by public key; undefined for accounts without JetStream.
 */
export function jetstreamAccountsIn(config: string): ReadonlyMap<string, string | undefined> {
  if (modeIn(config) === "operator") {
    return new Map(deployedTokens(config).map(([key, token]) => [key, trafficIn(token)]));
  }
  const accounts = optionIn(deployedSection(config), "accounts");
  const entries = accounts instanceof Section ? accounts.entries() : [];
  return new Map(
    entries.map(([key, account]) => [
      key,
      account instanceof Section ? trafficOf(optionIn(account, "jetstream")) : undefined,
    ]),
  );
}

function trafficOf(jetstream: ConfigValue | undefined): string | undefined {
  if (!isOn(jetstream)) {
    return undefined;
  }
  const traffic = jetstream instanceof Section ? optionIn(jetstream, "cluster_traffic") : undefined;
  return typeof traffic === "string" && traffic !== "" ? traffic : DEFAULT_TRAFFIC;
}

/** The account that carries the replication traffic of an account with a JWT. */
function trafficIn(token: string): string | undefined {
  const claims = claimsIn(token);
  return claims === undefined || isTiered(claims) === undefined
    ? undefined
    : (claims.cluster_traffic ?? DEFAULT_TRAFFIC);
}

function isOn(value: ConfigValue | undefined): boolean {
  return !OFF.includes(value);
}

/** Whether the limits of each account with JetStream are by tiers, in the configuration of a deployed operator server. */
export function tiersIn(config: string): ReadonlyMap<string, boolean> {
  const tokens = runsJetStream(config) ? deployedTokens(config) : [];
  return new Map(
    tokens.flatMap(([key, token]) => {
      const claims = claimsIn(token);
      const tiered = claims && isTiered(claims);
      return tiered === undefined ? [] : [[key, tiered] as const];
    }),
  );
}

/** JetStream in the claims of an account. */
interface JetStreamClaims {
  readonly limits?: {
    readonly mem_storage?: number;
    readonly disk_storage?: number;
    readonly tiered_limits?: object;
  };
  readonly cluster_traffic?: string;
}

/** Undefined for an account without JetStream. */
function isTiered({ limits = {} }: JetStreamClaims): boolean | undefined {
  const { mem_storage: memory = 0, disk_storage: disk = 0, tiered_limits: tiers = {} } = limits;
  const hasTiers = Object.keys(tiers).length > 0;
  return hasTiers || memory !== 0 || disk !== 0 ? hasTiers : undefined;
}

/** Undefined for a JWT that somebody has edited. */
function claimsIn(token: string): JetStreamClaims | undefined {
  try {
    return decodeToken(token).nats;
  } catch (error) {
    if (error instanceof SyntaxError) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Returns the accounts whose limits change from limits of all streams to limits by tiers, or back.
 *
 * @param loaded the configurations of which the operator server may have loaded each
 */
export function findRetiered(loaded: readonly string[], next: string): string[] {
  const befores = loaded.map(tiersIn);
  return [...tiersIn(next)].flatMap(([key, tiered]) =>
    befores.some((before) => before.has(key) && before.get(key) !== tiered) ? [key] : [],
  );
}

/** What changes for the accounts of a server, by their public keys. */
export interface JetStreamChanges {
  /** Accounts that lose JetStream. */
  readonly taken: readonly string[];
  /** Accounts that get JetStream, perhaps again. */
  readonly given: readonly string[];
  /** Accounts whose replication traffic changes to another account. */
  readonly rerouted: readonly string[];
}

/**
 * Compares JetStream of the accounts in configurations of a server. Accounts that are new or removed, and servers
 * that do not run JetStream before or afterwards, do not count.
 *
 * @param loaded the configurations of which the server may have loaded each
 */
export function compareJetStream(loaded: readonly string[], next: string): JetStreamChanges {
  const after = runsJetStream(next) ? jetstreamAccountsIn(next) : new Map<string, string | undefined>();
  const befores = loaded.filter(runsJetStream).map(jetstreamAccountsIn);
  const where = (applies: (before: string | undefined, now: string | undefined) => boolean) =>
    [...after].flatMap(([key, now]) =>
      befores.some((before) => before.has(key) && applies(before.get(key), now)) ? [key] : [],
    );
  return {
    taken: where((before, now) => before !== undefined && now === undefined),
    given: where((before, now) => before === undefined && now !== undefined),
    rerouted: where((before, now) => before !== undefined && now !== undefined && before !== now),
  };
}
