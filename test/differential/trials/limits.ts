import { SIDES, type Side } from "../../../provider/servers/places";
import { FREE_USER } from "../../support/arbitraries";
import { decision, type Decisions } from "../../support/decisions";
import { logInSoon, proofOf } from "../../support/logins";
import { publish, subscribe, Wire } from "../../support/wire";
import { reached, type Limited } from "../reference/limits";
import { everywhere, type Arena, type Comparison } from "../trial";

/** How often each thing is tried: past every limit of the generated models that is meant to be reached. */
const TRIES = 6;
/** Bytes of the payloads tried: around the limits of the generated models. */
const PAYLOADS = [0, 1, 2, 9, 10, 11, 1_048_576];

const CONNECTIONS = "connections at a time";
const SUBSCRIPTIONS = "subscriptions of a connection";
const publishing = (bytes: number): string => `publish ${bytes} bytes`;

/**
 * Accounts with limits go up to them and past them. Of an account without subscriptions a server closes every connection
 * after a moment, so nothing else can be tried of it.
 */
export async function limits(arena: Arena): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const account of arena.accounts.filter(({ limits: own }) => own !== undefined)) {
    const user = `${account.name}/${FREE_USER}`;
    const asked = questionsOn(account.limits ?? {});
    const observe = async (side: Side) => [side, asked(await observed(arena, user, side))] as const;
    const places = Object.fromEntries(await Promise.all(SIDES.map(observe)));
    found.push(everywhere(`limits of ${account.name}`, asked(expected(account.limits ?? {})), places));
  }
  return found;
}

function questionsOn({ subscriptions: most }: Limited): (decisions: Decisions) => Decisions {
  return (all) => (most === 0 ? { [SUBSCRIPTIONS]: all[SUBSCRIPTIONS] ?? "" } : all);
}

async function observed(arena: Arena, user: string, side: Side): Promise<Decisions> {
  const attempt = side === "static" ? "the seed alone" : "the token and the seed, as nats.go shows them";
  const proof = await proofOf(arena.world, user, attempt);
  const connected = await connections(() => Wire.open(arena.pair.listeners[side].clientPort, proof));
  const open = () => (connected === 0 ? Promise.reject(new Error("nobody may")) : logInSoon(arena.pair, side, proof));
  return {
    [CONNECTIONS]: String(connected),
    [SUBSCRIPTIONS]: await using(open, "0", subscriptions),
    ...(await payloads(open)),
  };
}

async function connections(open: () => Promise<Wire>): Promise<number> {
  const wires: Wire[] = [];
  try {
    while (wires.length < TRIES) {
      wires.push(await open());
    }
  } catch {
    // One more than the account may have.
  }
  await Promise.all(wires.map((wire) => wire.close()));
  return wires.length;
}

async function subscriptions(wire: Wire): Promise<string> {
  const decisions = await wire.sendAll(Array.from({ length: TRIES }, (_, id) => subscribe(`limited.${id}`, id)));
  return String(decisions.filter((made) => made === "allowed").length);
}

async function payloads(open: () => Promise<Wire>): Promise<Decisions> {
  const found: Record<string, string> = {};
  for (const bytes of PAYLOADS) {
    found[publishing(bytes)] = await using(open, "denied", async (wire) =>
      decision((await wire.send(publish("limited", "x".repeat(bytes)))) === "allowed"),
    );
  }
  return found;
}

/** What comes of one connection, or what is to be said when there is none to be had. */
async function using(
  open: () => Promise<Wire>,
  otherwise: string,
  use: (wire: Wire) => Promise<string>,
): Promise<string> {
  let wire: Wire;
  try {
    wire = await open();
  } catch {
    return otherwise;
  }
  try {
    return await use(wire);
  } finally {
    await wire.close();
  }
}

function expected(limited: Limited): Decisions {
  const connected = reached(limited, "connections", TRIES);
  const subscribed = connected === 0 ? 0 : reached(limited, "subscriptions", TRIES);
  const most = connected === 0 ? -1 : reached(limited, "payload", 1_048_576);
  return {
    [CONNECTIONS]: String(connected),
    [SUBSCRIPTIONS]: String(subscribed),
    ...Object.fromEntries(PAYLOADS.map((bytes) => [publishing(bytes), decision(bytes <= most)])),
  };
}
