import { setTimeout as sleep } from "node:timers/promises";
import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Permissions } from "../../../provider/model/access/permissions";
import { FREE_USER } from "../../support/arbitraries";
import { literal, logIn, type Decisions } from "../../support/decisions";
import { SIDES } from "../../support/sides";
import { publish, request, subscribe } from "../../support/wire";
import { rightsOf } from "../reference/access";
import { mapped } from "../reference/mappings";
import { mayAnswer, mayPublish, mayReceive, maySubscribe } from "../reference/permissions";
import { permissionSubjects } from "../subjects";
import type { Arena } from "../arena";
import { everywhere, type Comparison } from "../trial";
import { isFree } from "./free";
import { userByUser } from "./users";

/** Number of answers to each request. */
const ANSWERS = 4;
/** Delay of answers that must exceed {@link SOON}, in milliseconds. */
const LATE = 60;
/** The only response expiry in generated models that elapses during a trial. */
export const SOON = "30ms";

/** Reply subjects of requests. Some users may publish to some of them without a request. */
const REPLIES = ["a.reply", "reply.x", "x"];

/** A request: the user that answers, the colleague that asks, the subject, and the reply subjects. */
interface Asked {
  readonly user: string;
  readonly colleague: string;
  readonly subject: string;
  readonly replies: readonly string[];
}

/** Sends a request to each user that may answer requests. The user exceeds the number of answers it may send. */
export function answers(arena: Arena): Promise<Comparison[]> {
  return userByUser(arena, ofUser);
}

async function ofUser(arena: Arena, account: AccountDeclaration, user: string): Promise<Comparison[]> {
  const rights = rightsOf(account, user);
  const sides = SIDES.filter((side) => isFree(account, user, side));
  if (rights?.responses === undefined || sides.length === 0) {
    return [];
  }
  // A mapping redirects requests and answers.
  const isUnmapped = (one: string) => mapped(account, one) === one;
  const replies = REPLIES.filter(isUnmapped);
  const subject = literal(permissionSubjects(arena.accounts, rights)).find(
    (one) => !one.includes(" ") && isUnmapped(one) && maySubscribe(rights, one) && mayReceive(rights, one),
  );
  if (subject === undefined) {
    return [];
  }
  const [name, colleague] = [`${account.name}/${user}`, `${account.name}/${FREE_USER}`];
  const places = await arena.onEachMode(sides, (server) =>
    observed(arena, server, { user: name, colleague, subject, replies }, rights),
  );
  return [everywhere(name, expected(rights, replies), places)];
}

async function observed(
  { cluster, world }: Arena,
  server: string,
  { user, colleague: other, subject, replies }: Asked,
  { responses }: Permissions,
): Promise<Decisions> {
  const wire = await logIn(cluster, server, world, user);
  const colleague = await logIn(cluster, server, world, other);
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
