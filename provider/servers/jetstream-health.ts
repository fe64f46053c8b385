import { sortUnique } from "../model/form/order";
import { waitFor } from "./log";
import { findStreamProblems, listStreams, type StreamOnServer } from "./stream-health";
import { replicaProblem, type Replica } from "./stream-reports";
import { SystemClient, withoutAnswer, type Answer, type Endpoint, type ServerQuestions } from "./system-client";

/** The part of JetStream to verify: everything, or only its leader and members, which needs no further permissions. */
export type JetStreamCheck = "all" | "members";

/** What the servers of a cluster with JetStream report about themselves, as far as it matters here (VARZ). */
export interface ServerReport {
  readonly jetstream?: { readonly meta?: MetaGroup };
}

/** The servers that decide together about streams, as one of them sees them. */
interface MetaGroup {
  readonly leader?: string;
  readonly cluster_size?: number;
  readonly replicas?: readonly Replica[];
}

/** The health of a server (HEALTHZ). */
interface Health {
  readonly error?: string;
  readonly errors?: readonly { readonly account?: string; readonly stream?: string; readonly error?: string }[];
}

/** A problem of JetStream. */
export interface JetStreamProblem {
  /** A sentence without a period, in the servers' own words where they have some. */
  readonly text: string;
  /** The public key of the account that it is limited to. */
  readonly account?: string;
  /** The stream of the account that it is limited to. */
  readonly stream?: string;
  /** The name of the server that has it, where it concerns all streams of one server. */
  readonly server?: string;
}

/** The names of the servers of a cluster. */
export interface ServerNames {
  /** Those that run. */
  readonly serverNames: readonly string[];
  /** Those that do not run. */
  readonly absentNames: readonly string[];
}

/**
 * Finds problems of JetStream: a missing leader, members that are missing, unexpected, offline or behind, and streams that
 * no server can write to.
 *
 * nats-server reports itself as healthy while a stream has no leader, so streams are looked at, too.
 *
 * @param servers the names of the servers, which are the members
 * @param reports what they have reported about themselves
 */
export async function findJetStreamProblems(
  client: ServerQuestions,
  { serverNames, absentNames }: ServerNames,
  reports: readonly Answer<ServerReport>[],
  check: JetStreamCheck,
): Promise<JetStreamProblem[]> {
  const ofMembers = findMemberProblems(serverNames, reports, absentNames);
  if (check === "members") {
    return ofMembers;
  }
  const problems = [...findUnhealthy(serverNames, await client.ask<Health>("HEALTHZ", DETAILS)), ...ofMembers];
  return areOfStreams(problems) && serverNames.length > 1
    ? [...problems, ...findStreamProblems(await listStreams(client), absentNames)]
    : problems;
}

const DETAILS = { details: true };

/** True unless something concerns more than single streams, which are then not worth looking at. */
function areOfStreams(problems: readonly JetStreamProblem[]): boolean {
  return problems.every(({ stream }) => stream !== undefined);
}

function findUnhealthy(serverNames: readonly string[], answers: readonly Answer<Health>[]): JetStreamProblem[] {
  return [
    ...withoutAnswer(serverNames, answers).map((name) => ({
      text: `server ${name} does not respond to a request for its health`,
      server: name,
    })),
    ...answers.flatMap(({ server: { name }, data = {}, error }) => [
      ...[error?.description, data.error].flatMap((text) =>
        text === undefined ? [] : [{ text: `server ${name}: ${text}`, server: name }],
      ),
      ...(data.errors ?? []).map(({ account, stream, error = "is not healthy" }) => ({
        text: `server ${name}: ${error}`,
        ...(account === undefined ? {} : { account }),
        ...(stream === undefined ? {} : { stream }),
      })),
    ]),
  ];
}

/** Members are identified by the names of their servers. @param absentNames those of members that do not run */
function findMemberProblems(
  serverNames: readonly string[],
  reports: readonly Answer<ServerReport>[],
  absentNames: readonly string[] = [],
): JetStreamProblem[] {
  const groups = reports.flatMap(({ server, data }) => {
    const group = data?.jetstream?.meta;
    return group === undefined ? [] : [{ server: server.name, ...group }];
  });
  const members = groups.flatMap(({ replicas = [] }) => replicas.map(({ name }) => name));
  const strangers = members.filter((name) => ![...serverNames, ...absentNames].includes(name));
  if (serverNames.length === 1 && groups.length === 0) {
    // It runs JetStream alone.
    return [];
  }
  const leaders = new Set(groups.map(({ leader }) => leader));
  const leading = groups.find(({ server, leader }) => server === leader);
  return [
    ...sortUnique(strangers).map((name) => ({
      text: `JetStream has a member that is not a server of this cluster: ${name}`,
    })),
    ...(leaders.size === 1 && leading !== undefined
      ? findFollowerProblems(serverNames, leading, absentNames.length)
      : [{ text: NO_LEADER }]),
  ];
}

/** Lists the members of JetStream, as any server sees them. */
export async function listMembers(client: SystemClient): Promise<string[]> {
  const reports = await client.ask<ServerReport>("VARZ");
  const groups = reports.flatMap(({ data }) => data?.jetstream?.meta ?? []);
  return sortUnique(
    groups.flatMap(({ leader, replicas = [] }) => [
      ...(leader === undefined ? [] : [leader]),
      ...replicas.map(({ name }) => name),
    ]),
  );
}

/** The problem of a server that has not joined, as a clause. */
export const NOT_A_MEMBER = "is not a member of JetStream";

const NO_LEADER = "the servers do not agree on a leader of JetStream";

function findFollowerProblems(
  serverNames: readonly string[],
  { server, replicas = [], cluster_size: size }: MetaGroup & { readonly server: string },
  absentCount: number,
): JetStreamProblem[] {
  const followers = serverNames.filter((name) => name !== server);
  const states = followers.flatMap((name) => {
    const replica = replicas.find((one) => one.name === name);
    const problem = replica === undefined ? NOT_A_MEMBER : replicaProblem(replica);
    return problem === undefined ? [] : [{ text: `server ${name} ${problem}, as ${server} sees it`, server: name }];
  });
  // One that has never run is not a member yet.
  const [least, most] = [serverNames.length, serverNames.length + absentCount];
  const isOtherSize = size !== undefined && (size < least || size > most);
  return [...states, ...(isOtherSize ? [{ text: `JetStream has ${size} members instead of ${most}` }] : [])];
}

/** JetStream of a cluster at one moment. */
export interface JetStreamState {
  readonly problems: readonly JetStreamProblem[];
  /** All streams; undefined if a server does not list them. */
  readonly streams: readonly StreamOnServer[] | undefined;
}

/** Options of {@link inspectJetStream}. */
export interface InspectOptions {
  /**
   * Milliseconds after which problems are returned.
   *
   * @default those in which problems of a healthy cluster pass
   */
  readonly timeout?: number;
  /**
   * True for problems that are left out.
   *
   * @default none
   */
  readonly isExcepted?: (problem: JetStreamProblem) => boolean;
}

/**
 * Inspects JetStream. Looks again while there are problems, which may be about to pass.
 *
 * @param urls servers that accept the login: the first one that can be reached is asked
 * @param names the names of the servers, which are the members
 * @returns undefined if that server cannot be asked, or does not permit the requests
 */
export async function inspectJetStream(
  urls: readonly Endpoint[],
  login: string,
  names: ServerNames,
  check: JetStreamCheck,
  { timeout = PASSING, isExcepted = () => false }: InspectOptions = {},
): Promise<JetStreamState | undefined> {
  try {
    const client = await SystemClient.connect(urls, login, names.serverNames.length);
    try {
      let state: JetStreamState | undefined;
      await waitFor(async () => {
        state = await readState(client, names, check, isExcepted);
        return state === undefined || state.problems.length === 0 ? true : undefined;
      }, timeout);
      return state;
    } finally {
      await client.close();
    }
  } catch {
    return undefined;
  }
}

/** Milliseconds in which problems of a healthy cluster pass. */
const PASSING = 3_000;

async function readState(
  client: SystemClient,
  { serverNames, absentNames }: ServerNames,
  check: JetStreamCheck,
  isExcepted: (problem: JetStreamProblem) => boolean,
): Promise<JetStreamState | undefined> {
  const isCounted = (problem: JetStreamProblem) => !isExcepted(problem);
  const reports = await client.ask<ServerReport>("VARZ");
  const ofMembers = findMemberProblems(serverNames, reports, absentNames).filter(isCounted);
  if (check === "members") {
    return { problems: ofMembers, streams: undefined };
  }
  const health = await client.ask<Health>("HEALTHZ", DETAILS);
  if (health.length === 0) {
    return undefined;
  }
  const problems = [...findUnhealthy(serverNames, health).filter(isCounted), ...ofMembers];
  const streams = await listStreams(client);
  const areReplicated = areOfStreams(problems) && serverNames.length > 1;
  const ofStreams = areReplicated ? findStreamProblems(streams, absentNames).filter(isCounted) : [];
  return { problems: [...problems, ...ofStreams], streams };
}
