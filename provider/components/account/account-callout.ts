import * as pulumi from "@pulumi/pulumi";
import { calloutLines, type CalloutAccount } from "../../config/static-callout";
import { defined } from "../../model/form/order";
import type { AccountSettings, UserArgs } from "./account-args";
import { usersOf, type Keys } from "./account-model";
import { isRotated } from "./rotation";
import { behind, type Gate } from "../validation";

/** An account that was made, and the keys that its claims remember. */
interface Made {
  readonly account: {
    readonly accountName: string;
    readonly publicKey: pulumi.Output<string>;
    readonly gate: Gate;
  };
  readonly keys: Keys;
  readonly remembered: { readonly [K in "previous" | "revoked"]: pulumi.Output<CalloutAccount[K]> };
}

/**
 * What the static server says of the service that decides about an account's clients, which it does not reload; undefined
 * where there is none. It goes by nothing else of the account, so that a preview knows when it stays as it is.
 */
export function calloutOf(
  args: AccountSettings,
  { account, keys, remembered }: Made,
): pulumi.Output<string> | undefined {
  if (args.authorization === undefined) {
    return undefined;
  }
  const { accountName: name, publicKey } = account;
  const { users, xkey } = args.authorization;
  const { issuer } = keys;
  const services = servicesOf(args);
  const known = {
    name,
    publicKey,
    authorization: { users, issuer, xkey },
    users: Object.fromEntries(Object.keys(services).map((user) => [user, { publicKey: keys.users[user]?.publicKey }])),
    ...(isRotated({ users: services }) ? remembered : {}),
  };
  return behind(account.gate, pulumi.output(known)).apply((said) => {
    const callout = { ...said, authorization: defined(said.authorization) };
    return calloutLines([callout as CalloutAccount]).join("\n");
  });
}

/** The users of the account that its service can be, as far as the arguments say who it is. */
function servicesOf(args: AccountSettings): Readonly<Record<string, UserArgs>> {
  const named: unknown = args.authorization?.users;
  const maybe = ([user]: [string, UserArgs]) => !Array.isArray(named) || named.includes(user);
  return Object.fromEntries(Object.entries(usersOf(args)).filter(maybe));
}
