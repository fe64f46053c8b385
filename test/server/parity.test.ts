import assert from "node:assert/strict";
import type { Access } from "../../provider/model/access";
import type { AccountDeclaration } from "../../provider/model/account";
import { isDifference } from "../../provider/parity/rows";
import { SIDES, type Side } from "../../provider/resources/cluster-configuration";
import { knownClaims } from "../../tools/parity-table";
import { logIn } from "../support/decisions";
import { startPair, type Pair } from "../support/pair";
import { publish, subscribe, Wire, type Decision } from "../support/wire";
import { loginOf, worldOf, type World } from "../support/world";

/** What a claim keeps somebody from on one of the servers, and not on the other. */
interface Loss {
  readonly access: Access;
  /** The side that allows it. */
  readonly allowedBy: Side;
  /** Does it, and says what the server did. */
  readonly attempt: (at: Place) => Promise<Decision>;
}

/** A user at one server. */
interface Place {
  readonly port: number;
  readonly jwt: string;
  logIn(): Promise<Wire>;
}

/** Each claim that costs security, by what users and roles call it. */
const LOSSES: Readonly<Record<string, Loss>> = {
  sourceNetworks: { access: { sourceNetworks: ["10.0.0.0/8"] }, allowedBy: "static", attempt: justLogIn },
  times: { access: { times: { ranges: [later()], zone: "UTC" } }, allowedBy: "static", attempt: justLogIn },
  "limits.subscriptions": {
    access: { limits: { subscriptions: 1 } },
    allowedBy: "static",
    attempt: (at) => loggedIn(at, [subscribe("a", 1), subscribe("b", 2)]),
  },
  "limits.payload": {
    access: { limits: { payload: 3 } },
    allowedBy: "static",
    attempt: (at) => loggedIn(at, [publish("a", "long")]),
  },
  bearer: {
    access: { bearer: true },
    allowedBy: "operator",
    attempt: ({ port, jwt }) => outcome(() => Wire.open(port, { jwt, nkey: false }), []),
  },
};

const HOLDERS = { users: (access: Access) => ({ users: { test: access } }), roles: withRole } as const;

function withRole(access: Access): Partial<AccountDeclaration> {
  return { roles: { role: access }, users: { test: { role: "role" } } };
}

describe("what the parity report calls a loss of security", () => {
  let world: World;
  let pair: Pair;

  before(async () => {
    const accounts = Object.entries(LOSSES).flatMap(([claim, { access }]) =>
      Object.entries(HOLDERS).map(([holder, declare]) => ({ name: `${holder} ${claim}`, ...declare(access) })),
    );
    world = await worldOf(accounts);
    pair = await startPair(world);
  });

  after(() => pair.stop());

  function placeOf(user: string, side: Side): Place {
    const { jwt } = loginOf(world, user);
    return { port: pair.listeners[side].clientPort, jwt, logIn: () => logIn(pair, side, world, user) };
  }

  it("should be shown here as a whole", () => {
    const known = knownClaims().filter(({ parity }) => isDifference(parity) && parity.severity === "security");
    const shown = Object.keys(HOLDERS).flatMap((holder) =>
      Object.keys(LOSSES).map((claim) => `A.${holder}.*.${claim}`),
    );
    assert.deepEqual(known.map(({ name }) => name).sort(), shown.sort());
  });

  for (const holder of Object.keys(HOLDERS)) {
    for (const [claim, { allowedBy, attempt }] of Object.entries(LOSSES)) {
      it(`should be allowed by the ${allowedBy} server alone when ${holder} have ${claim}`, async () => {
        for (const side of SIDES) {
          const decision = await attempt(placeOf(`${holder} ${claim}/test`, side));
          assert.equal(decision === "allowed", side === allowedBy, `${side}: ${decision}`);
        }
      });
    }
  }
});

function justLogIn(at: Place): Promise<Decision> {
  return outcome(() => at.logIn(), []);
}

async function loggedIn(at: Place, commands: readonly string[]): Promise<Decision> {
  const wire = await at.logIn();
  return outcome(() => Promise.resolve(wire), commands);
}

/** What a server did with the last of some commands, or with the login where there is none. */
async function outcome(open: () => Promise<Wire>, commands: readonly string[]): Promise<Decision> {
  try {
    const wire = await open();
    const decisions = await wire.sendAll(commands);
    await wire.close();
    return decisions.at(-1) ?? "allowed";
  } catch {
    return "closed";
  }
}

/** An hour of the day that begins in two hours. */
function later(): { start: string; end: string } {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 19);
  return { start: at(2), end: at(3) };
}
