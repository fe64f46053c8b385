import { setTimeout as sleep } from "node:timers/promises";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Permissions } from "../../../provider/model/access/permissions";
import { SIDES, type Side } from "../../../provider/servers/places";
import { FREE_USER } from "../../support/arbitraries";
import { literal, logIn, type Decisions } from "../../support/decisions";
import { publish, request, subscribe } from "../../support/wire";
import { rightsOf } from "../reference/access";
import { mapped } from "../reference/mappings";
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

/** Who is asked what by whom, and where the answers are to go. */
interface Asked {
  readonly user: string;
  readonly colleague: string;
  readonly subject: string;
  readonly replies: readonly string[];
}

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
  // A request that is mapped goes elsewhere, and so does an answer.
  const isUnmapped = (one: string) => mapped(account, one) === one;
  const replies = REPLIES.filter(isUnmapped);
  const subject = literal(permissionSubjects(arena.accounts, rights)).find(
    (one) => !one.includes(" ") && isUnmapped(one) && maySubscribe(rights, one) && mayReceive(rights, one),
  );
  if (subject === undefined) {
    return [];
  }
  const [name, colleague] = [`${account.name}/${user}`, `${account.name}/${FREE_USER}`];
  const ask = async (side: Side) =>
    [side, await observed(arena, side, { user: name, colleague, subject, replies }, rights)] as const;
  const places = Object.fromEntries(await Promise.all(sides.map(ask)));
  return [everywhere(name, expected(rights, replies), places)];
}

async function observed(
  { pair, world }: Arena,
  side: Side,
  { user, colleague: other, subject, replies }: Asked,
  { responses }: Permissions,
): Promise<Decisions> {
  const wire = await logIn(pair, side, world, user);
  const colleague = await logIn(pair, side, world, other);
  try {
    await wire.send(subscribe(subject, 0));
    await colleague.send(replies.map((reply) => request(subject, reply)).join(""));
    await wire.send("");
    await sleep(responses?.expires === SOON ? LATE : 0);
    const found: Record<string, string> = {};
    for (const reply of replies) {
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

function expected(rights: Permissions, replies: readonly string[]): Decisions {
  const late = rights.responses?.expires === SOON;
  return Object.fromEntries(
    replies.map((reply) => {
      const count = mayPublish(rights, reply) ? ANSWERS : late ? 0 : mayAnswer(rights, ANSWERS);
      return [answering(reply), String(count)] as const;
    }),
  );
}
