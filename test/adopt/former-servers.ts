import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MAIN_FILE } from "../../provider/servers/server";
import type { Side } from "../../provider/servers/places";
import { keyOf } from "../support/keys";
import { newCluster, newServer, removeCluster } from "../support/local-server";
import { freePorts } from "../support/stack-ports";

/** Users whom the static configuration names, by `account/user`: the public key is all that it has of them. */
export const FILE_USERS = ["OLD/clerk", "OLD/reads", "PARTNER/asks", "SYS/watches"] as const;

/** The key of a user of the static configuration; nobody but the user has its seed. */
export function fileUserKey(user: string): string {
  return keyOf("user", `file ${user}`);
}

/** What there is before anything is adopted: two servers that know nothing of each other. */
export interface FormerServers {
  readonly urls: Readonly<Record<Side, string>>;
  /** The static configuration, as somebody wrote it. */
  readonly configuration: string;
  stop(): void;
}

/**
 * Starts a server with a static configuration, and one that trusts the operator of an nsc store, without this package's
 * configurations.
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
    ["operator", operatorText(store, ofOperator)],
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

/** What `nsc generate config --mem-resolver` would say. */
function operatorText(store: string, port: number): string {
  const jwt = (...path: string[]) => readFileSync(join(store, ...path), "utf8");
  const claims = (token: string) => {
    const [, body = ""] = token.split(".");
    return JSON.parse(Buffer.from(body, "base64url").toString()) as {
      sub: string;
      nats: { system_account?: string };
    };
  };
  const operator = jwt(`${store.split("/").at(-1) ?? ""}.jwt`);
  const accounts = readdirSync(join(store, "accounts")).map((name) => jwt("accounts", name, `${name}.jwt`));
  return `
listen: 127.0.0.1:${port}
operator: ${operator}
system_account: ${claims(operator).nats.system_account ?? ""}
resolver: MEMORY
resolver_preload: {
${accounts.map((token) => `  ${claims(token).sub}: ${token}`).join("\n")}
}
`;
}
