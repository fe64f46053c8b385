import type { AccountDeclaration } from "../../provider/model/account";
import { ServerRefusal } from "../../provider/servers/server";
import { consult } from "../oracle/consult";
import { OracleRefusal, type Oracle } from "../oracle/oracle";
import { keyOf } from "../support/keys";
import { withPair } from "../support/pair";
import { worldOf, type World } from "../support/world";
import { decisionCount, differences, type Arena, type Trial } from "./trial";
import { answers } from "./trials/answers";
import { flows } from "./trials/flows";
import { limits } from "./trials/limits";
import { logins } from "./trials/logins";
import { permissions } from "./trials/permissions";
import { requests } from "./trials/requests";

/** What came of trying one model. */
export interface Verdict {
  /** How many questions were answered, each by both servers. */
  readonly decisions: number;
  /** A line for every answer that was not the one expected; a server that refuses the model is one, too. */
  readonly mismatches: readonly string[];
}

/**
 * What is tried on servers that know nothing of each other, and on servers that a route joins. Limits first, while nobody
 * has been connected.
 */
const TRIALS: Readonly<Record<"apart" | "linked", readonly Trial[]>> = {
  apart: [limits, logins, permissions, answers, flows, requests],
  linked: [flows, requests],
};

/**
 * Has the code of the NATS project read everything that is made of a valid model; then runs it on two servers apart and on
 * two that are linked, and compares every decision.
 */
export async function tryModel(accounts: readonly AccountDeclaration[], oracle: Oracle): Promise<Verdict> {
  const world = await worldOf(accounts);
  const misread = await misreadings(oracle, world, accounts);
  if (misread.length > 0) {
    return { decisions: 0, mismatches: misread };
  }
  const spoken = accounts.map(withOwnKeys);
  const apart = await tryWorld({ accounts: spoken, world, linked: false });
  if (apart.mismatches.length > 0) {
    return apart;
  }
  const linked = await tryWorld({ accounts: spoken, world, linked: true });
  return { decisions: apart.decisions + linked.decisions, mismatches: linked.mismatches };
}

async function misreadings(oracle: Oracle, world: World, accounts: readonly AccountDeclaration[]): Promise<string[]> {
  try {
    return (await consult(oracle, world, accounts)).flatMap(differences);
  } catch (error) {
    if (error instanceof OracleRefusal) {
      return [error.message];
    }
    throw error;
  }
}

/** The account with its public key where its imports say that it stands. */
function withOwnKeys({ imports, ...account }: AccountDeclaration): AccountDeclaration {
  const key = keyOf("account", account.name);
  const said = imports?.map((entry) => ({ ...entry, subject: entry.subject.replaceAll("{{account-subject()}}", key) }));
  return said === undefined ? account : { ...account, imports: said };
}

async function tryWorld(terms: Omit<Arena, "pair">): Promise<Verdict> {
  const { world, linked } = terms;
  try {
    return await withPair(world, (pair) => tryAll({ ...terms, pair }), { linked });
  } catch (error) {
    if (error instanceof ServerRefusal) {
      return { decisions: 1, mismatches: [error.message] };
    }
    throw error;
  }
}

/** Goes on until there is a mismatch: smaller models tell more of it than more trials. */
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
