import { Wire } from "../../support/wire";
import { seedOf } from "../../support/keys";
import { loginOf, type Facts } from "../facts";
import { logIn, type Client, type Place } from "../places";

/** Proofs of nobody: each must be refused, unless the original server lets everyone in. */
const STRANGERS = {
  "a client without credentials": {},
  "a client with an unknown seed": { seed: seedOf("user", "adoption unknown") },
  "a client with an unknown password": { user: "nobody", password: "unknown" },
  "a client with an unknown token": { token: "unknown" },
};

/** Which clients may log in. */
export async function logins(place: Place, clients: readonly Client[], facts: Facts): Promise<void> {
  for (const client of clients.filter((one) => one.limits !== "no subscriptions")) {
    facts.ask(loginOf(client.name));
    const wire = await logIn(place, client);
    if (wire !== undefined) {
      facts.add({ topic: "login", clients: [client.name], text: loginOf(client.name), requires: [] });
      await wire.close();
    }
  }
  for (const [stranger, proof] of Object.entries(STRANGERS)) {
    facts.ask(loginOf(stranger));
    try {
      await (await Wire.open(place.port, proof)).close();
      facts.add({ topic: "login", clients: [stranger], text: loginOf(stranger), requires: [] });
    } catch {
      // Refused.
    }
  }
}
