import assert from "node:assert/strict";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { signClaims, type Validity } from "../../provider/jwt/sign";
import type { Access } from "../../provider/model/access/access";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { isDifference } from "../../provider/parity/rows";
import { allClaims } from "../../tools/parity-table";
import { Clients } from "../support/clients";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { startPair, withPair, type Pair } from "../support/pair";
import { SIDES, type Side } from "../support/sides";
import { answerTo, lead } from "../support/streams";
import { publish, subscribe, Wire, type Decision, type Proof } from "../support/wire";
import { ISSUED_AT, loginOf, worldOf, type Login, type World } from "../support/world";

/** A security gap: one server allows an operation, the other one does not. */
interface Loss {
  readonly account: Omit<AccountDeclaration, "name">;
  readonly allowedBy: Side;
  /**
   * Proof of the login.
   *
   * @default the creds of the user `test`: the operator server checks their JWT, the static one their key
   */
  readonly proof?: (login: Login, account: string, label: string) => Promise<Proof> | Proof;
  /**
   * Commands after the login. The server's decision on the last one counts.
   *
   * @default none: the decision on the login counts
   */
  readonly commands?: readonly string[];
}

const NOW = Math.floor(Date.now() / 1000);
const TOMORROW = new Date((NOW + 86_400) * 1000).toISOString().slice(0, 10);

/** Claims of users and roles that cause a security gap. */
const ACCESS_LOSSES: Readonly<Record<string, Omit<Loss, "account"> & { readonly access: Access }>> = {
  sourceNetworks: { access: { sourceNetworks: ["10.0.0.0/8"] }, allowedBy: "static" },
  times: { access: { times: { ranges: [later()], zone: "UTC" } }, allowedBy: "static" },
  "limits.subscriptions": {
    access: { limits: { subscriptions: 1 } },
    allowedBy: "static",
    commands: [subscribe("a", 1), subscribe("b", 2)],
  },
  "limits.payload": { access: { limits: { payload: 3 } }, allowedBy: "static", commands: [publish("a", "long")] },
  bearer: { access: { bearer: true }, allowedBy: "operator", proof: ({ jwt }) => ({ jwt, nkey: false }) },
};

/** An account with a user of a role. */
function ofRole(user: object): Loss["account"] {
  return { roles: { role: {} }, users: { test: { role: "role", ...user } } };
}

/** Claims that cause a security gap, by their name in the documentation. */
const LOSSES: Readonly<Record<string, Loss>> = {
  ...Object.fromEntries(
    Object.entries(ACCESS_LOSSES).flatMap(([claim, { access, ...loss }]): [string, Loss][] => [
      [`A.users.*.${claim}`, { ...loss, account: { users: { test: access } } }],
      [`A.roles.*.${claim}`, { ...loss, account: { roles: { role: access }, users: { test: { role: "role" } } } }],
    ]),
  ),
  "A.users.*.lifetime": { account: { users: { test: { lifetime: "1d" } } }, allowedBy: "static", proof: ended },
  "A.users.*.expires": { account: { users: { test: { expires: TOMORROW } } }, allowedBy: "static", proof: ended },
  // For both servers, a user of a set is a user of its role.
  "A.sets.*.lifetime": { account: ofRole({ lifetime: "1d" }), allowedBy: "static", proof: ended },
  "A.sets.*.expires": { account: ofRole({ expires: TOMORROW }), allowedBy: "static", proof: ended },
  "A.revocations.*": {
    account: { revocations: { "*": ISSUED_AT - 60 }, users: { test: {} } },
    allowedBy: "static",
    proof: (login, account, label) => signed(login, account, label, { issuedAt: ISSUED_AT - 120 }),
  },
  "A.signingKeys": {
    account: { signingKeys: [keyOf("account", "elsewhere")], users: { test: {} } },
    allowedBy: "operator",
    proof: (_, account) => signedElsewhere(account),
  },
};

/** Requires servers with JetStream: the leader enforces it for the whole cluster. */
const TIERS = "A.jetstream.tiers";
/** Requires an authorization service; covered by the authorization tests. */
const BY_SERVICE = ["A.authorization", "A.authorization.allowedAccounts"];
/** Gaps of older versions of nats-server alone; found by decisions on them (`npm run differential -- --version 2.14.7`). */
const OF_OLDER_VERSIONS = ["A.roles.*.proxyRequired", "A.users.*.proxyRequired"];

describe("security gaps of the parity report", () => {
  let world: World;
  let pair: Pair;

  before(async () => {
    world = await worldOf(Object.entries(LOSSES).map(([name, { account }]) => ({ name, ...account })));
    pair = await startPair(world);
  });

  after(() => {
    pair.stop();
  });

  it("should all be tested here", () => {
    const known = allClaims().filter(({ parity }) => isDifference(parity) && parity.severity === "security");
    // A claim whose parity depends on the version of nats-server has several rows.
    const names = new Set(known.map(({ name }) => name));
    assert.deepEqual([...names].sort(), [TIERS, ...BY_SERVICE, ...OF_OLDER_VERSIONS, ...Object.keys(LOSSES)].sort());
  });

  for (const [name, { allowedBy, proof = credsOf, commands = [] }] of Object.entries(LOSSES)) {
    it(`should allow more on the ${allowedBy} server only when there is ${name}`, async () => {
      const shown = await proof(loginOf(world, `${name}/test`), keyOf("account", name), `${name}/test`);
      for (const side of SIDES) {
        const decision = await outcome(pair.listeners[side].clientPort, shown, commands);
        assert.equal(decision === "allowed", side === allowedBy, `${side}: ${decision}`);
      }
    });
  }
});

describe("security gaps of the parity report in a cluster with JetStream", () => {
  it(`should allow more when the static server leads and there is ${TIERS}`, async function () {
    this.timeout(60_000);
    const world = await worldOf([{ name: "A", jetstream: { tiers: { R1: { streams: 1 } } }, users: { test: {} } }]);
    const storage = { memoryStorage: 2 ** 20, fileStorage: 2 ** 20 };
    await withPair(
      world,
      async (pair) => {
        for (const side of SIDES) {
          const tooMany = await secondStream(pair, world, side);
          assert.equal(tooMany === undefined, side === "static", `${side}: ${String(tooMany)}`);
        }
      },
      { jetstream: storage },
    );
  });
});

/** Returns the error code for a second stream when one server leads the cluster, or undefined. */
async function secondStream(pair: Pair, world: World, side: Side): Promise<number | undefined> {
  const clients = new Clients();
  try {
    await lead(await clients.logIn(pair, side, loginOf(world, "SYS/sys")), side);
    const client = await clients.logIn(pair, side, loginOf(world, "A/test"));
    const stream = (name: string) => ({ name, subjects: [name], storage: "memory", num_replicas: 1 });
    assert.equal(await answerTo(client, `STREAM.CREATE.${side}`, stream(side)), undefined);
    const answer = await answerTo(client, `STREAM.CREATE.second`, stream("second"));
    await answerTo(client, `STREAM.DELETE.${side}`, {});
    await answerTo(client, `STREAM.DELETE.second`, {});
    return answer;
  } finally {
    await clients.close();
  }
}

/** Returns a server's decision on the last command, or on the login when there are no commands. */
async function outcome(port: number, proof: Proof, commands: readonly string[]): Promise<Decision> {
  try {
    const wire = await Wire.open(port, proof);
    const decisions = await wire.sendAll(commands);
    await wire.close();
    return decisions.at(-1) ?? "allowed";
  } catch {
    return "closed";
  }
}

function credsOf({ seed, jwt }: Login): Proof {
  return { seed, jwt };
}

/** Returns the proof of a user that the program does not declare, signed by a signing key that it does not manage. */
async function signedElsewhere(account: string): Promise<Proof> {
  const free = { pub: {}, sub: {}, subs: -1, data: -1, payload: -1 };
  const nats = { ...free, issuer_account: account, type: "user", version: 2 };
  const claims = { name: "stranger", sub: keyOf("user", "stranger"), nats };
  const jwt = await signClaims(claims, pairOf("account", "elsewhere"), { issuedAt: ISSUED_AT });
  return { seed: seedOf("user", "stranger"), jwt };
}

/** Returns an expired proof of the user, as after a lifetime without an update. */
function ended(login: Login, account: string, label: string): Promise<Proof> {
  return signed(login, account, label, { issuedAt: ISSUED_AT, expires: NOW - 60 });
}

/** Returns creds of the user with a JWT of a different validity. */
async function signed({ seed, publicKey }: Login, account: string, label: string, validity: Validity): Promise<Proof> {
  const claims = scopedUserClaims({ name: "test", publicKey, account });
  return { seed, jwt: await signClaims(claims, pairOf("account", label), validity) };
}

/** Returns an hour of the day that begins in two hours. */
function later(): { start: string; end: string } {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 19);
  return { start: at(2), end: at(3) };
}
