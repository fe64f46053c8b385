import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { MAIN_FILE } from "../../provider/servers/server";
import { keyOf } from "../support/keys";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import type { Side } from "../support/sides";
import { freePorts } from "../support/stack-ports";
import { operatorText } from "./operator-server";

/** Users of the static configuration, by `account/user`. It contains their public keys only. */
export const FILE_USERS = ["OLD/clerk", "OLD/reads", "PARTNER/asks", "SYS/watches"] as const;

/** The public key of a user of the static configuration. */
export function fileUserKey(user: string): string {
  return keyOf("user", `file ${user}`);
}

/** Two independent servers before adoption. */
export interface FormerServers {
  readonly urls: Readonly<Record<Side, string>>;
  /** The path of the static configuration. */
  readonly configuration: string;
  stop(): void;
}

/**
 * Starts a server with a static configuration, and one that trusts the operator of an nsc store. Neither configuration is
 * rendered by this package.
 *
 * @param store the folder of the operator
 */
export async function startFormerServers(store: string): Promise<FormerServers> {
  const cluster = newCluster();
  const [ofStatic = 0, ofOperator = 0] = await freePorts(2);
  const configuration = join(cluster, "written-by-hand.conf");
  writeFileSync(configuration, staticText(ofStatic));
  for (const [side, text] of [
    ["static", staticText(ofStatic)],
    ["operator", storeText(store, ofOperator)],
  ] as const) {
    const { server } = await newServer(cluster, side);
    await server.put({ [MAIN_FILE]: text });
    await server.start();
  }
  return {
    urls: { static: `nats://127.0.0.1:${ofStatic}`, operator: `nats://127.0.0.1:${ofOperator}` },
    configuration,
    stop() {
      removeCluster(cluster);
    },
  };
}

function staticText(port: number): string {
  return `
# Written by hand, long ago.
listen: 127.0.0.1:${port}
NEWS = "old.news.>"
accounts {
  OLD {
    users = [
      { nkey: ${fileUserKey("OLD/clerk")} }
      { nkey: ${fileUserKey("OLD/reads")}, permissions: { publish: { deny: ">" }, subscribe: $NEWS } }
    ]
    exports: [ { service: old.ask, accounts: [PARTNER] } ]
  }
  PARTNER: {
    users: [ { nkey: ${fileUserKey("PARTNER/asks")} } ]
    imports: [ { service: { account: OLD, subject: old.ask }, to: ask } ]
  }
  SYS { users: [ { nkey: ${fileUserKey("SYS/watches")} } ] }
}
system_account: SYS
`;
}

/** The configuration of a server for the operator of an nsc store. */
function storeText(store: string, port: number): string {
  const jwt = (...path: string[]) => readFileSync(join(store, ...path), "utf8");
  const accounts = readdirSync(join(store, "accounts")).map((name) => jwt("accounts", name, `${name}.jwt`));
  return operatorText(jwt(`${basename(store)}.jwt`), accounts, port);
}
