import { FREE_USER } from "../../support/arbitraries";
import { ANSWERS, answersTo, asking, inboxOf, type Request } from "../../support/answers";
import type { Decisions } from "../../support/decisions";
import * as reference from "../reference/flows";
import { roomy } from "../subjects";
import type { Arena } from "../arena";
import { everywhere, type Comparison, type Expectations } from "../trial";

/** Sends a request from every account that imports a service. The exporter answers more than once. */
export async function requests(arena: Arena): Promise<Comparison[]> {
  const asked = requestsOf(arena);
  const observed: Record<string, Decisions> = {};
  for (const way of arena.ways()) {
    observed[way.join(" → ")] = await answersTo(arena.cluster, arena.world, way, asked.map(byUsers));
  }
  return [everywhere("requests", expected(arena, asked), observed)];
}

/** Returns a request to each imported service, with wildcards filled in, and one to a neighbouring subject. */
function requestsOf({ accounts }: Arena): Request[] {
  const names = accounts.filter(roomy).map(({ name }) => name);
  return accounts
    .filter(roomy)
    .flatMap(({ name: asker, imports = [] }) =>
      imports
        .filter(({ type, account }) => type === "service" && names.includes(account))
        .flatMap(({ account: answerer, subject, localSubject }) => {
          const local = localSubject?.replace(/\$\d+/g, "*") ?? subject;
          const tokens = local.split(".").map((token) => (token === "*" || token === ">" ? "x" : token));
          return [tokens, [...tokens, "x"]].map((asked) => ({ asker, subject: asked.join("."), answerer }));
        }),
    )
    .filter((one, index, all) => all.findIndex((other) => asking(other) === asking(one)) === index);
}

function byUsers({ asker, subject, answerer }: Request): Request {
  return { asker: `${asker}/${FREE_USER}`, subject, answerer: `${answerer}/${FREE_USER}` };
}

function expected({ accounts, linked }: Arena, asked: readonly Request[]): Expectations {
  return Object.fromEntries(
    asked.map((one) => {
      const all = reference.arrivals(accounts, one.asker, one.subject, linked);
      const arrivals = all.filter(({ account }) => account === one.answerer);
      const asker = accounts.find(({ name }) => name === one.asker) ?? { name: one.asker };
      const least = sum(arrivals.map((arrival) => reference.answersTo(arrival, asker, inboxOf(0), ANSWERS)));
      // A server drops a request after measuring its latency. Over a route, a second answer can arrive before that.
      const late = linked
        ? arrivals.filter(({ through }) => through.some(({ service }) => service.latency !== undefined))
        : [];
      const counts = Array.from({ length: 1 + late.length * (ANSWERS - 1) }, (_, more) => String(least + more));
      return [asking(byUsers(one)), counts] as const;
    }),
  );
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
