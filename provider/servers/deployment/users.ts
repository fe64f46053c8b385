import { PermissionViolationError, type NatsConnection } from "@nats-io/transport-node";
import { permissionLines, type ExpectedUser, type ReportedPermissions } from "../../config/expected-accounts";
import { covers, hasWildcard } from "../../model/subjects/subjects";
import { errorMessage } from "../errors";
import { differingLines } from "./compare";
import { isDenied, openConnection, type Connecting, type Endpoint } from "../system-client";

/** A user whose credentials are known. */
export interface KnownUser extends ExpectedUser {
  /** Public key of its account. */
  readonly account: string;
  readonly seed: string;
}

/** Requests the account and the permissions of the client that asks. */
const USER_INFO = "$SYS.REQ.USER.INFO";
/** The subjects of answers to requests of a client. */
const INBOX = "_INBOX.>";
const ANSWER_TIMEOUT = 2_000;

interface UserAnswer {
  readonly data?: { readonly account?: string; readonly permissions?: ReportedPermissions };
}

/**
 * Logs a user in to a server, and compares what the server permits.
 *
 * @param checksPermissions whether more than the login is verified
 * @returns what differs, as clauses without subject
 */
export async function findUserProblems(
  endpoint: Endpoint,
  user: KnownUser,
  checksPermissions: boolean,
  connecting: Connecting,
): Promise<string[]> {
  let connection: NatsConnection;
  try {
    connection = await openConnection([endpoint], user.seed, connecting);
  } catch (error) {
    return [`cannot log in (${errorMessage(error)})`];
  }
  try {
    return checksPermissions ? await comparePermissions(connection, user) : [];
  } catch (error) {
    return [`cannot be verified (${errorMessage(error)})`];
  } finally {
    await connection.close();
  }
}

async function comparePermissions(connection: NatsConnection, user: KnownUser): Promise<string[]> {
  if (!canAsk(user.permissions)) {
    return findDecisionProblems(connection, user.permissions ?? {});
  }
  try {
    const { data } = (await connection.request(USER_INFO, "", { timeout: ANSWER_TIMEOUT })).json<UserAnswer>();
    const ofOther = data?.account === user.account ? [] : [`belongs to the account ${data?.account ?? "(none)"}`];
    return [...ofOther, ...comparePermissionLists(user.permissions, data?.permissions)];
  } catch (error) {
    if (isDenied(error)) {
      return [`has other permissions: ${errorMessage(error)}`];
    }
    throw error;
  }
}

function comparePermissionLists(expected?: ReportedPermissions, reported?: ReportedPermissions): string[] {
  const differences = differingLines(permissionLines(expected), permissionLines(reported));
  return differences.length === 0 ? [] : [`has other permissions: ${differences.join("; ")}`];
}

function canAsk(permissions: ReportedPermissions = {}): boolean {
  return mayPublish(USER_INFO, permissions) && isPermitted(INBOX, permissions.subscribe);
}

/** A user with permission to respond may publish nothing else, unless a list allows it. */
function mayPublish(subject: string, { publish, responses }: ReportedPermissions): boolean {
  return (responses === undefined || publish?.allow !== undefined) && isPermitted(subject, publish);
}

/** Returns whether all of a subject is permitted. */
function isPermitted(
  subject: string,
  { allow = [], deny = [] }: NonNullable<ReportedPermissions["publish"]> = {},
): boolean {
  const isAllowed = allow.length === 0 || allow.some((pattern) => covers(pattern, subject));
  const isDeniedPart = deny.some((pattern) => covers(pattern, subject) || covers(subject, pattern));
  return isAllowed && !isDeniedPart;
}

/** A subject that no permission names. */
const STRANGE_SUBJECT = "pulumi-nats-auth.verification";
/** The subjects of a user that are tried. */
const MAX_SUBJECTS = 50;

/**
 * Compares the decisions of a server on publishing, for users who may not ask for their permissions. No message is delivered:
 * a server rejects the reply subject of each message, but only after it has decided about the subject.
 */
async function findDecisionProblems(connection: NatsConnection, permissions: ReportedPermissions): Promise<string[]> {
  const { publish = {} } = permissions;
  const patterns = [...(publish.allow ?? []), ...(publish.deny ?? []), STRANGE_SUBJECT];
  const subjects = [...new Set(patterns.map(toLiteral))].slice(0, MAX_SUBJECTS);
  const denied = new Set<string>();
  const collected = collectDenied(connection, denied);
  subjects.forEach((subject, index) => {
    connection.publish(subject, "", { reply: `_R_.verification${index}` });
  });
  await connection.flush();
  await connection.close();
  await collected;
  return subjects.flatMap((subject) => {
    const isAllowed = mayPublish(subject, permissions);
    const clause = `${isAllowed ? "is not" : "is"} permitted to publish to ${JSON.stringify(subject)}`;
    return isAllowed === !denied.has(subject) ? [] : [clause];
  });
}

/** Collects the subjects that a client may not publish to, until its connection closes. */
async function collectDenied(connection: NatsConnection, denied: Set<string>): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === "error" && status.error instanceof PermissionViolationError) {
      denied.add(status.error.subject);
    }
  }
}

/** Returns a subject that a pattern matches. */
function toLiteral(pattern: string): string {
  return hasWildcard(pattern)
    ? pattern
        .split(".")
        .map((token) => (token === "*" || token === ">" ? "x" : token))
        .join(".")
    : pattern;
}

/**
 * Finds out whether a server rejects clients that no configuration mentions.
 *
 * @param stranger the seed of a key that no configuration contains
 * @returns the kinds of clients that it accepts
 */
export async function findAccepted(endpoint: Endpoint, stranger: string, connecting: Connecting): Promise<string[]> {
  const kinds = { "a client without credentials": undefined, "a client with an unknown key": stranger };
  const found = Object.entries(kinds).map(async ([kind, login]) => {
    try {
      const connection = await openConnection([endpoint], login, connecting);
      await connection.close();
      return [kind];
    } catch {
      return [];
    }
  });
  return (await Promise.all(found)).flat();
}

/** Describes that a server accepts a client, as a clause. */
export function describeAccepted(kind: string): string {
  return `accepts ${kind}`;
}
