import { sortUnique } from "../model/form/order";
import { waitFor } from "./log";
import { askForStreams, type Replica, type ReportedStream, type StreamReport } from "./stream-reports";
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
}

/** The names of the servers of a cluster. */
export interface ServerNames {
  /** Those that run. */
  readonly serverNames: readonly string[];
  /** Those that do not run. */
  readonly absentNames: readonly string[];
}

/** A stream as one server has it. */
export interface StreamOnServer {
  readonly server: string;
  /** The public key of the stream's account. */
  readonly account: string;
  readonly name: string;
  readonly messages: number;
  /** Whether the server stores the messages in memory only. */
  readonly isInMemory: boolean;
  readonly replicas: number;
  readonly cluster: NonNullable<StreamReport["cluster"]>;
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
    })),
    ...answers.flatMap(({ server, data = {}, error }) => [
      ...(error?.description === undefined ? [] : [{ text: `server ${server.name}: ${error.description}` }]),
      ...(data.error === undefined ? [] : [{ text: `server ${server.name}: ${data.error}` }]),
      ...(data.errors ?? []).map(({ account, stream, error = "is not healthy" }) => ({
        text: `server ${server.name}: ${error}`,
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
  const texts = [
    ...strangers.map((name) => `JetStream has a member that is not a server of this cluster: ${name}`),
    ...(leaders.size === 1 && leading !== undefined
      ? findFollowerProblems(serverNames, leading, absentNames.length)
      : [NO_LEADER]),
  ];
  return [...new Set(texts)].map((text) => ({ text }));
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
): string[] {
  const followers = serverNames.filter((name) => name !== server);
  const states = followers.flatMap((name) => {
    const replica = replicas.find((one) => one.name === name);
    const problem = replica === undefined ? NOT_A_MEMBER : replicaProblem(replica);
    return problem === undefined ? [] : [`server ${name} ${problem}, as ${server} sees it`];
  });
  const count = serverNames.length + absentCount;
  const isOtherSize = size !== undefined && size !== count;
  return [...states, ...(isOtherSize ? [`JetStream has ${size} members instead of ${count}`] : [])];
}

function replicaProblem({ current, offline }: Replica): string | undefined {
  if (offline === true) {
    return "is offline";
  }
  return current === false ? "has not caught up" : undefined;
}

/**
 * Lists the streams of all accounts, once for each server that has a replica.
 *
 * @returns undefined if not every server responds
 */
async function listStreams(client: ServerQuestions): Promise<StreamOnServer[] | undefined> {
  const { answers, streams } = await askForStreams(client);
  return answers.filter(({ data }) => data !== undefined).length < client.count
    ? undefined
    : streams.map(toStreamOnServer);
}

function toStreamOnServer({ server, account, report }: ReportedStream): StreamOnServer {
  const { name, state, config, cluster = {} } = report;
  return {
    server,
    account,
    name,
    messages: state?.messages ?? 0,
    isInMemory: config?.storage === "memory",
    replicas: config?.num_replicas ?? 1,
    cluster,
  };
}

/** JetStream of a cluster at one moment. */
export interface JetStreamState {
  readonly problems: readonly JetStreamProblem[];
  /** All streams; undefined if a server does not list them. */
  readonly streams: readonly StreamOnServer[] | undefined;
}

/**
 * Inspects JetStream. Looks again for a short time while there are problems, which may be about to pass.
 *
 * @param urls servers that accept the login: the first one that can be reached is asked
 * @returns undefined if that server cannot be asked, or does not permit the requests
 */
export async function inspectJetStream(
  urls: readonly Endpoint[],
  login: string,
  serverNames: readonly string[],
  check: JetStreamCheck,
): Promise<JetStreamState | undefined> {
  try {
    const client = await SystemClient.connect(urls, login, serverNames.length);
    try {
      let state: JetStreamState | undefined;
      await waitFor(async () => {
        state = await readState(client, serverNames, check);
        return state === undefined || state.problems.length === 0 ? true : undefined;
      }, PASSING);
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
  serverNames: readonly string[],
  check: JetStreamCheck,
): Promise<JetStreamState | undefined> {
  const reports = await client.ask<ServerReport>("VARZ");
  const ofMembers = findMemberProblems(serverNames, reports);
  if (check === "members") {
    return { problems: ofMembers, streams: undefined };
  }
  const health = await client.ask<Health>("HEALTHZ", DETAILS);
  if (health.length === 0) {
    return undefined;
  }
  const problems = [...findUnhealthy(serverNames, health), ...ofMembers];
  const streams = await listStreams(client);
  const areReplicated = areOfStreams(problems) && serverNames.length > 1;
  return { problems: areReplicated ? [...problems, ...findStreamProblems(streams)] : problems, streams };
}

/**
 * @param streams undefined if not every server lists them
 * @param absentNames the names of servers that do not run: their replicas are missing
 */
function findStreamProblems(
  streams: readonly StreamOnServer[] | undefined,
  absentNames: readonly string[] = [],
): JetStreamProblem[] {
  if (streams === undefined) {
    return [{ text: UNLISTED }];
  }
  const replicas = new Map<string, StreamOnServer[]>();
  for (const stream of streams) {
    const key = `${stream.account} > ${stream.name}`;
    replicas.set(key, [...(replicas.get(key) ?? []), stream]);
  }
  return [...replicas.values()].flatMap((found) => {
    const problem = streamProblem(found, absentNames);
    return found.slice(0, problem === undefined ? 0 : 1).map(({ account, name }) => ({
      text: `stream ${name} ${problem ?? ""}`,
      account,
      stream: name,
    }));
  });
}

const UNLISTED = "not every server responds to a request for its streams";

function streamProblem(replicas: readonly StreamOnServer[], absentNames: readonly string[]): string | undefined {
  const traffic = new Set(replicas.flatMap(({ cluster }) => cluster.traffic_account ?? []));
  if (traffic.size > 1) {
    return "has replicas that use different accounts for their traffic, so they cannot reach each other";
  }
  const leading = replicas.find(({ server, cluster }) => cluster.leader === server);
  if (leading === undefined || replicas.some(({ cluster }) => cluster.leader !== leading.server)) {
    return "has no leader that all servers agree on";
  }
  const present = (leading.cluster.replicas ?? []).filter(({ name }) => !absentNames.includes(name));
  const [behind] = present.filter((replica) => replicaProblem(replica) !== undefined);
  return behind === undefined ? undefined : `has a replica on ${behind.name} that ${replicaProblem(behind) ?? ""}`;
}
