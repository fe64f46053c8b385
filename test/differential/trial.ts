import type { Decisions } from "../support/decisions";
import type { Arena } from "./arena";

/** Expected answer to each question, or several valid answers where a server's decision is nondeterministic. */
export type Expectations = Readonly<Record<string, string | readonly string[]>>;

/** Expected and observed answers to questions asked in several places. */
export interface Comparison {
  /** Subject of the questions, such as a user. */
  readonly about: string;
  /** Answers by place: a server, or a path from one server to the other. */
  readonly places: Readonly<Record<string, { readonly expected: Expectations; readonly observed: Decisions }>>;
}

/** Operations that clients try on servers of both modes. */
export type Trial = (arena: Arena) => Promise<Comparison[]>;

/** Returns a comparison with the same expectation in every place. */
export function everywhere(
  about: string,
  expected: Expectations,
  observed: Readonly<Record<string, Decisions>>,
): Comparison {
  const places = Object.entries(observed).map(([place, found]) => [place, { expected, observed: found }] as const);
  return { about, places: Object.fromEntries(places) };
}

/** Returns the number of decisions compared. Counts each question once, regardless of the number of places. */
export function decisionCount({ places }: Comparison): number {
  return new Set(Object.values(places).flatMap(({ expected }) => Object.keys(expected))).size;
}

/** Returns one line for each unexpected answer. */
export function differences({ about, places }: Comparison): string[] {
  return Object.entries(places).flatMap(([place, { expected, observed }]) => {
    const questions = [...new Set([...Object.keys(expected), ...Object.keys(observed)])];
    return questions.flatMap((question) => {
      const [must, is = "not asked"] = [[expected[question] ?? "not asked"].flat(), observed[question]];
      return must.includes(is) ? [] : [`${about}: ${question}: ${is} on ${place}, must be ${must.join(" or ")}`];
    });
  });
}
