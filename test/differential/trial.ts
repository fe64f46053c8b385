import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Decisions } from "../support/decisions";
import type { Pair } from "../support/pair";
import type { World } from "../support/world";

/** A model, with everything that runs by it. */
export interface Arena {
  readonly accounts: readonly AccountDeclaration[];
  readonly world: World;
  readonly pair: Pair;
  /** Whether a route joins the two servers. */
  readonly linked: boolean;
}

/** What must come of questions: one answer, or one of several where a server decides by chance. */
export type Expectations = Readonly<Record<string, string | readonly string[]>>;

/** Questions that were put in one place after the other: what must come of them, and what came. */
export interface Comparison {
  /** Who or what the questions are about. */
  readonly about: string;
  /** By the place: a server, or a way from one to the other. */
  readonly places: Readonly<Record<string, { readonly expected: Expectations; readonly observed: Decisions }>>;
}

/** Something that clients try on a pair of servers. */
export type Trial = (arena: Arena) => Promise<Comparison[]>;

/** The same expectation in every place. */
export function everywhere(
  about: string,
  expected: Expectations,
  observed: Readonly<Record<string, Decisions>>,
): Comparison {
  const places = Object.entries(observed).map(([place, found]) => [place, { expected, observed: found }] as const);
  return { about, places: Object.fromEntries(places) };
}

/** How many decisions were compared: each question once, in however many places it was put. */
export function decisionCount({ places }: Comparison): number {
  return new Set(Object.values(places).flatMap(({ expected }) => Object.keys(expected))).size;
}

/** One line for every question that was answered otherwise than it must be. */
export function differences({ about, places }: Comparison): string[] {
  return Object.entries(places).flatMap(([place, { expected, observed }]) => {
    const questions = [...new Set([...Object.keys(expected), ...Object.keys(observed)])];
    return questions.flatMap((question) => {
      const [must, is = "not asked"] = [[expected[question] ?? "not asked"].flat(), observed[question]];
      return must.includes(is) ? [] : [`${about}: ${question}: ${is} on ${place}, must be ${must.join(" or ")}`];
    });
  });
}
