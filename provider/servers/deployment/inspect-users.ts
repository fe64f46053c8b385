import { randomBytes } from "node:crypto";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { PerServer } from "../../model/cluster/servers";
import { generateKeyPair, getSeedText } from "../../nkeys/keys";
import { connectingTo, endpointOf } from "./connect";
import type { Deployment, DeploymentAccess } from "./deployment";
import { problemOf } from "./problems";
import { describeAccepted, findAccepted, findUserProblems, type KnownUser } from "./users";

/** The users that have logged in, and the problems of others. */
export interface UserInspection {
  readonly problems: readonly Diagnostic[];
  /** Names of users, by the names of the servers. */
  readonly loggedIn: PerServer<readonly string[]>;
}

/** Logins at the same time. */
const CONCURRENT_LOGINS = 16;

/**
 * Logs users in to servers in static mode without a digest: their configurations alone contain users.
 *
 * @param names the names of the servers in the program
 */
export async function inspectUsers(
  { accounts, servers: declared, authorizationService }: Deployment,
  access: DeploymentAccess,
  names: readonly string[],
): Promise<UserInspection> {
  const { users: checks, seeds } = access;
  const users = Object.entries(accounts).flatMap(([account, { name, users: known }]) =>
    known.flatMap((user): KnownUser[] => {
      const seed = seeds[user.publicKey];
      return seed === undefined ? [] : [{ ...user, name: `${name}/${user.name}`, account, seed }];
    }),
  );
  const stranger = getSeedText(generateKeyPair("user", randomBytes));
  const results = await Promise.all(
    names.map(async (name): Promise<UserInspection> => {
      const target = declared[name];
      if (target === undefined || target.digest !== undefined) {
        return { problems: [], loggedIn: {} };
      }
      const [endpoint, connecting] = [endpointOf(target), connectingTo(target, access)];
      // An authorization service decides about clients that the configuration does not mention.
      const isDelegated = target.mode === "static" && authorizationService === true;
      const accepted = isDelegated ? [] : await findAccepted(endpoint, stranger, connecting);
      const logins = target.mode === "static" && checks !== "none" ? users : [];
      const found = await mapConcurrently(CONCURRENT_LOGINS, logins, async (user) => {
        return findUserProblems(endpoint, user, checks === "permissions", connecting);
      });
      const problems = [
        ...accepted.map(describeAccepted),
        ...logins.flatMap((user, index) => (found[index] ?? []).map((problem) => `user ${user.name} ${problem}`)),
      ];
      return {
        problems: problems.map((problem) => problemOf(name, "NA5085", problem)),
        loggedIn: { [name]: logins.map((user) => user.name) },
      };
    }),
  );
  return {
    problems: results.flatMap(({ problems }) => problems),
    loggedIn: Object.assign({}, ...results.map(({ loggedIn }) => loggedIn)) as UserInspection["loggedIn"],
  };
}

/** Maps a list, a limited number of its elements at the same time. */
async function mapConcurrently<T, U>(limit: number, list: readonly T[], map: (value: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (let start = 0; start < list.length; start += limit) {
    results.push(...(await Promise.all(list.slice(start, start + limit).map(map))));
  }
  return results;
}
