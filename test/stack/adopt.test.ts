import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jwtAuthenticator, type Authenticator, type NatsConnection } from "@nats-io/transport-node";
import type { ParitySettings } from "../../provider";
import { formatCreds, readIssueTime } from "../../provider/jwt/sign";
import { formatTime } from "../../provider/model/keys/lifetime";
import { FILE_USERS, fileUserKey, startFormerServers, type FormerServers } from "../adopt/former-servers";
import { nscCreds, nscFolders, nscJwt } from "../adopt/nsc-folders";
import { NSC_KEYS } from "../read/nsc/keys";
import { keyOf, seedOf } from "../support/keys";
import { ADOPT } from "../support/stack-programs";
import { STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, crosses, publishRefusal, refuses } from "../support/stack-clients";

/** A store, and what this test has to know of it. */
interface Store {
  readonly operator: string;
  /** Its accounts. */
  readonly accounts: readonly string[];
  /** Users with valid nsc creds, by their signer. */
  readonly creds: Readonly<Record<string, string>>;
  /** Users who can log in with creds under circumstances only that this test does not have. */
  readonly particular: readonly string[];
  /** Bearers. */
  readonly bearers: readonly string[];
  /** Labels of unavailable seeds. */
  readonly without: readonly string[];
  /** Users with a seed only in their creds. */
  readonly inCreds: readonly string[];
  /** Users who own their seeds, with a subject that they may publish and subscribe to. */
  readonly crossing: readonly [user: string, subject: string];
  /** Claims that the static server cannot enforce. */
  readonly accept: readonly string[];
}

const STORES: readonly Store[] = [
  {
    operator: "STRICT",
    accounts: ["C", "SYS"],
    creds: {
      "a signing key of the account": "C/plain",
      "the key of a role": "C/reader",
      "the key of a role that nobody has": "C/lost",
    },
    particular: [],
    bearers: [],
    without: ["STRICT", "C", "C lost", "C/lost"],
    inCreds: ["C/plain"],
    crossing: ["C/plain", "c.test"],
    accept: ["C.jetstream.tiers", "C.signingKeys", "SYS.signingKeys"],
  },
  {
    operator: "KO",
    accounts: ["A", "B", "SYS"],
    creds: { "the account's own key": "A/test", "the key of an account whose seed nobody has": "B/test" },
    particular: ["A/narrow"],
    bearers: ["A/bearer"],
    without: ["A", "B/test"],
    inCreds: ["A/test"],
    crossing: ["B/test", "b.test"],
    accept: [
      "A.users.bearer.bearer",
      ...["limits.subscriptions", "sourceNetworks", "times"].map((term) => `A.users.narrow.${term}`),
      `A.revocations.${keyOf("user", "nsc A/gone")}`,
    ],
  },
];

for (const store of STORES) {
  describe(`the nsc store ${store.operator} and a static configuration, adopted`, function () {
    this.timeout(STEP_TIMEOUT);
    const { operator } = store;
    const folders = nscFolders(store.without, { [operator]: store.inCreds });
    const stack = testStack(ADOPT, { logs: true });
    const clients = new Clients();
    /** Users of the store, and of the configuration, who log in with a seed that they had before. */
    const nscUsers = NSC_KEYS.flatMap(({ kind, label }) => (kind === "user" && isOf(operator, label) ? [label] : []));
    const everybody = [...nscUsers, ...FILE_USERS];
    let former: FormerServers;
    let outputs: Outputs;

    const seed = (user: string) => seedOf("user", isFileUser(user) ? `file ${user}` : `nsc ${user}`);
    const publicKey = (user: string) => (isFileUser(user) ? fileUserKey(user) : keyOf("user", `nsc ${user}`));
    const formerCreds = (user: string) => byCreds(nscCreds(operator, user));
    /** New creds: the program's, or its JWT beside the seed that the user kept. */
    const creds = (user: string) => byCreds(outputs.creds[user] ?? formatCreds(outputs.jwts[user] ?? "", seed(user)));
    const on = (side: "static" | "operator", proof: Authenticator) => clients.connect(outputs.clientUrls[side], proof);

    async function up(): Promise<string> {
      const { output } = succeeded(await stack.up());
      outputs = (await stack.outputs()) as unknown as Outputs;
      return output;
    }

    before("servers as they were before, and their clients", async () => {
      former = await startFormerServers(folders.store(operator));
      for (const user of FILE_USERS) {
        await clients.connect(former.urls.static, bySeed(seed(user)));
      }
      for (const user of Object.values(store.creds)) {
        await clients.connect(former.urls.operator, formerCreds(user));
      }
    });

    before("the example, which reads what there is", async () => {
      Object.assign(stack.config, {
        target: "process",
        store: folders.store(operator),
        keystore: folders.keystore,
        configuration: former.configuration,
        names: Object.fromEntries(FILE_USERS.map((user) => [fileUserKey(user), user.split("/")[1]])),
        parity: accepting(store.accept),
      });
      await up();
    });

    after(() => {
      former.stop();
    });

    it("should keep every user's key and the operator's JWT unchanged", async () => {
      assert.deepEqual(outputs.publicKeys, Object.fromEntries(everybody.map((user) => [user, publicKey(user)])));
      const jwt = readFileSync(join(folders.store(operator), `${operator}.jwt`), "utf8");
      const { operator: configuration } = await stack.servers.configurations();
      assert.ok(Object.values(configuration).some((text) => text.includes(jwt.trim())));
    });

    it("should have no creds for users without a known seed", () => {
      const without = everybody.filter((user) => isFileUser(user) || store.without.includes(user));
      assert.deepEqual(
        everybody.filter((user) => (outputs.creds[user] ?? undefined) === undefined),
        without,
      );
    });

    it("should accept every user's old seed on the static server", async () => {
      for (const user of everybody) {
        await on("static", bySeed(seed(user)));
      }
    });

    for (const [signer, user] of Object.entries(store.creds)) {
      it(`should accept the nsc creds of ${user}, signed by ${signer}, on the operator server`, async () => {
        await on("operator", formerCreds(user));
      });
    }

    for (const user of store.bearers) {
      it(`should accept the bearer JWT of ${user} on the operator server, and refuse it on the static server`, async () => {
        const proof = jwtAuthenticator(nscJwt(operator, user));
        await on("operator", proof);
        await refuses(clients, outputs.clientUrls.static, proof);
      });
    }

    it("should accept every user's new creds on the operator server", async () => {
      for (const user of everybody.filter((one) => !store.particular.includes(one))) {
        await on("operator", creds(user));
      }
    });

    it("should carry messages between a client with its old seed and one with its old creds", async () => {
      const [user, subject] = store.crossing;
      const [onStatic, onOperator] = [await on("static", bySeed(seed(user))), await on("operator", formerCreds(user))];
      await crosses(onStatic, onOperator, subject);
      await crosses(onOperator, onStatic, subject);
    });

    it("should keep the permissions, exports and imports of the static configuration on both servers", async () => {
      const clerk = await on("static", bySeed(seed("OLD/clerk")));
      await answer(clerk, "old.ask", "answered");
      const partner = await on("operator", creds("PARTNER/asks"));
      assert.equal((await ask(partner, "ask", "?")).string(), "answered");
      const reader = await on("operator", creds("OLD/reads"));
      await crosses(clerk, reader, "old.news.today");
      assert.match(await publishRefusal(reader, "old.ask"), /permissions violation/i);
    });

    it("should change nothing at a second update", async () => {
      const output = await up();
      assert.match(output, /^ +\d+ unchanged$/m);
      assert.doesNotMatch(output, /^ +[~+-]+ *\d+ (updated|created|replaced|deleted)$/m);
    });

    it("should revoke the nsc creds, and nothing else, when revocations name the time until which they were issued", async () => {
      const users = Object.values(store.creds);
      const own: NatsConnection[] = [];
      for (const user of [...users, "OLD/clerk"]) {
        own.push(await on("static", bySeed(seed(user))), await on("operator", creds(user)));
      }
      const before: NatsConnection[] = [];
      for (const user of Object.values(store.creds)) {
        before.push(await on("operator", formerCreds(user)));
      }
      stack.config.revokedUntil = revocation();
      stack.config.parity = accepting([...store.accept, ...store.accounts.map((name) => `${name}.revocations["*"]`)]);
      await up();
      for (const user of Object.values(store.creds)) {
        await refuses(clients, outputs.clientUrls.operator, formerCreds(user));
      }
      assert.deepEqual(
        [before, own].map((some) => some.map((client) => clients.hasLost(client))),
        [before.map(() => true), own.map(() => false)],
      );
      for (const user of everybody.filter((one) => !store.particular.includes(one))) {
        await on("operator", creds(user));
        await on("static", bySeed(seed(user)));
      }
    });

    it("should show no seed in the state, the output or the logs", async () => {
      const shown = stack.transcript + (await stack.rawState()) + (await stack.logs());
      const labels = NSC_KEYS.map(({ kind, label }) => seedOf(kind, `nsc ${label}`));
      for (const secret of [...labels, ...FILE_USERS.map(seed)]) {
        assert.ok(!shown.includes(secret), "a seed is shown");
      }
    });

    /** The last second before the program has signed. */
    function revocation(): string {
      const earliest = Math.min(...Object.values(outputs.jwts).map(readIssueTime));
      return formatTime(earliest - 1);
    }
  });
}

describe("a static configuration, adopted without a store", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(ADOPT, { fromSource: true });
  const clients = new Clients();
  const folders = nscFolders([], {});
  let former: FormerServers;

  before("the servers as they were before", async () => {
    former = await startFormerServers(folders.store("STRICT"));
  });

  after(() => {
    former.stop();
  });

  it("should accept every user's old seed on both servers", async () => {
    const names = Object.fromEntries(FILE_USERS.map((user) => [fileUserKey(user), user.split("/")[1]]));
    Object.assign(stack.config, { target: "process", configuration: former.configuration, names });
    succeeded(await stack.up());
    const { clientUrls, jwts } = (await stack.outputs()) as unknown as Outputs;
    for (const user of FILE_USERS) {
      const seed = seedOf("user", `file ${user}`);
      await clients.connect(clientUrls.static, bySeed(seed));
      await clients.connect(clientUrls.operator, byCreds(formatCreds(jwts[user] ?? "", seed)));
    }
  });
});

/** What the example tells. */
interface Outputs {
  readonly clientUrls: Record<"static" | "operator", string>;
  readonly publicKeys: Record<string, string>;
  readonly creds: Record<string, string | null | undefined>;
  readonly jwts: Record<string, string>;
}

function accepting(claims: readonly string[]): ParitySettings {
  return { accept: Object.fromEntries(claims.map((claim) => [claim, "It was so before."])) };
}

function isFileUser(user: string): boolean {
  return (FILE_USERS as readonly string[]).includes(user);
}

/** The recorded stores share their list of keys: C is of STRICT, every other account of KO. */
function isOf(operator: string, user: string): boolean {
  return user.startsWith("C/") === (operator === "STRICT");
}
