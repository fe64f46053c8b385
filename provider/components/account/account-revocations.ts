import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostics } from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import { revokedCredentialsDiagnostics } from "../../model/account/revoked-credentials";
import { hasShape } from "../../model/form/shape";
import { REVOCATIONS, type Revocations } from "../../model/keys/revocations";
import { valueIfKnown, type Gate } from "../validation";
import type { AccountSettings } from "./account-args";
import type { AccountKeys } from "./account-model";

/** Returns the `revocations` argument of an account; none in place of malformed ones, which are problems of the account. */
export function revocationsOf({ revocations }: AccountSettings): pulumi.Output<Revocations> {
  return pulumi
    .output(revocations as pulumi.Input<Revocations> | undefined)
    .apply((known = {}) => (hasShape(REVOCATIONS, known) ? known : {}));
}

/**
 * Warns of the users that the revocations of their account lock out. A preview knows those whose JWTs do not change.
 *
 * @param users the keys of the users by name
 */
export async function warnAboutRevoked(
  account: { readonly resource: pulumi.Resource; readonly accountName: string; readonly gate: Gate },
  users: AccountKeys["users"],
  revocations: pulumi.Output<Revocations>,
): Promise<void> {
  const revoked = (await valueIfKnown(revocations)) ?? {};
  if (Object.keys(revoked).length === 0) {
    return;
  }
  await account.gate;
  const issued = Object.entries(users).map(async ([name, { publicKey, issuedAt }]) => {
    const [key, moment] = await Promise.all([valueIfKnown(publicKey), valueIfKnown(issuedAt)]);
    return [name, { publicKey: key, issuedAt: moment }] as const;
  });
  const known = Object.fromEntries(await Promise.all(issued));
  const found = revokedCredentialsDiagnostics(known, revoked, nowInSeconds());
  if (found.length > 0) {
    await pulumi.log.warn(formatDiagnostics(`account ${JSON.stringify(account.accountName)}`, found), account.resource);
  }
}
