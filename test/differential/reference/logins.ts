import { BlockList, isIPv4 } from "node:net";
import type { Access } from "../../../provider/model/access/access";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import { keyOf } from "../../support/keys";
import { ELSEWHERE, type Attempt } from "../../support/logins";
import { accessOf, rightsOf } from "./access";
import type { Side } from "../../support/sides";

/** What each attempt amounts to on each server; nothing where it is wrong. */
type Showing = "the seed" | "the token and the seed" | "the token" | "a token by a key kept elsewhere";

const SHOWINGS: Readonly<Record<Attempt, Partial<Readonly<Record<Side, Showing>>>>> = {
  "the seed alone": { static: "the seed" },
  "the token and the seed, as nats.go shows them": { operator: "the token and the seed" },
  "the token, the public key and the seed, as nats.js shows them": {
    static: "the seed",
    operator: "the token and the seed",
  },
  "the seed of another user": {},
  "the token and the seed of another user": { operator: "the token" },
  "no signature": {},
  "the token without a signature": { operator: "the token" },
  "a key that nobody knows": {},
  "a token that nobody's key has signed": {},
  "a token by a key kept elsewhere": { operator: "a token by a key kept elsewhere" },
  "a token that has been changed": {},
  nothing: {},
};

/** True when a server lets a user in, who comes from this machine, as an ordinary client, by no proxy. */
export function mayLogIn(account: AccountDeclaration, user: string, side: Side, attempt: Attempt): boolean {
  const showing = SHOWINGS[attempt][side];
  if (showing === undefined || account.limits?.connections === 0) {
    return false;
  }
  if (showing === "a token by a key kept elsewhere") {
    return account.signingKeys?.includes(keyOf("account", ELSEWHERE)) ?? false;
  }
  const access = accessOf(account, user);
  const mayCome = (access.connectionTypes?.includes("STANDARD") ?? true) && access.proxyRequired !== true;
  const proves = showing !== "the token" || access.bearer === true;
  return mayCome && proves && rightsOf(account, user) !== undefined && (side === "static" || isHereAndNow(access));
}

/** What the operator server alone asks: whether the user comes from the right place at the right time. */
function isHereAndNow({ sourceNetworks, times }: Access): boolean {
  const inTime = times?.ranges.some(({ start, end }) => start === ALL_DAY.start && end === ALL_DAY.end) ?? true;
  return inTime && (sourceNetworks?.some(hasThisMachine) ?? true);
}

/** The one range of the generated models that is not next to never. */
export const ALL_DAY = { start: "00:00:00", end: "23:59:59" };

function hasThisMachine(network: string): boolean {
  const [address = "", bits] = network.split("/");
  const list = new BlockList();
  list.addSubnet(address, Number(bits), isIPv4(address) ? "ipv4" : "ipv6");
  return list.check("127.0.0.1", "ipv4");
}
