import { rmSync } from "node:fs";
import { ROUTES_FILE } from "../../provider/config/listener";
import { renderRoutesConfig } from "../../provider/config/routes";
import { ServerRefusal } from "../../provider/servers/errors";
import { MAIN_FILE } from "../../provider/servers/server";
import { isSecurityGap } from "../../provider/parity/summary";
import type { Verdict } from "../support/campaign/campaign";
import { withNeighbours } from "../support/decisions";
import { newCluster, newServer, removeCluster, temporaryFolder } from "../support/local-server";
import { ROUTE_PASSWORD } from "../support/pair";
import { otherSide, SIDES } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { Facts, type Fact } from "./facts";
import { namesGap, namesLimit, namesLoss, namesRenaming } from "./named";
import type { AdoptedPlace, Original } from "./original";
import type { Client, Place } from "./places";
import { adopt, type Program } from "./program";
import { expectedRefusal } from "./refusals";
import { limits } from "./trials/limits";
import { logins } from "./trials/logins";
import { events } from "./trials/events";
import { system } from "./trials/system";
import { messages, type Arrival } from "./trials/messages";

/** Number of subjects that are tried at once. */
const MOST = 20;

/** Adopts an original, and compares what its clients may do before and after. */
export async function tryOriginal(make: (folder: string) => Original): Promise<Verdict> {
  const folder = temporaryFolder("adoption");
  const cluster = newCluster();
  try {
    const original = make(folder);
    const port = await startOriginal(cluster, original);
    if (port === undefined) {
      return { decisions: 0, mismatches: [], skipped: "that the original server refused" };
    }
    const program = await adopt(original.read, original.jetstream);
    if ("refused" in program) {
      const expected = expectedRefusal(program.refused);
      return expected === undefined
        ? { decisions: 0, mismatches: program.refused.split("\n") }
        : { decisions: 0, mismatches: [], skipped: `that were not adopted because of ${expected}` };
    }
    await startAdopted(cluster, program, original.jetstream);
    return await compare(original, port, program);
  } catch (error) {
    if (error instanceof ServerRefusal) {
      return { decisions: 0, mismatches: error.message.split("\n") };
    }
    throw error;
  } finally {
    removeCluster(cluster);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startOriginal(cluster: string, { config }: Original): Promise<number | undefined> {
  const [port = 0] = await freePorts(1);
  const { server } = await newServer(cluster, "original");
  try {
    await server.put({ [MAIN_FILE]: config(port), [ROUTES_FILE]: "" });
    await server.start();
    return port;
  } catch (error) {
    if (error instanceof ServerRefusal) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Starts the servers of a program. They are separate, so that each decides by itself; servers that store streams need each
 * other.
 */
async function startAdopted(cluster: string, { configs, ports }: Program, linked: boolean): Promise<void> {
  const places = await Promise.all(
    SIDES.map(async (side) => {
      const { server } = await newServer(cluster, side);
      const peer = { host: "127.0.0.1", clusterPort: ports[otherSide(side)].cluster };
      const routes = linked ? renderRoutesConfig([peer], ROUTE_PASSWORD) : "";
      await server.put({ [MAIN_FILE]: configs[side], [ROUTES_FILE]: routes });
      return server;
    }),
  );
  await Promise.all(places.map((server) => server.start()));
}

async function compare(original: Original, port: number, program: Program): Promise<Verdict> {
  const some = withNeighbours(original.subjects, MOST).slice(0, MOST);
  const subjects = [
    ...new Set(some.flatMap((subject) => [subject, subject.replaceAll(/\{(?<name>[^{}]+)\}/g, "$<name>")])),
  ];
  const before: Place = {
    name: "original",
    port,
    proofOf: original.proofs(undefined).original,
    accountId: original.accountIds(undefined),
  };
  const first = await observe(before, original, original.clients, subjects);
  const mismatches: string[] = [];
  for (const name of original.places) {
    const place: Place = {
      name,
      port: program.ports[name === "static" ? "static" : "operator"].client,
      proofOf: original.proofs(program)[name],
      accountId: original.accountIds(program),
    };
    const clients = original.clients.filter((client) => !original.absent(name, client));
    const facts = await observe(place, original, clients, subjects, first);
    mismatches.push(...differences(name, { original, program, clients }, first.facts, facts.facts));
  }
  const named = program.leftOut.map(({ code, path }) => `named: ${code} ${path}`);
  return { decisions: first.facts.asked, mismatches: mismatches.length === 0 ? [] : [...mismatches, ...named] };
}

async function observe(
  place: Place,
  { accounts, jetstream, systemAccount }: Original,
  clients: readonly Client[],
  subjects: readonly string[],
  before?: { readonly facts: Facts; readonly arrivals: readonly Arrival[] },
) {
  const facts = new Facts();
  await limits(place, clients, subjects, facts);
  await logins(place, clients, facts);
  await system(place, clients, { accounts, systemAccount, jetstream }, facts, before?.facts);
  await events(place, clients, systemAccount, facts);
  const found = await messages(place, clients, { subjects, accounts, systemAccount }, facts, before?.arrivals);
  return { facts, arrivals: found };
}

/** An original, the program that adopted it, and the clients that are tried on both. */
interface Tried {
  readonly original: Original;
  readonly program: Program;
  readonly clients: readonly Client[];
}

function differences(place: AdoptedPlace, { program, clients }: Tried, before: Facts, after: Facts): string[] {
  const known = (fact: Fact) => fact.clients.every((name) => !isAbsent(name, clients));
  const gaps = place === "static" ? program.parity.rows.filter(isSecurityGap) : [];
  const more = after
    .beyond(before)
    .filter((fact) => !gaps.some((gap) => namesGap(gap, fact, clients)))
    .filter((fact) => !program.leftOut.some((diagnostic) => namesLimit(diagnostic, fact)));
  const lost = before
    .beyond(after)
    .filter(known)
    .filter((fact) => !program.leftOut.some((diagnostic) => namesLoss(diagnostic, fact, clients)));
  const renamed = program.leftOut.some(namesRenaming) ? [] : before.renamed(after).filter(known);
  return [
    ...renamed.map(({ text }) => `${place}: lost by its name without a word: ${text}`),
    ...more.map(({ text }) => `${place}: granted: ${text}`),
    ...lost.map(({ text }) => `${place}: lost without a word: ${text}`),
  ];
}

function isAbsent(name: string, clients: readonly Client[]): boolean {
  return name.includes("/") && !clients.some((client) => client.name === name);
}
