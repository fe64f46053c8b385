import type { AccountDeclaration } from "../../../provider/model/account";
import type { Side } from "../../../provider/servers/places";
import type { Attempt } from "../../support/logins";

/** Which server each right credential is for. A static server wants a public key, an operator server wants a token. */
const RIGHT: Partial<Readonly<Record<Attempt, readonly Side[]>>> = {
  "the seed alone": ["static"],
  "the token and the seed, as nats.go shows them": ["operator"],
  "the token, the public key and the seed, as nats.js shows them": ["static", "operator"],
};

/** True when a server lets a user in. */
export function mayLogIn(
  accounts: readonly AccountDeclaration[],
  account: string,
  side: Side,
  attempt: Attempt,
): boolean {
  const { connections } = accounts.find(({ name }) => name === account)?.limits ?? {};
  return connections !== 0 && (RIGHT[attempt]?.includes(side) ?? false);
}
