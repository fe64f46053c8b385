import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { jwtAuthenticator, type Authenticator, type NatsConnection } from "@nats-io/transport-node";
import { change, pairFiles } from "../../support/change";
import { by, Clients } from "../../support/clients";
import { startPair, urlOf, type Listeners, type Pair } from "../../support/pair";
import { SIDES, type Side } from "../../support/sides";
import { ISSUED_AT, loginOf, worldOf, type Login, type World } from "../../support/world";
import { CLIENTS, KINDS, USUAL, type Accounts, type Kind, type Lost, type Some } from "./kinds";
import { OPERATING, operatingPage } from "./table";

const TIMEOUT = 60_000;

/** A client of a user. */
interface Connected {
  readonly user: string;
  readonly connection: NatsConnection;
}

describe("clients that each server disconnects", function () {
  this.timeout(TIMEOUT);

  for (const kind of KINDS) {
    it(`should match the documentation when ${kind.what}`, async () => {
      const before = await worldOf(named(kind.before ?? USUAL));
      const after = await worldOf(named(kind.after ?? kind.before ?? USUAL), remembered(kind, before));
      const pair = await startPair(before);
      const clients = new Clients();
      try {
        const connected = {
          static: await connectAll(clients, pair, "static", before),
          operator: await connectAll(clients, pair, "operator", before),
        };
        const { listeners } = pair;
        const next = withSettings(listeners, kind);
        await change(pair, pairFiles(after, next, kind.routePassword), pairFiles(before, listeners));
        for (const side of SIDES) {
          assertLost(await lostOf(connected[side]), kind.disconnected[side].lost);
        }
      } finally {
        await clients.close();
        pair.stop();
      }
    });
  }

  it("should match the table in the documentation", () => {
    const page = readFileSync(OPERATING, "utf8");
    assert.equal(page, operatingPage(page), "run `npm run docs`");
  });
});

function withSettings(listeners: Listeners, { settings }: Kind): Listeners {
  return settings === undefined
    ? listeners
    : { static: { ...listeners.static, settings }, operator: { ...listeners.operator, settings } };
}

function named(accounts: Accounts) {
  return Object.entries(accounts).map(([name, account]) => ({ ...account, name }));
}

/** Returns the revocations that the claims of A contain for users that left the role. */
function remembered({ left = [] }: Kind, { model, logins }: World) {
  const signingKey = model.accounts.find(({ name }) => name === "A")?.roles?.reader?.signingKey;
  assert.ok(signingKey !== undefined);
  const revoked = left.map((user) => [logins[`A/${user}`]?.publicKey ?? "", { at: ISSUED_AT, by: [{ signingKey }] }]);
  return {
    A: { revoked: Object.fromEntries(revoked) as Record<string, { at: number; by: { signingKey: string }[] }> },
  };
}

/** Connects 20 clients to a server, half with nkeys, half with creds. */
async function connectAll(clients: Clients, pair: Pair, side: Side, world: World): Promise<readonly Connected[]> {
  const users = Object.entries(CLIENTS).flatMap(([user, count]) => Array.from({ length: count }, () => user));
  return Promise.all(
    users.map(async (user, index) => {
      const login = loginOf(world, user);
      const proof = index % 2 === 0 ? by.creds(login.creds) : byNkey(side, login);
      return { user, connection: await clients.connect(urlOf(pair, side), proof) };
    }),
  );
}

/** Authenticates with an nkey. The operator server also requires the JWT. */
function byNkey(side: Side, { jwt, seed }: Login): Authenticator {
  return side === "static" ? by.seed(seed) : jwtAuthenticator(jwt, new TextEncoder().encode(seed));
}

/** Returns how many clients of each user a server disconnected. The others still get a response. */
async function lostOf(connected: readonly Connected[]): Promise<Lost> {
  const answered = await Promise.all(connected.map(({ connection }) => answers(connection)));
  const lost: Record<string, number> = {};
  for (const { user } of connected.filter((_one, index) => answered[index] === false)) {
    lost[user] = (lost[user] ?? 0) + 1;
  }
  return lost;
}

/** True when the server answers; false when the connection closes, which a request for the round trip may not notice. */
function answers(connection: NatsConnection): Promise<boolean> {
  const answered = connection.rtt().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, connection.closed().then(() => false)]);
}

function assertLost(found: Lost, expected: Lost | Some): void {
  if (!isSome(expected)) {
    assert.deepEqual(found, expected);
    return;
  }
  const [fewest, most] = expected;
  const sum = Object.values(found).reduce((total, count) => total + count, 0);
  assert.ok(Object.keys(found).every((user) => user.startsWith("A/")) && sum >= fewest && sum <= most, String(sum));
}

function isSome(expected: Lost | Some): expected is Some {
  return Array.isArray(expected);
}
