import * as pulumi from "@pulumi/pulumi";
import { renderCallout, type CalloutAccount } from "../../config/static";
import { omitUndefined } from "../../model/form/order";
import type { AccountSettings, UserArgs } from "./account-args";
import { usersOf, type AccountKeys } from "./account-model";
import { isRotated } from "./rotation";
import { afterGate, type Gate } from "../validation";

/** A created account, its keys, and the replaced keys that its claims keep. */
interface CalloutSource {
  readonly account: {
    readonly accountName: string;
    readonly publicKey: pulumi.Output<string>;
    readonly gate: Gate;
  };
  readonly keys: AccountKeys;
  readonly remembered: { readonly [K in "previous" | "revoked"]: pulumi.Output<CalloutAccount[K]> };
}

/**
 * Renders the static server's auth callout lines, which the server does not reload. They depend on nothing else of the
 * account, so that a preview knows when they stay the same.
 *
 * @returns undefined if no service authorizes the account's clients
 */
export function renderRestartCallout(
  args: AccountSettings,
  { account, keys, remembered }: CalloutSource,
): pulumi.Output<string> | undefined {
  if (args.authorization === undefined) {
    return undefined;
  }
  const { accountName: name, publicKey } = account;
  const { users, xkey } = args.authorization;
  const { issuer } = keys;
  const serviceUsers = calloutUsers(args);
  const parts = {
    name,
    publicKey,
    authorization: { users, issuer, xkey },
    users: Object.fromEntries(
      Object.keys(serviceUsers).map((user) => [user, { publicKey: keys.users[user]?.publicKey }]),
    ),
    ...(isRotated({ users: serviceUsers }) ? remembered : {}),
  };
  return afterGate(account.gate, pulumi.output(parts)).apply((known) => {
    const callout = { ...known, authorization: omitUndefined(known.authorization) };
    return renderCallout([callout as CalloutAccount]);
  });
}

/** Returns the users that the service logs in as; all users while `authorization.users` is not known. */
function calloutUsers(args: AccountSettings): Readonly<Record<string, UserArgs>> {
  const names: unknown = args.authorization?.users;
  const mayBeService = ([user]: [string, UserArgs]) => !Array.isArray(names) || names.includes(user);
  return Object.fromEntries(Object.entries(usersOf(args)).filter(mayBeService));
}
