import { setTimeout as sleep } from "node:timers/promises";
import type { AccountDeclaration } from "../../../provider/model/account";
import type { Permissions } from "../../../provider/model/permissions";
import { SIDES, type Side } from "../../../provider/servers/places";
import { FREE_USER } from "../../support/arbitraries";
import { literal, logIn, type Decisions } from "../../support/decisions";
import { publish, request, subscribe } from "../../support/wire";
import { rightsOf } from "../reference/access";
import { mayAnswer, mayPublish, mayReceive, maySubscribe } from "../reference/permissions";
import { permissionSubjects } from "../subjects";
import { everywhere, type Arena, type Comparison } from "../trial";
import { isFree } from "./free";
import { userByUser } from "./users";

/** How often each request is answered. */
const ANSWERS = 4;
/** How long the users wait who may not answer after {@link SOON}, in milliseconds. */
const LATE = 60;
/** The one time for answers in the generated models that is meant to be over. */
export const SOON = "30ms";

/** Where requests want to be answered; users may publish to some of it anyway. */
const REPLIES = ["a.reply", "reply.x", "x"];

/** Every user that may answer requests is asked something by a colleague, and answers more often than it may. */
export function answers(arena: Arena): Promise<Comparison[]> {
  return userByUser(arena, ofUser);
}

async function ofUser(arena: Arena, account: AccountDeclaration, user: string): Promise<Comparison[]> {
  const rights = rightsOf(account, user);
  const sides = SIDES.filter((side) => isFree(account, user, side));
  if (rights?.responses === undefined || sides.length === 0) {
    return [];
  }
  const subject = literal(permissionSubjects(arena.accounts, rights)).find(
    (one) => !one.includes(" ") && maySubscribe(rights, one) && mayReceive(rights, one),
  );
  if (subject === undefined) {
    return [];
  }
  const name = `${account.name}/${user}`;
  const ask = async (side: Side) => [side, await observed(arena, side, name, account.name, subject, rights)] as const;
  const places = Object.fromEntries(await Promise.all(sides.map(ask)));
  return [everywhere(name, expected(rights), places)];
}

async function observed(
  { pair, world }: Arena,
  side: Side,
  user: string,
  account: string,
  subject: string,
  { responses }: Permissions,
): Promise<Decisions> {
  const wire = await logIn(pair, side, world, user);
  const colleague = await logIn(pair, side, world, `${account}/${FREE_USER}`);
  try {
    await wire.send(subscribe(subject, 0));
    await colleague.send(REPLIES.map((reply) => request(subject, reply)).join(""));
    await wire.send("");
    await sleep(responses?.expires === SOON ? LATE : 0);
    const found: Record<string, string> = {};
    for (const reply of REPLIES) {
      const decisions = await wire.sendAll(Array.from({ length: ANSWERS }, () => publish(reply)));
      found[answering(reply)] = String(decisions.filter((made) => made === "allowed").length);
    }
    return found;
  } finally {
    await Promise.all([wire.close(), colleague.close()]);
  }
}

function answering(reply: string): string {
  return `answer to ${reply} ${ANSWERS} times`;
}

function expected(rights: Permissions): Decisions {
  const late = rights.responses?.expires === SOON;
  return Object.fromEntries(
    REPLIES.map((reply) => {
      const count = mayPublish(rights, reply) ? ANSWERS : late ? 0 : mayAnswer(rights, ANSWERS);
      return [answering(reply), String(count)] as const;
    }),
  );
}
