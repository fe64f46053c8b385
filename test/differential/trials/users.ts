import type { AccountDeclaration } from "../../../provider/model/account/account";
import { roomy } from "../subjects";
import type { Arena } from "../arena";
import type { Comparison } from "../trial";

/** Tries something with each user of the accounts that have room for clients, one after the other. */
export async function userByUser(
  arena: Arena,
  ofUser: (arena: Arena, account: AccountDeclaration, user: string) => Promise<Comparison[]>,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const account of arena.accounts.filter(roomy)) {
    for (const user of Object.keys(account.users ?? {})) {
      comparisons.push(...(await ofUser(arena, account, user)));
    }
  }
  return comparisons;
}
