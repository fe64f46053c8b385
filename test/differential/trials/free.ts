import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Side } from "../../../provider/servers/places";
import { USUAL } from "../../support/logins";
import { reachOf } from "../reference/limits";
import { mayLogIn } from "../reference/logins";

/** True when a server lets a user in and does not limit its connection: what is tried then is what it may do. */
export function isFree(account: AccountDeclaration, user: string, side: Side): boolean {
  const { subscriptions, payload } = reachOf(account, user, side);
  return mayLogIn(account, user, side, USUAL[side]) && Math.min(subscriptions, payload) === Infinity;
}
