import type { Diagnostic } from "../../provider/adopt";
import type { ParityRow } from "../../provider/parity/rows";
import type { Fact, Topic } from "./facts";
import type { Client } from "./places";

/** What a diagnostic of each code can name. Other codes do not name a loss. */
const LOSSES: Readonly<Record<string, readonly Topic[]>> = {
  NA3024: ["login"],
  NA3026: ["login"],
  NA3027: ["flow", "answer"],
  NA3028: ["flow", "answer"],
  NA3040: ["login"],
  NA3041: ["flow", "answer"],
  NA3043: ["login"],
  NA3044: ["login"],
  NA3049: ["login"],
};

/** Limits of a whole server instead of an account: the new servers have their own. */
const SERVER_LIMITS: Readonly<Record<string, Topic>> = {
  max_connections: "connections",
  max_subscriptions: "subscriptions",
  max_payload: "payload",
};

/** Topics that a security gap between the two adopted servers is about, by the last part of its name. */
const GAPS: Readonly<Record<string, readonly Topic[]>> = {
  sourceNetworks: ["login"],
  times: ["login"],
  bearer: ["login"],
  revocations: ["login"],
  expires: ["login"],
  notBefore: ["login"],
  subscriptions: ["subscriptions"],
  payload: ["payload"],
};

/** Settings of a server that admit clients without a user of their own, and the names of these clients. */
const OPEN: Readonly<Record<string, RegExp>> = {
  no_auth_user: /^a client without credentials$/,
  authorization: /^a client with/,
};

/** True when a diagnostic of the adoption names the loss of a fact: of a client, or of an import between its accounts. */
export function namesLoss({ code, path }: Diagnostic, fact: Fact, clients: readonly Client[]): boolean {
  return (
    fact.clients.some((name) => OPEN[path]?.test(name)) ||
    (LOSSES[code]?.includes(fact.topic) === true && concerns(path, fact, clients))
  );
}

/** True when a diagnostic of the adoption asks clients to use the public key of an account instead of its name. */
export function namesRenaming({ code }: Diagnostic): boolean {
  return (code as string) === "NA3066";
}

/** True when a diagnostic of the adoption names a limit of the server that is not kept. */
export function namesLimit({ path }: Diagnostic, { topic }: Fact): boolean {
  return SERVER_LIMITS[path] === topic;
}

/** True when an accepted security gap names what a client can do on the static server only. */
export function namesGap({ name }: ParityRow, fact: Fact, clients: readonly Client[]): boolean {
  const term = Object.keys(GAPS).find((one) => name.includes(`.${one}`));
  return term !== undefined && GAPS[term]?.includes(fact.topic) === true && concerns(name, fact, clients);
}

/** True when a path is of a client of a fact, or of the terms of its account. */
function concerns(path: string, { clients: involved }: Fact, clients: readonly Client[]): boolean {
  return clients
    .filter(({ name }) => involved.includes(name))
    .some(({ accountPaths, paths }) => {
      const account = accountPaths.find((own) => isWithin(path, own));
      const isOfUser = account !== undefined && /^\.(users|roles)\b/.test(path.slice(account.length));
      return isOfUser ? paths.some((own) => isWithin(path, own)) : account !== undefined;
    });
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}
