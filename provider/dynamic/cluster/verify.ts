import { serverName, type PerServer } from "../../model/cluster/servers";
import type { CheckOptions, ExpectedCluster } from "../../servers/check";
import { findEndedServers } from "../../servers/ended";
import { display } from "../../diagnostics/diagnostic";
import { indented } from "../../config/syntax";
import { redactPasswords, type ServerError } from "../../servers/errors";
import type { Place } from "../../servers/place";
import { getServer } from "../../servers/platforms";
import { withPresentLogin, type PresentAccess, type PresentConfig } from "./check-credentials";

/** The places of the servers. */
export type Places = PerServer<Place>;

/**
 * Verifies that the servers of a cluster have the expected state, and waits until they do.
 *
 * @param places where the servers run, to find out whether they still do; undefined if unknown
 * @param configs the configurations that the servers may have now, to find one to connect to; none for the one that `access` names
 * @returns a sentence that describes the cluster
 * @throws ServerError with every difference, or with the servers that have ended
 */
export async function verifyCluster(
  access: PresentAccess,
  places: Places | undefined,
  expected: ExpectedCluster,
  options: Omit<CheckOptions, "findEnded"> = {},
  configs: readonly PresentConfig[] = [],
): Promise<string> {
  const waits = expected.jetstream !== undefined;
  // Loaded only when needed: a NATS client takes long to load.
  const { checkCluster } = await import("../../servers/check.js");
  const findEnded = () => findEndedIn(places);
  const readRemotes = (serverNames: readonly string[]) =>
    readRemoteLogs(
      expected.clusterName,
      Object.entries(places ?? {}).filter(([name]) => serverNames.includes(serverName(expected.clusterName, name))),
    );
  return withPresentLogin(access, configs, waits, ({ urls, login }) =>
    checkCluster(urls, login, expected, { ...options, findEnded, readRemotes }),
  );
}

async function findEndedIn(places: Places | undefined): Promise<ServerError | undefined> {
  return places === undefined
    ? undefined
    : findEndedServers(await Promise.all(Object.entries(places).map(([name, place]) => getServer(name, place))));
}

/** Reads the last lines that servers logged about connections with hubs. */
async function readRemoteLogs(
  clusterName: string,
  places: readonly (readonly [name: string, place: Place])[],
): Promise<string[]> {
  const logs = await Promise.all(
    places.map(async ([name, place]) => {
      const lines = linesAboutRemotes(await (await getServer(name, place)).complaints().catch(() => []));
      return lines.length === 0 ? [] : [`Last output of the ${name} server about its remotes:`, ...indented(lines)];
    }),
  );
  const all = logs.flat();
  return [...all, ...explainRemotes(all, clusterName)];
}

/** Returns what to do about the errors in lines about connections with hubs, as far as it is known. */
export function explainRemotes(lines: readonly string[], clusterName: string): string[] {
  const has = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  return [
    ...(has(/same cluster name/i)
      ? [`The hub's cluster is also called ${display(clusterName)}: set \`clusterName\` of one of the two clusters.`]
      : []),
    ...(has(/Authorization Violation/i)
      ? [
          "The hub rejected the login of a remote. A static server accepts `seed`, or `user` and `password`; a server in operator " +
            "mode accepts `creds`. Compare the login with the mode of the hub's server and with its users.",
        ]
      : []),
  ];
}

const ABOUT_REMOTES = /\[ERR\].*(leaf ?node|- lid)/i;
/** What nats-server writes before the level: the process and, unless a setting omits it, the time. */
const PREFIX = /^\[\d+\] (?:\d{4}\/\d{2}\/\d{2} [\d:.]+ )?/;
const MAX_LINES = 3;

/** Returns the last of these lines of a log that are about connections with hubs. */
export function linesAboutRemotes(lines: readonly string[]): string[] {
  return (
    lines
      // Passwords are removed from whole lines: of a part, they might not be recognized.
      .map(redactPasswords)
      .filter((line) => ABOUT_REMOTES.test(line))
      // Without process and time, a refresh shows the same problem in the same words.
      .map((line) => line.replace(PREFIX, ""))
      .slice(-MAX_LINES)
  );
}
