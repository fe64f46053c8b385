import { changeCluster } from "../../provider/resources/change-cluster";
import type { Side } from "../../provider/servers/places";
import type { ConfigFiles } from "../../provider/servers/server";
import { filesOf, type Listeners, type Pair } from "./pair";
import type { World } from "./world";

/** What both servers of a pair run with. */
export type PairFiles = Readonly<Record<Side, ConfigFiles>>;

/**
 * What both servers of a pair would run with in a world.
 *
 * @param password what opens a route
 */
export function pairFiles(world: World, listeners: Listeners, password?: string): PairFiles {
  const link = password === undefined ? {} : { password };
  return { static: filesOf("static", world, listeners, link), operator: filesOf("operator", world, listeners, link) };
}

/**
 * Brings a pair from one world to another, as an update does.
 *
 * @param files what the servers are to run with
 * @param previous what they have acknowledged; nothing, when they never did
 */
export async function change(pair: Pair, files: PairFiles, previous?: PairFiles): Promise<void> {
  const changeOf = (side: Side) => ({
    server: pair.servers[side],
    files: files[side],
    ...(previous === undefined ? {} : { previous: previous[side] }),
  });
  const changes = { static: changeOf("static"), operator: changeOf("operator") };
  await changeCluster(changes, { linked: () => Promise.resolve(), linkedInBetween: () => Promise.resolve() });
}

/** Has one server alone take a configuration, as it happens when an update is killed between the two. */
export async function changeOne(pair: Pair, side: Side, files: PairFiles): Promise<void> {
  const server = pair.servers[side];
  await server.put(files[side]);
  await server.reload(await server.try(files[side]));
}
