import type { AccountDeclaration } from "../../../provider/model/account/account";
import { FREE_USER } from "../../support/arbitraries";
import { decision, literal, questionsOn as questionsAbout, type Decisions } from "../../support/decisions";
import { logInSoon, proofOf, USUAL } from "../../support/logins";
import { modeOf, SIDES } from "../../support/sides";
import { portOf } from "../../support/pair";
import { publish, subscribe, Wire } from "../../support/wire";
import { accessOf, rightsOf } from "../reference/access";
import { reachOf, type Reach } from "../reference/limits";
import { mayLogIn } from "../reference/logins";
import { mapped } from "../reference/mappings";
import { mayPublish, maySubscribe } from "../reference/permissions";
import { permissionSubjects } from "../subjects";
import type { Arena } from "../arena";
import type { Comparison } from "../trial";

/** Default maximum payload of a server, in bytes. */
const LARGEST = 1_048_576;
/** Milliseconds in which all servers of a cluster know that a connection was closed. */
const SETTLED = 5_000;
/** Number of attempts: more than any limit of the generated models that a trial is meant to reach. */
const TRIES = 6;
/** Payload sizes in bytes, around the limits of the generated models. */
const PAYLOADS = [0, 1, 2, 9, 10, 11, 1_024, 1_025, LARGEST, LARGEST + 1];

/** Subjects on which limits are tested. */
interface Where {
  readonly publish: string | undefined;
  readonly subscribe: string | undefined;
}

const CONNECTIONS = "connections at a time";
const SUBSCRIPTIONS = "subscriptions of a connection";
const publishing = (bytes: number): string => `publish ${bytes} bytes`;

/**
 * Tests users with limits, of their own or of their account, up to and beyond each limit. When no subscription is allowed,
 * a server closes every connection after a moment, so nothing else is tested.
 */
export async function limits(arena: Arena): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const account of arena.accounts) {
    for (const user of Object.keys(account.users ?? {}).filter((name) => isLimited(account, name))) {
      const sides = SIDES.filter((side) => user === FREE_USER || mayLogIn(account, user, side, USUAL[side]));
      const places = await arena.onEachMode(sides, (server) => ofUser(arena, account, user, server));
      found.push({ about: `limits of ${account.name}/${user}`, places });
    }
  }
  return found;
}

/** Tests the account's limits with one user, and the limits of a user with that user. */
function isLimited(account: AccountDeclaration, user: string): boolean {
  return user === FREE_USER ? account.limits !== undefined : accessOf(account, user).limits !== undefined;
}

async function ofUser(arena: Arena, account: AccountDeclaration, user: string, server: string) {
  const reach = reachOf(account, user, modeOf(server));
  const where = subjectsOf(arena, account, user);
  const found = await observed(arena, `${account.name}/${user}`, server, where, reach);
  const asked = questionsOn(user, reach, where);
  const only = (decisions: Decisions) =>
    Object.fromEntries(asked.map((question) => [question, decisions[question] ?? ""]));
  return { expected: only(expected(reach)), observed: only(found) };
}

/** Returns a subject to which the user may publish, and one to which it may subscribe. */
function subjectsOf({ accounts }: Arena, account: AccountDeclaration, user: string): Where {
  const rights = rightsOf(account, user) ?? {};
  const subjects = literal(questionsAbout(permissionSubjects(accounts, rights)).publish);
  return {
    publish: subjects.find((subject) => mayPublish(rights, mapped(account, subject))),
    subscribe: subjects.find((subject) => maySubscribe(rights, subject)),
  };
}

/** Counts the connections of an account once, while it has no other connections. */
function questionsOn(user: string, { subscriptions: most }: Reach, where: Where): string[] {
  return [
    ...(user === FREE_USER && most > 0 ? [CONNECTIONS] : []),
    ...(where.subscribe === undefined ? [] : [SUBSCRIPTIONS]),
    ...(where.publish === undefined || most === 0 ? [] : PAYLOADS.map(publishing)),
  ];
}

async function observed(
  { world, cluster, linked }: Arena,
  user: string,
  server: string,
  where: Where,
  reach: Reach,
): Promise<Decisions> {
  const proof = await proofOf(world, user, USUAL[modeOf(server)]);
  const count = () => connections(() => Wire.open(portOf(cluster, server), proof));
  const { connected, refusal } = linked ? await settled(count, Math.min(reach.connections, TRIES)) : await count();
  const open = () => (connected === 0 ? Promise.reject(new Error("nobody may")) : logInSoon(cluster, server, proof));
  return {
    [CONNECTIONS]: refusal === undefined ? String(connected) : `${connected}, then ${refusal}`,
    [SUBSCRIPTIONS]: await using(open, "0", (wire) => subscriptions(wire, where.subscribe ?? "")),
    ...(await payloads(open, where.publish ?? "")),
  };
}

/** Counts again while connections that another server has closed still count. Too many connections never are too few. */
async function settled(count: () => Promise<Counted>, expected: number): Promise<Counted> {
  const end = performance.now() + SETTLED;
  for (;;) {
    const counted = await count();
    if (counted.connected >= expected || performance.now() > end) return counted;
  }
}

/** How many connections a user opened, and why the next one was refused, if not because of the limit. */
interface Counted {
  readonly connected: number;
  readonly refusal?: string;
}

async function connections(open: () => Promise<Wire>): Promise<Counted> {
  const wires: Wire[] = [];
  try {
    while (wires.length < TRIES) {
      wires.push(await open());
    }
    return { connected: wires.length };
  } catch (error) {
    const isLimit = String(error).includes("maximum account active connections");
    return { connected: wires.length, ...(isLimit ? {} : { refusal: String(error) }) };
  } finally {
    await Promise.all(wires.map((wire) => wire.close()));
  }
}

async function subscriptions(wire: Wire, subject: string): Promise<string> {
  const decisions = await wire.sendAll(Array.from({ length: TRIES }, (_, id) => subscribe(subject, id)));
  return String(decisions.filter((made) => made === "allowed").length);
}

async function payloads(open: () => Promise<Wire>, subject: string): Promise<Decisions> {
  const found: Record<string, string> = {};
  for (const bytes of PAYLOADS) {
    found[publishing(bytes)] = await using(open, "denied", async (wire) =>
      decision((await wire.send(publish(subject, "x".repeat(bytes)))) === "allowed"),
    );
  }
  return found;
}

/** Returns the result of using one connection, or a default when the connection is refused. */
async function using(
  open: () => Promise<Wire>,
  otherwise: string,
  use: (wire: Wire) => Promise<string>,
): Promise<string> {
  let wire: Wire;
  try {
    wire = await open();
  } catch {
    return otherwise;
  }
  try {
    return await use(wire);
  } finally {
    await wire.close();
  }
}

function expected({ connections: connected, subscriptions: subscribed, payload }: Reach): Decisions {
  const most = connected === 0 ? -1 : Math.min(payload, LARGEST);
  return {
    [CONNECTIONS]: String(Math.min(connected, TRIES)),
    [SUBSCRIPTIONS]: String(connected === 0 ? 0 : Math.min(subscribed, TRIES)),
    ...Object.fromEntries(PAYLOADS.map((bytes) => [publishing(bytes), decision(bytes <= most)])),
  };
}
