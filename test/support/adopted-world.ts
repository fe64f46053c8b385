import type { Account, Operator } from "../../provider";
import { nowInSeconds } from "../../provider/dynamic/life-cycle/clock";
import { withValidUsers } from "../../provider/model/account/previous-account-keys";
import { valueOf } from "./mocks";
import type { World } from "./world";

/** Returns the accounts of an adopted operator as both servers load them, with the users who are valid now. */
export async function adoptedWorld(operator: Operator, accounts: readonly Account[]): Promise<World> {
  const all = [operator.systemAccount, ...accounts];
  const models = await Promise.all(all.map(({ model }) => valueOf(model)));
  const tokens = await Promise.all(
    all.map(async ({ publicKey, jwt }) => [await valueOf(publicKey), await valueOf(jwt)]),
  );
  return {
    model: {
      operator: await valueOf(operator.operatorName),
      systemAccount: await valueOf(operator.systemAccount.publicKey),
      accounts: models.map((account) => withValidUsers(nowInSeconds(), account)),
    },
    tokens: { operator: await valueOf(operator.jwt), accounts: Object.fromEntries(tokens) as Record<string, string> },
    logins: {},
  };
}
