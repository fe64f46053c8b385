import { ServerRefusal } from "./errors";

/** What a server that does not run means for an update, as a clause without subject. */
const PROBLEMS = {
  blocks: "does not run, so that no other one can restart",
  unverifiable: "does not run, so that nothing can be verified",
  deferred: "does not run; the others have their new configurations, and it starts with its own when it can",
} as const;

/**
 * The error, or the warning, for a server that does not run, although its platform is to start it.
 *
 * @param obstacles what its platform reports
 */
export function missingServer(
  server: string,
  problem: keyof typeof PROBLEMS,
  obstacles: readonly string[] = [],
): ServerRefusal {
  return new ServerRefusal("NA5163", server, PROBLEMS[problem], obstacles);
}

/** The error for a server that runs where its platform does not reach it. @param obstacles what its platform reports */
export function unreachable(server: string, obstacles: readonly string[]): ServerRefusal {
  return new ServerRefusal("NA5162", server, "is on a node that does not respond", obstacles);
}
