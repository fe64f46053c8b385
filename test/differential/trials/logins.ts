import type { AccountDeclaration } from "../../../provider/model/account/account";
import { decision } from "../../support/decisions";
import { ATTEMPTS, proofOf, tryLogin } from "../../support/logins";
import { reachOf } from "../reference/limits";
import { mayLogIn } from "../reference/logins";
import { roomy } from "../subjects";
import type { Arena, Comparison } from "../trial";
import { SIDES, type Side } from "../../support/sides";

/** Tries all valid and invalid logins of every user. */
export async function logins(arena: Arena): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const account of arena.accounts.filter(hasRoom)) {
    for (const user of Object.keys(account.users ?? {})) {
      const places = SIDES.map(async (side) => [side, await askOne(arena, account, user, side)] as const);
      found.push({ about: `${account.name}/${user}`, places: Object.fromEntries(await Promise.all(places)) });
    }
  }
  return found;
}

async function askOne({ world, pair }: Arena, account: AccountDeclaration, user: string, side: Side) {
  const expected: Record<string, string | readonly string[]> = {};
  // When no subscription is allowed, a server closes each connection after a moment, before or after the first answer.
  const isBrief = reachOf(account, user, side).subscriptions === 0;
  const observed: Record<string, string> = {};
  for (const attempt of ATTEMPTS) {
    const question = `log in with ${attempt}`;
    const may = mayLogIn(account, user, side, attempt);
    expected[question] = may && isBrief ? [decision(true), decision(false)] : decision(may);
    observed[question] = decision(await tryLogin(pair, side, await proofOf(world, `${account.name}/${user}`, attempt)));
  }
  return { expected, observed };
}

/** Returns true when consecutive logins of an account cannot exceed a limit, or when all of them are refused. */
function hasRoom(account: AccountDeclaration): boolean {
  return roomy(account) || account.limits?.connections === 0;
}
