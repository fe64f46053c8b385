import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jwtAuthenticator, type Authenticator, type NatsConnection } from "@nats-io/transport-node";
import type { ParitySettings } from "../../provider";
import { credsText } from "../../provider/jwt/creds";
import { issueTime } from "../../provider/jwt/sign";
import { timeText } from "../../provider/model/keys/lifetime";
import { FILE_USERS, fileUserKey, startFormerServers, type FormerServers } from "../adopt/former-servers";
import { nscCreds, nscFolders, nscJwt } from "../adopt/nsc-folders";
import { NSC_KEYS } from "../read/nsc/keys";
import { keyOf, seedOf } from "../support/keys";
import { ADOPT } from "../support/stack-programs";
import { STEP_TIMEOUT, succeeded, testStack } from "../support/stack";
import { answer, ask, byCreds, bySeed, Clients, crosses, publishRefusal, refuses } from "../support/stack-clients";
import type { TargetName } from "../support/stack-servers";

/** A store, and what this test has to know of it. */
interface Store {
  readonly operator: string;
  readonly target: TargetName;
  /** Its accounts. */
  readonly accounts: readonly string[];
  /** Users whose nsc creds let them in, by who signed those. */
  readonly creds: Readonly<Record<string, string>>;
  /** Users who can log in with creds under circumstances only that this test does not have. */
  readonly particular: readonly string[];
  /** Users who may have no subscription: the operator server closes their connections when their account changes. */
  readonly unsteady: readonly string[];
  /** Users whose JWTs are enough for the operator server. */
  readonly bearers: readonly string[];
  /** Labels of seeds that nobody here has. */
  readonly without: readonly string[];
  /** Users whose seeds are in their creds alone. */
  readonly inCreds: readonly string[];
  /** Users who own their seeds, with a subject that they may publish and subscribe to. */
  readonly crossing: readonly [user: string, subject: string];
  /** What the static server cannot be told. */
  readonly accept: readonly string[];
}

const STORES: readonly Store[] = [
  {
    operator: "STRICT",
    target: "process",
    accounts: ["C", "SYS"],
    creds: {
      "a signing key of the account": "C/plain",
      "the key of a role": "C/reader",
      "the key of a role that nobody has": "C/lost",
    },
    particular: [],
    unsteady: ["C/lost"],
    bearers: [],
    without: ["STRICT", "C", "C lost", "C/lost"],
    inCreds: ["C/plain"],
    crossing: ["C/plain", "c.test"],
    accept: [
      ...["users", "roles"].flatMap((kind) => [`C.${kind}.lost.limits.subscriptions`, `C.${kind}.lost.limits.payload`]),
      "C.jetstream.tiers",
      "C.signingKeys",
      "SYS.signingKeys",
    ],
  },
  {
    operator: "KO",
    target: "docker",
    accounts: ["A", "B", "SYS"],
    creds: { "the account's own key": "A/test", "the key of an account whose seed nobody has": "B/test" },
    particular: ["A/narrow"],
    unsteady: [],
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
  describe(`the nsc store ${store.operator} and a static configuration, adopted (${store.target})`, function () {
    this.timeout(STEP_TIMEOUT);
    const { operator, target } = store;
    const folders = nscFolders(store.without, { [operator]: store.inCreds });
    const stack = testStack(ADOPT, { targets: [target] });
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
    const creds = (user: string) => byCreds(outputs.creds[user] ?? credsText(outputs.jwts[user] ?? "", seed(user)));
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
        target,
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

    it("should keep everybody's key, and the operator's JWT to the byte", async () => {
      assert.deepEqual(outputs.publicKeys, Object.fromEntries(everybody.map((user) => [user, publicKey(user)])));
      const jwt = readFileSync(join(folders.store(operator), `${operator}.jwt`), "utf8");
      const { operator: configuration } = await stack.servers.configurations();
      assert.ok(Object.values(configuration).some((text) => text.includes(jwt.trim())));
    });

    it("should have no creds of those whose seeds nobody here has", () => {
      const without = everybody.filter((user) => isFileUser(user) || store.without.includes(user));
      assert.deepEqual(
        everybody.filter((user) => (outputs.creds[user] ?? undefined) === undefined),
        without,
      );
    });

    it("should let everybody in to the static server with the seed that they had", async () => {
      for (const user of everybody) {
        await on("static", bySeed(seed(user)));
      }
    });

    for (const [signer, user] of Object.entries(store.creds)) {
      it(`should let ${user} in to the operator server with the creds that nsc made, signed by ${signer}`, async () => {
        await on("operator", formerCreds(user));
      });
    }

    for (const user of store.bearers) {
      it(`should let ${user} in by its JWT alone, on the operator server and not on the static one`, async () => {
        const proof = jwtAuthenticator(nscJwt(operator, user));
        await on("operator", proof);
        await refuses(clients, outputs.clientUrls.static, proof);
      });
    }

    it("should let everybody in to the operator server with new creds", async () => {
      for (const user of everybody.filter((one) => !store.particular.includes(one))) {
        await on("operator", creds(user));
      }
    });

    it("should carry messages between the seed of old and the creds of old", async () => {
      const [user, subject] = store.crossing;
      const [onStatic, onOperator] = [await on("static", bySeed(seed(user))), await on("operator", formerCreds(user))];
      await crosses(onStatic, onOperator, subject);
      await crosses(onOperator, onStatic, subject);
    });

    it("should keep what the static configuration said of its users, on either side", async () => {
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
      assert.doesNotMatch(output, /updated|created|replaced|deleted/);
    });

    it("should end the creds that nsc made, and nothing else, when told until when they were issued", async () => {
      const users = Object.values(store.creds).filter((user) => !store.unsteady.includes(user));
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

    it("should show no seed, neither in the state nor to anybody", async () => {
      const shown = stack.transcript + (await stack.rawState()) + (await stack.logs());
      const labels = NSC_KEYS.map(({ kind, label }) => seedOf(kind, `nsc ${label}`));
      for (const secret of [...labels, ...FILE_USERS.map(seed)]) {
        assert.ok(!shown.includes(secret), "a seed is shown");
      }
    });

    /** The last second before the program has signed. */
    function revocation(): string {
      const earliest = Math.min(...Object.values(outputs.jwts).map(issueTime));
      return timeText(earliest - 1);
    }
  });
}

describe("a static configuration, adopted without a store (process)", function () {
  this.timeout(STEP_TIMEOUT);
  const stack = testStack(ADOPT, { targets: ["process"] });
  const clients = new Clients();
  const folders = nscFolders([], {});
  let former: FormerServers;

  before("the servers as they were before", async () => {
    former = await startFormerServers(folders.store("STRICT"));
  });

  after(() => {
    former.stop();
  });

  it("should let everybody in on both servers, with the seed that they had", async () => {
    const names = Object.fromEntries(FILE_USERS.map((user) => [fileUserKey(user), user.split("/")[1]]));
    Object.assign(stack.config, { target: "process", configuration: former.configuration, names });
    succeeded(await stack.up());
    const { clientUrls, jwts } = (await stack.outputs()) as unknown as Outputs;
    for (const user of FILE_USERS) {
      const seed = seedOf("user", `file ${user}`);
      await clients.connect(clientUrls.static, bySeed(seed));
      await clients.connect(clientUrls.operator, byCreds(credsText(jwts[user] ?? "", seed)));
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
