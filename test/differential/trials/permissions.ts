import type { AccountDeclaration } from "../../../provider/model/account/account";
import type { Permissions } from "../../../provider/model/access/permissions";
import { FREE_USER } from "../../support/arbitraries";
import {
  decision,
  decisionsOn,
  listed,
  literal,
  publishing,
  questionsOn,
  receiving,
  subscribing,
  type Decisions,
  type Questions,
} from "../../support/decisions";
import { rightsOf } from "../reference/access";
import { arrivals } from "../reference/flows";
import { mapped } from "../reference/mappings";
import { matches } from "../reference/subjects";
import { mayPublish, mayReceive, maySubscribe } from "../reference/permissions";
import { permissionSubjects } from "../subjects";
import type { Arena } from "../arena";
import { everywhere, type Comparison } from "../trial";
import { isFree } from "./free";
import { userByUser } from "./users";
import { SIDES } from "../../support/sides";

/**
 * Every user tries to publish and to subscribe, alone and in queue groups, and hears what a colleague publishes. One user
 * after the other: a queue group is shared with the accounts that import a stream.
 */
export function permissions(arena: Arena): Promise<Comparison[]> {
  return userByUser(arena, ofUser);
}

async function ofUser(arena: Arena, account: AccountDeclaration, user: string): Promise<Comparison[]> {
  const rights = rightsOf(account, user);
  const sides = SIDES.filter((side) => isFree(account, user, side));
  if (rights === undefined || sides.length === 0) {
    return [];
  }
  const questions = questionsOn(permissionSubjects(arena.accounts, rights));
  const [name, colleague] = [`${account.name}/${user}`, `${account.name}/${FREE_USER}`];
  const observed = await arena.onEachMode(sides, async (server) => {
    const decisions = await decisionsOn(arena.cluster, server, arena.world, name, colleague, questions);
    // Another server would send messages to a member of a queue group that has left it.
    await arena.settle(server);
    return decisions;
  });
  return [everywhere(name, expected(arena, account, rights, questions), observed)];
}

function expected(
  { accounts }: Arena,
  account: AccountDeclaration,
  rights: Permissions,
  questions: Questions,
): Decisions {
  const subscribed = questions.subscribe.filter(({ subject, queue }) => maySubscribe(rights, subject, queue));
  const messages = literal(questions.publish).flatMap((subject) =>
    arrivals(accounts, account.name, subject, false).filter((arrival) => arrival.account === account.name),
  );
  return Object.fromEntries([
    // Who publishes needs the right to what the message is mapped to, and no other.
    ...questions.publish.map(
      (subject) => [publishing(subject), decision(mayPublish(rights, mapped(account, subject)))] as const,
    ),
    ...questions.subscribe.map(
      (what) => [subscribing(what), decision(maySubscribe(rights, what.subject, what.queue))] as const,
    ),
    ...subscribed.map((by) => {
      const heard = messages.filter(
        ({ subject }) => matches(by.subject, subject) && mayReceive(rights, subject, by.queue),
      );
      return [receiving(by), listed(heard.map(({ subject }) => subject))] as const;
    }),
  ]);
}
