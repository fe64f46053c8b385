import { FREE_USER } from "../../support/arbitraries";
import { listed, literal, type Decisions } from "../../support/decisions";
import type { Way } from "../../support/ends";
import { arrived, arriving, flowsOf } from "../../support/flows";
import { arrivals } from "../reference/flows";
import { matches } from "../reference/subjects";
import { flowSubjects, roomy } from "../subjects";
import { everywhere, type Arena, type Comparison } from "../trial";
import { otherSide, SIDES } from "../../support/sides";

/** Every account publishes, and every account listens: on the same server, or on the other one. */
export async function flows(arena: Arena): Promise<Comparison[]> {
  const subjects = flowSubjects(arena.accounts);
  const names = arena.accounts.filter(roomy).map(({ name }) => name);
  const users = names.map((name) => `${name}/${FREE_USER}`);
  const observe = (way: Way) => flowsOf(arena.pair, arena.world, way, users, subjects);
  const ways = waysOf(arena.linked);
  const observed: Record<string, Decisions> = {};
  for (const way of ways) {
    observed[way.join(" → ")] = await observe(way);
  }
  return [everywhere("flows", expected(arena, names, subjects), observed)];
}

/** The ways of messages: across the route where there is one, else within each server. */
export function waysOf(linked: boolean): readonly Way[] {
  return SIDES.map((side) => [side, linked ? otherSide(side) : side]);
}

function expected({ accounts, linked }: Arena, names: readonly string[], subjects: readonly string[]): Decisions {
  const rows = names.flatMap((from) =>
    literal(subjects).flatMap((subject) => {
      const messages = arrivals(accounts, from, subject, linked);
      return names.map((to) => {
        const heard = messages.filter(({ account }) => account === to);
        const lines = heard.flatMap((message) =>
          subjects.filter((by) => matches(by, message.subject)).map((by) => arrived(message.subject, by)),
        );
        return [arriving(`${from}/${FREE_USER}`, subject, `${to}/${FREE_USER}`), listed(lines)] as const;
      });
    }),
  );
  return Object.fromEntries(rows);
}
