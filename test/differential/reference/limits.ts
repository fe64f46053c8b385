import type { AccountDeclaration } from "../../../provider/model/account/account";
import { accessOf } from "./access";
import type { Side } from "../../support/sides";

/** How far one connection of a user may go, and how many an account may have; infinite where there is no limit. */
export interface Reach {
  readonly connections: number;
  readonly subscriptions: number;
  readonly payload: number;
}

/** What the account limits, and, on the operator server alone, what the user's own limits do. */
export function reachOf(account: AccountDeclaration, user: string, side: Side): Reach {
  const { connections, subscriptions, payload } = account.limits ?? {};
  const own = side === "static" ? {} : (accessOf(account, user).limits ?? {});
  return {
    connections: least(connections),
    subscriptions: least(subscriptions, own.subscriptions),
    payload: least(bytes(payload), bytes(own.payload)),
  };
}

function least(...limits: readonly (number | undefined)[]): number {
  return Math.min(...limits.map((limit) => limit ?? Infinity));
}

/** The bytes of a size of the generated models, which have no fractions. */
export function bytes(size: number | string | undefined): number | undefined {
  if (typeof size !== "string") {
    return size;
  }
  const { count = "", unit = "" } = /^(?<count>\d+)(?<unit>B|KiB|MiB|GiB)$/.exec(size)?.groups ?? {};
  return Number(count) * 1024 ** ["B", "KiB", "MiB", "GiB"].indexOf(unit);
}
