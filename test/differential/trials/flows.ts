import { FREE_USER } from "../../support/arbitraries";
import { listed, literal, type Decisions } from "../../support/decisions";
import { arrived, arriving, flowsOf } from "../../support/flows";
import { arrivals } from "../reference/flows";
import { matches } from "../reference/subjects";
import { flowSubjects, roomy } from "../subjects";
import type { Arena } from "../arena";
import { everywhere, type Comparison } from "../trial";

/** Every account publishes, and every account listens: on the same server, or on another one. */
export async function flows(arena: Arena): Promise<Comparison[]> {
  const subjects = flowSubjects(arena.accounts);
  const names = arena.accounts.filter(roomy).map(({ name }) => name);
  const users = names.map((name) => `${name}/${FREE_USER}`);
  const observed: Record<string, Decisions> = {};
  for (const way of arena.ways()) {
    observed[way.join(" → ")] = await flowsOf(arena.cluster, arena.world, way, users, subjects);
  }
  return [everywhere("flows", expected(arena, names, subjects), observed)];
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
