import type { AccountDeclaration } from "../../../provider/model/account/account";
import { decision } from "../../support/decisions";
import { ATTEMPTS, proofOf, tryLogin } from "../../support/logins";
import { reachOf } from "../reference/limits";
import { mayLogIn } from "../reference/logins";
import { roomy } from "../subjects";
import type { Arena } from "../arena";
import type { Comparison } from "../trial";
import { modeOf, SIDES } from "../../support/sides";

/** Tries all valid and invalid logins of every user. */
export async function logins(arena: Arena): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const account of arena.accounts.filter(hasRoom)) {
    for (const user of Object.keys(account.users ?? {})) {
      const places = await arena.onEachMode(SIDES, (server) => askOne(arena, account, user, server));
      found.push({ about: `${account.name}/${user}`, places });
    }
  }
  return found;
}

async function askOne({ world, cluster }: Arena, account: AccountDeclaration, user: string, server: string) {
  const side = modeOf(server);
  const expected: Record<string, string | readonly string[]> = {};
  // When no subscription is allowed, a server closes each connection after a moment, before or after the first answer.
  const isBrief = reachOf(account, user, side).subscriptions === 0;
  const observed: Record<string, string> = {};
  for (const attempt of ATTEMPTS) {
    const question = `log in with ${attempt}`;
    const may = mayLogIn(account, user, side, attempt);
    expected[question] = may && isBrief ? [decision(true), decision(false)] : decision(may);
    const proof = await proofOf(world, `${account.name}/${user}`, attempt);
    observed[question] = decision(await tryLogin(cluster, server, proof));
  }
  return { expected, observed };
}

/** Returns true when consecutive logins of an account cannot exceed a limit, or when all of them are refused. */
function hasRoom(account: AccountDeclaration): boolean {
  return roomy(account) || account.limits?.connections === 0;
}
