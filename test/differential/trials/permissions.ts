import type { Side } from "../../../provider/servers/places";
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
import { arrivals } from "../reference/flows";
import { matches } from "../reference/subjects";
import { mayPublish, mayReceive, maySubscribe } from "../reference/permissions";
import { permissionSubjects, roomy } from "../subjects";
import { everywhere, type Arena, type Comparison } from "../trial";

/**
 * Every user tries to publish and to subscribe, alone and in queue groups, and hears what a colleague publishes. One user
 * after the other: a queue group is shared with the accounts that import a stream.
 */
export async function permissions(arena: Arena): Promise<Comparison[]> {
  const comparisons: Comparison[] = [];
  for (const account of arena.accounts.filter(roomy)) {
    for (const user of Object.keys(account.users ?? {})) {
      comparisons.push(await ofUser(arena, account.name, user));
    }
  }
  return comparisons;
}

async function ofUser(arena: Arena, account: string, user: string): Promise<Comparison> {
  const { pair, world } = arena;
  const questions = questionsOn(permissionSubjects(arena.accounts, account, user));
  const [name, colleague] = [`${account}/${user}`, `${account}/${FREE_USER}`];
  const ask = (side: Side) => decisionsOn(pair, side, world, name, colleague, questions);
  const [ofStatic, ofOperator] = await Promise.all([ask("static"), ask("operator")]);
  return everywhere(name, expected(arena, account, user, questions), { static: ofStatic, operator: ofOperator });
}

function expected({ accounts }: Arena, account: string, user: string, questions: Questions): Decisions {
  const rights = accounts.find(({ name }) => name === account)?.users?.[user]?.permissions ?? {};
  const subscribed = questions.subscribe.filter(({ subject, queue }) => maySubscribe(rights, subject, queue));
  const messages = literal(questions.publish).flatMap((subject) =>
    arrivals(accounts, account, subject, false).filter((arrival) => arrival.account === account),
  );
  return Object.fromEntries([
    ...questions.publish.map((subject) => [publishing(subject), decision(mayPublish(rights, subject))] as const),
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
