import {
  findJetStreamProblems,
  type JetStreamCheck,
  type JetStreamProblem,
  type ServerReport,
} from "./jetstream-health";
import { withoutAnswer, type Answer, type ServerQuestions } from "./system-client";
import { LOOK_UP } from "./system-subjects";

/** The expected state of a cluster. */
export interface ExpectedCluster {
  /** The cluster's name. */
  readonly clusterName: string;
  /** The names of its servers. */
  readonly serverNames: readonly string[];
  /**
   * The names of more servers, which do not run.
   *
   * @default none
   */
  readonly absentNames?: readonly string[];
  /**
   * The names of more servers that may be members of JetStream, but do not run.
   *
   * @default none
   */
  readonly otherMembers?: readonly string[];
  /** The names of the accounts that every server should have loaded, by their public keys. */
  readonly accounts: Readonly<Record<string, string>>;
  /**
   * The part of JetStream to verify.
   *
   * @default none: the servers do not run it
   */
  readonly jetstream?: JetStreamCheck;
  /**
   * The hubs with which each server should be connected: the names of its remotes by the public key of their account, by the name of
   * the server.
   *
   * @default the servers connect to no hub
   */
  readonly remotes?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** A difference between a server and the expected cluster. */
export interface ClusterProblem {
  /** What differs: the server does not respond, is in another cluster, or lacks a route, an account or a hub. */
  readonly kind: "silent" | "cluster" | "routes" | "account" | "remotes";
  /** The name of the server. */
  readonly server: string;
  /** What is wrong, as a clause; without subject, except where an account is the subject. */
  readonly problem: string;
}

/** The differences between a cluster and the expected one. */
export interface Differences {
  readonly cluster: readonly ClusterProblem[];
  readonly jetstream: readonly JetStreamProblem[];
}

/** The routes of a server (ROUTEZ). */
export interface Routes {
  readonly routes?: readonly { readonly remote_name?: string }[];
}

/** An account as a server reports it (ACCOUNTZ), as far as every verification compares it. */
export interface AccountReport {
  readonly account_detail?: { readonly expired?: boolean; readonly complete?: boolean };
}

/** Asks the servers of a cluster, and compares their answers with the expected ones. */
export async function findDifferences(client: ServerQuestions, expected: ExpectedCluster): Promise<Differences> {
  const { serverNames, absentNames = [], otherMembers = [], accounts, jetstream } = expected;
  const servers = await client.ask<ServerReport>("VARZ");
  const silent = findSilent(serverNames, servers);
  const unexpected = findUnexpected(
    absentNames,
    servers.map(({ server }) => server.name),
  );
  if (silent.length + unexpected.length > 0) {
    // The answer of a server that should not run may take the place of another one.
    return { cluster: unexpected.length > 0 ? unexpected : silent, jetstream: [] };
  }
  const routes = await client.ask<Routes>("ROUTEZ");
  const cluster = [
    ...findElsewhere(expected, servers),
    ...findMissingRoutes(serverNames, routes),
    ...findUnexpected(absentNames, namesIn(routes)),
    ...findMissingRemotes(expected, expected.remotes === undefined ? [] : await client.ask<LeafNodes>("LEAFZ")),
    ...findAccountProblems(expected, await askForAccounts(client, Object.keys(accounts))),
  ];
  const names = { serverNames, absentNames: [...absentNames, ...otherMembers] };
  return {
    cluster,
    jetstream: jetstream === undefined ? [] : await findJetStreamProblems(client, names, servers, jetstream),
  };
}

/** Describes a difference as a clause. */
export function describeProblem({ kind, server, problem }: ClusterProblem): string {
  return kind === "account" ? `server ${server}: ${problem}` : `server ${server} ${problem}`;
}

/** Asks each server for each account. @returns the answers, by public key */
export async function askForAccounts<Report extends AccountReport>(
  client: ServerQuestions,
  publicKeys: readonly string[],
): Promise<ReadonlyMap<string, readonly Answer<Report>[]>> {
  const entries = publicKeys.map(async (account) => {
    client.publish(LOOK_UP, { acc: account });
    return [account, await client.ask<Report>("ACCOUNTZ", { account })] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Finds servers that have not responded. */
function findSilent(serverNames: readonly string[], servers: readonly Answer<unknown>[]): ClusterProblem[] {
  const problem = "does not respond: it does not run, or has no route";
  return withoutAnswer(serverNames, servers).map((server) => ({ kind: "silent", server, problem }));
}

/** Finds servers that belong to another cluster. A server that runs JetStream alone has no name of a cluster. */
export function findElsewhere(
  { serverNames, clusterName }: Pick<ExpectedCluster, "serverNames" | "clusterName">,
  servers: readonly Answer<unknown>[],
): ClusterProblem[] {
  const elsewhere = serverNames.length === 1 ? [] : servers.filter(({ server }) => server.cluster !== clusterName);
  return elsewhere.map(({ server: { name, cluster = "without a name" } }) => ({
    kind: "cluster",
    server: name,
    problem: `belongs to the cluster ${cluster}`,
  }));
}

/** Every server has a route to every other one: a server sends no message on that it has received over a route. */
export function findMissingRoutes(serverNames: readonly string[], routes: readonly Answer<Routes>[]): ClusterProblem[] {
  return serverNames.flatMap((server): ClusterProblem[] => {
    const report = routes.find((one) => one.server.name === server)?.data;
    const reached = (report?.routes ?? []).map(({ remote_name: remote }) => remote);
    const isMissing = (other: string) => other !== server && !reached.includes(other);
    const missing = report === undefined ? [] : serverNames.filter(isMissing);
    return missing.length === 0 ? [] : [{ kind: "routes", server, problem: `has no route to ${listNames(missing)}` }];
  });
}

/**
 * Finds servers that should not run: their configurations are former ones.
 *
 * @param found the names of servers that answer, or to which others have routes
 */
function findUnexpected(absentNames: readonly string[], found: readonly (string | undefined)[]): ClusterProblem[] {
  const problem = "still runs with its former configuration on a node that Kubernetes does not reach";
  return absentNames.filter((name) => found.includes(name)).map((server) => ({ kind: "routes", server, problem }));
}

/** Returns the names of servers that answer, and of those to which they have routes. */
function namesIn(routes: readonly Answer<Routes>[]): (string | undefined)[] {
  return routes.flatMap(({ server, data }) => [
    server.name,
    ...(data?.routes ?? []).map(({ remote_name: remote }) => remote),
  ]);
}

/** The connections of leaf nodes of a server (LEAFZ): in those that it opened itself it is a spoke. */
export interface LeafNodes {
  readonly leafs?: readonly { readonly account?: string; readonly is_spoke?: boolean }[];
}

/**
 * Finds hubs with which servers are not connected. A server reports the account of each connection with a hub, and not which of its
 * remotes it belongs to.
 */
export function findMissingRemotes(
  { remotes = {}, accounts }: Pick<ExpectedCluster, "remotes" | "accounts">,
  answers: readonly Answer<LeafNodes>[],
): ClusterProblem[] {
  return Object.entries(remotes).flatMap(([server, byAccount]) => {
    const spokes = (answers.find((one) => one.server.name === server)?.data?.leafs ?? []).filter(
      ({ is_spoke: isSpoke }) => isSpoke === true,
    );
    return Object.entries(byAccount).flatMap(([key, names]): ClusterProblem[] => {
      const count = spokes.filter(({ account }) => account === key).length;
      const which =
        names.length === 1 ? `the hub of the remote ${listNames(names)}` : `all hubs of ${listNames(names)}`;
      return count >= names.length
        ? []
        : [{ kind: "remotes", server, problem: `is not connected with ${which} (account ${accounts[key] ?? key})` }];
    });
  });
}

/** Finds accounts that servers have not loaded, or not completely. @param answers by public key */
export function findAccountProblems(
  { accounts, serverNames }: Pick<ExpectedCluster, "accounts" | "serverNames">,
  answers: ReadonlyMap<string, readonly Answer<AccountReport>[]>,
): ClusterProblem[] {
  return Object.entries(accounts).flatMap(([publicKey, name]) =>
    serverNames.flatMap((server): ClusterProblem[] => {
      const problem = accountProblem(answers.get(publicKey)?.find((answer) => answer.server.name === server));
      return problem === undefined
        ? []
        : [{ kind: "account", server, problem: `account ${name} (${publicKey}) ${problem}` }];
    }),
  );
}

function accountProblem(reply: Answer<AccountReport> | undefined): string | undefined {
  const detail = reply?.data?.account_detail;
  if (detail === undefined) {
    return `is not loaded${reply?.error?.description === undefined ? "" : ` (${reply.error.description})`}`;
  }
  if (detail.expired === true) {
    return "has expired";
  }
  return detail.complete === false ? "has imports that could not be resolved" : undefined;
}

/** Describes servers that were left out, as a clause. */
export function describeAbsent(names: readonly string[]): string {
  return `${listNames(names)} ${names.length === 1 ? "does" : "do"} not run`;
}

/** Joins names with commas and `and`. */
export function listNames(names: readonly string[]): string {
  return [names.slice(0, -1).join(", "), ...names.slice(-1)].filter((part) => part !== "").join(" and ");
}
