import { changeCluster } from "../../provider/dynamic/cluster/change-cluster";
import type { ConfigFiles } from "../../provider/servers/server";
import { filesOf, type Listeners, type Pair } from "./pair";
import { SIDES, type Side } from "./sides";
import type { World } from "./world";

/** What an update waits for between two changes. */
export type Waits = Parameters<typeof changeCluster>[1];

/** Waits for nothing between two changes. */
const NO_WAITS: Waits = {
  protectStreams: (changes) => Promise.resolve(changes),
  waitUntilStoppable: () => Promise.resolve(),
  waitForRoutes: () => Promise.resolve(),
  waitUntilJoined: () => Promise.resolve(),
};

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
 * @param waits what to wait for in between; nothing by default
 */
export async function change(
  pair: Pick<Pair, "servers">,
  files: PairFiles,
  previous?: PairFiles,
  waits = NO_WAITS,
): Promise<void> {
  const changeOf = (side: Side) => ({
    server: pair.servers[side],
    files: files[side],
    ...(previous === undefined ? {} : { previous: previous[side] }),
  });
  await changeCluster(SIDES.map(changeOf), waits);
}

/** Has one server alone take a configuration, as it happens when an update is killed between the two. */
export async function changeOne(pair: Pick<Pair, "servers">, side: Side, files: PairFiles): Promise<void> {
  const server = pair.servers[side];
  await server.put(files[side]);
  await server.reload(await server.try(files[side]));
}
