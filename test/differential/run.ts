import type { AccountDeclaration } from "../../provider/model/account/account";
import { ServerRefusal } from "../../provider/servers/server";
import { consult } from "../oracle/consult";
import { OracleRefusal, type Oracle } from "../oracle/oracle";
import { LostMessage } from "../support/ends";
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
  /** Whether a server did not start with the model, though the validation has found nothing wrong with it. */
  readonly refused: boolean;
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

/** What the code of the NATS project reads is no decision of a server. */
async function read(oracle: Oracle, world: World, accounts: readonly AccountDeclaration[]): Promise<Verdict> {
  try {
    const mismatches = (await consult(oracle, world, accounts)).flatMap(differences);
    return { decisions: 0, mismatches, refused: false };
  } catch (error) {
    return refusal(error, OracleRefusal);
  }
}

function refusal(error: unknown, kind: typeof OracleRefusal | typeof ServerRefusal): Verdict {
  if (error instanceof kind) {
    return { decisions: 0, mismatches: [error.message], refused: true };
  }
  throw error;
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
    return error instanceof LostMessage
      ? { decisions: 0, mismatches: [error.message], refused: false }
      : refusal(error, ServerRefusal);
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
      return { decisions, mismatches, refused: false };
    }
  }
  return { decisions, mismatches: [], refused: false };
}
