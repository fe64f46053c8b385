import type { AccountDeclaration } from "../../../provider/model/account/account";
import { USUAL } from "../../support/logins";
import { reachOf } from "../reference/limits";
import { mayLogIn } from "../reference/logins";
import type { Side } from "../../support/sides";

/** Returns true when a user can log in without connection limits, so that only its permissions restrict it. */
export function isFree(account: AccountDeclaration, user: string, side: Side): boolean {
  const { subscriptions, payload } = reachOf(account, user, side);
  return mayLogIn(account, user, side, USUAL[side]) && Math.min(subscriptions, payload) === Infinity;
}
