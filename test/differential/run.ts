import type { AccountDeclaration } from "../../provider/model/account/account";
import { ServerRefusal } from "../../provider/servers/errors";
import { consult } from "../oracle/consult";
import { OracleRefusal, type Oracle } from "../oracle/oracle";
import { LostMessage } from "../support/ends";
import { keyOf } from "../support/keys";
import type { Verdict } from "../support/campaign/campaign";
import { withCluster, type Cluster } from "../support/pair";
import { SIDES } from "../support/sides";
import { worldOf, type World } from "../support/world";
import { Arena } from "./arena";
import { withUserSets } from "./sets";
import { decisionCount, differences, type Trial } from "./trial";
import { answers } from "./trials/answers";
import { flows } from "./trials/flows";
import { limits } from "./trials/limits";
import { logins } from "./trials/logins";
import { permissions } from "./trials/permissions";
import { requests } from "./trials/requests";

/** All trials. Limits come first, while no client has connected yet. */
const ALL: readonly Trial[] = [limits, logins, permissions, answers, flows, requests];
/** Trials on which a route has an influence. */
const ACROSS: readonly Trial[] = [flows, requests];

/**
 * Parses everything rendered from a valid model with the code of the NATS project, then runs the model, and compares every
 * decision.
 *
 * @param servers how many of each mode: one for two separate servers and then two linked ones, more for a cluster of them
 */
export async function tryModel(accounts: readonly AccountDeclaration[], oracle: Oracle, servers = 1): Promise<Verdict> {
  const world = await withUserSets(await worldOf(accounts));
  const reading = await read(oracle, world, accounts);
  if (reading.mismatches.length > 0) {
    return reading;
  }
  const spoken = accounts.map(withOwnKeys);
  if (servers > 1) {
    return tryWorld(spoken, world, namesOf(servers), { linked: true, trials: ALL });
  }
  const apart = await tryWorld(spoken, world, SIDES, { linked: false, trials: ALL });
  if (apart.mismatches.length > 0) {
    return apart;
  }
  const linked = await tryWorld(spoken, world, SIDES, { linked: true, trials: ACROSS });
  return { ...linked, decisions: apart.decisions + linked.decisions };
}

/** The names of the servers of a cluster, by how many there are of each mode. */
export function namesOf(servers: number): string[] {
  const numbers = Array.from({ length: servers }, (_, index) => index + 1);
  return ["s", "o"].flatMap((mode) => numbers.map((number) => `${mode}${number}`));
}

/** Compares the values that the code of the NATS project reads. They do not count as decisions of a server. */
async function read(oracle: Oracle, world: World, accounts: readonly AccountDeclaration[]): Promise<Verdict> {
  try {
    const mismatches = (await consult(oracle, world, accounts)).flatMap(differences);
    return { decisions: 0, mismatches };
  } catch (error) {
    return refusal(error, OracleRefusal);
  }
}

function refusal(error: unknown, kind: typeof OracleRefusal | typeof ServerRefusal): Verdict {
  if (error instanceof kind) {
    return { decisions: 0, mismatches: [error.message], skipped: "that a server refused" };
  }
  throw error;
}

/** Replaces the account key template in an account's imports with its public key. */
function withOwnKeys({ imports, ...account }: AccountDeclaration): AccountDeclaration {
  const key = keyOf("account", account.name);
  const filled = imports?.map((entry) => ({
    ...entry,
    subject: entry.subject.replaceAll("{{account-subject()}}", key),
  }));
  return filled === undefined ? account : { ...account, imports: filled };
}

async function tryWorld(
  accounts: readonly AccountDeclaration[],
  world: World,
  names: readonly string[],
  { linked, trials }: { readonly linked: boolean; readonly trials: readonly Trial[] },
): Promise<Verdict> {
  const attempt = async (cluster: Cluster) => {
    const arena = new Arena(accounts, world, cluster, linked);
    try {
      return await tryAll(arena, trials);
    } finally {
      await arena.close();
    }
  };
  try {
    return await withCluster(world, names, attempt, { linked });
  } catch (error) {
    return error instanceof LostMessage ? { decisions: 0, mismatches: [error.message] } : refusal(error, ServerRefusal);
  }
}

/** Runs all trials, up to the first mismatch. A smaller model explains it better than more trials. */
async function tryAll(arena: Arena, trials: readonly Trial[]): Promise<Verdict> {
  let decisions = 0;
  for (const trial of trials) {
    const comparisons = await trial(arena);
    decisions += comparisons.reduce((sum, comparison) => sum + decisionCount(comparison), 0);
    const mismatches = comparisons.flatMap(differences);
    if (mismatches.length > 0) {
      return { decisions, mismatches };
    }
  }
  return { decisions, mismatches: [] };
}
