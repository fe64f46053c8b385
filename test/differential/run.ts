import type { AccountDeclaration } from "../../provider/model/account/account";
import { ServerRefusal } from "../../provider/servers/errors";
import { consult } from "../oracle/consult";
import { OracleRefusal, type Oracle } from "../oracle/oracle";
import { LostMessage } from "../support/ends";
import { keyOf } from "../support/keys";
import type { Verdict } from "../support/campaign/campaign";
import { withPair } from "../support/pair";
import { worldOf, type World } from "../support/world";
import { decisionCount, differences, type Arena, type Trial } from "./trial";
import { answers } from "./trials/answers";
import { flows } from "./trials/flows";
import { limits } from "./trials/limits";
import { logins } from "./trials/logins";
import { permissions } from "./trials/permissions";
import { requests } from "./trials/requests";

/**
 * Trials for separate servers, and for servers linked by a route. Limits come first, while no client has connected yet.
 */
const TRIALS: Readonly<Record<"apart" | "linked", readonly Trial[]>> = {
  apart: [limits, logins, permissions, answers, flows, requests],
  linked: [flows, requests],
};

/**
 * Parses everything rendered from a valid model with the code of the NATS project, then runs the model on two separate
 * servers and on two linked ones, and compares every decision.
 */
export async function tryModel(accounts: readonly AccountDeclaration[], oracle: Oracle): Promise<Verdict> {
  const world = await worldOf(accounts);
  const reading = await read(oracle, world, accounts);
  if (reading.mismatches.length > 0) {
    return reading;
  }
  const spoken = accounts.map(withOwnKeys);
  const apart = await tryWorld({ accounts: spoken, world, linked: false });
  if (apart.mismatches.length > 0) {
    return apart;
  }
  const linked = await tryWorld({ accounts: spoken, world, linked: true });
  return { ...linked, decisions: apart.decisions + linked.decisions };
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

async function tryWorld(terms: Omit<Arena, "pair">): Promise<Verdict> {
  const { world, linked } = terms;
  try {
    return await withPair(world, (pair) => tryAll({ ...terms, pair }), { linked });
  } catch (error) {
    return error instanceof LostMessage ? { decisions: 0, mismatches: [error.message] } : refusal(error, ServerRefusal);
  }
}

/** Runs all trials, up to the first mismatch. A smaller model explains it better than more trials. */
async function tryAll(arena: Arena): Promise<Verdict> {
  let decisions = 0;
  for (const trial of TRIALS[arena.linked ? "linked" : "apart"]) {
    const comparisons = await trial(arena);
    decisions += comparisons.reduce((sum, comparison) => sum + decisionCount(comparison), 0);
    const mismatches = comparisons.flatMap(differences);
    if (mismatches.length > 0) {
      return { decisions, mismatches };
    }
  }
  return { decisions, mismatches: [] };
}
