import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Account, Nkey, Operator } from "../../provider";
import { mergeAdopted, readNscStore, readStaticConfig } from "../../provider/adopt";
import { formatCreds } from "../../provider/jwt/sign";
import { put, writeStore } from "../adopt/nsc-writer";
import { withOperatorServer } from "../adopt/operator-server";
import { FREE, signAccount, signOperator, signUser, UNLIMITED } from "../read/sign";
import { adoptedWorld } from "../support/adopted-world";
import { by, Clients } from "../support/clients";
import { codesAndPaths } from "../support/diagnostics";
import { keyOf, seedOf } from "../support/keys";
import { newCluster, newServer, removeCluster, temporaryFolder } from "../support/local-server";
import { mockEngine } from "../support/mocks";
import { startPair, urlOf } from "../support/pair";
import { freePorts } from "../support/stack-ports";
import { ISSUED_AT } from "../support/world";
import { MAIN_FILE } from "../../provider/servers/server";

/** Users of the store and of the file, and whether the operator server admits them. */
const USERS = { valid: true, revoked: false, expired: false, stranger: false, ofRejected: false } as const;
type Name = keyof typeof USERS;
const NAMES = Object.keys(USERS) as Name[];

/** A file that lists all of them. */
const FILE = `accounts {
  ${keyOf("account", "A")} { users: [
    ${(["valid", "revoked", "expired", "stranger"] as const).map((name) => `{ nkey: ${keyOf("user", name)} }`).join("\n")}
  ] }
  ${keyOf("account", "GONE")} { users: [ { nkey: ${keyOf("user", "ofRejected")} } ] }
  ${keyOf("account", "SYS")} { users: [ { nkey: ${keyOf("user", "sys")} } ] }
}
system_account: ${keyOf("account", "SYS")}`;

describe("adopting a static configuration with users that the store rejects", function () {
  this.timeout(60_000);
  const clients = new Clients();
  let folder = "";

  before(() => {
    folder = temporaryFolder("rejected");
  });

  beforeEach(mockEngine);

  afterEach(() => clients.close());

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Signs a store, in which all users but one are rejected. */
  async function signStore() {
    const user = (name: Name, more: { signer?: string; expires?: number } = {}) =>
      signUser(name, name, more.signer ?? "A", FREE, more.expires === undefined ? {} : { expires: more.expires });
    const past = { expires: ISSUED_AT + 60 };
    const users: Readonly<Record<Name, string>> = {
      valid: await user("valid"),
      revoked: await user("revoked"),
      expired: await user("expired", past),
      stranger: await user("stranger", { signer: "stranger" }),
      ofRejected: await user("ofRejected", { signer: "GONE" }),
    };
    const revocations = { [keyOf("user", "revoked")]: ISSUED_AT };
    const accounts = {
      A: await signAccount("A", { limits: UNLIMITED, revocations }),
      GONE: await signAccount("GONE", { limits: UNLIMITED }, past),
      SYS: await signAccount("SYS", { limits: UNLIMITED }),
    };
    return { operator: await signOperator(), accounts, users };
  }

  /** Returns who can log in. */
  async function admitted(url: string, credential: (name: Name) => ReturnType<typeof by.seed>): Promise<Name[]> {
    const found = await Promise.all(
      NAMES.map((name) =>
        clients.connect(url, credential(name)).then(
          () => [name],
          () => [],
        ),
      ),
    );
    return found.flat();
  }

  const seed = (name: Name) => by.seed(seedOf("user", name));

  it("should admit them to none of the new servers, and name each", async () => {
    const { operator: jwt, accounts: tokens, users } = await signStore();
    const { ofRejected, ...ofA } = users;
    writeStore(join(folder, "KO"), {
      operator: jwt,
      accounts: {
        A: { jwt: tokens.A, users: ofA },
        GONE: { jwt: tokens.GONE, users: { ofRejected } },
        SYS: { jwt: tokens.SYS },
      },
    });
    put(
      join(folder, "keys/keys/O", keyOf("operator", "KO").slice(1, 3), `${keyOf("operator", "KO")}.nk`),
      seedOf("operator", "KO"),
    );
    const creds = (name: Name) => by.creds(formatCreds(users[name], seedOf("user", name)));

    // The original servers: every seed works on the static one, and one user's creds on the operator server.
    await withOperatorServer(jwt, [tokens.A, tokens.SYS], async (port) => {
      assert.deepEqual(await admitted(`nats://127.0.0.1:${port}`, creds), ["valid"]);
    });
    const cluster = newCluster();
    try {
      const [port = 0] = await freePorts(1);
      const { server } = await newServer(cluster, "static");
      await server.put({ [MAIN_FILE]: `listen: 127.0.0.1:${port}\n${FILE}` });
      await server.start();
      assert.deepEqual(await admitted(`nats://127.0.0.1:${port}`, seed), NAMES);
    } finally {
      await clients.close();
      removeCluster(cluster);
    }

    const file = join(folder, "nats.conf");
    writeFileSync(file, FILE);
    const accountKey = (name: string) => new Nkey(name, { kind: "account" });
    const store = readNscStore({ store: join(folder, "KO"), keystore: join(folder, "keys") });
    const merged = mergeAdopted(store, readStaticConfig({ file, accountKey }));
    assert.deepEqual(
      codesAndPaths(merged.leftOut).filter((found) => found.startsWith("NA3076")),
      [
        `NA3076 accounts.${keyOf("account", "GONE")}`,
        ...(["revoked", "expired", "stranger"] as const).map(
          (name) => `NA3076 accounts.A.users.${keyOf("user", name)}`,
        ),
      ],
    );
    const operator = new Operator("KO", merged.operator);
    const accounts = Object.entries(merged.accounts).map(([name, own]) => new Account(name, { operator, ...own }));
    const pair = await startPair(await adoptedWorld(operator, accounts));
    try {
      assert.deepEqual(await admitted(urlOf(pair, "static"), seed), ["valid"]);
      assert.deepEqual(await admitted(urlOf(pair, "operator"), creds), ["valid"]);
    } finally {
      await clients.close();
      pair.stop();
    }
  });
});
