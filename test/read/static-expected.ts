import { normalizeAccount, type Account } from "../../provider/model/account/account";
import { getEffectiveUsers } from "../../provider/model/account/effective-users";
import { listenerProblem } from "../../provider/model/cluster/listeners";
import type { Permissions } from "../../provider/model/access/permissions";
import { keyOf } from "../support/keys";

/** Removes what a static configuration does not contain. */
export function toExpected(account: Account): object {
  const {
    publicKey,
    exports,
    imports,
    limits = {},
    jetstream,
    mappings,
    trace,
    defaultPermissions,
  } = normalizeAccount(account);
  const { connections, leafNodes, subscriptions, payload } = limits;
  const kept = { connections, leafNodes, subscriptions, payload };
  const plain = <T extends { name?: string; description?: string; infoUrl?: string; advertise?: boolean }>(
    entry: T,
  ) => ({
    ...entry,
    name: undefined,
    description: undefined,
    infoUrl: undefined,
    advertise: undefined,
  });
  return {
    publicKey,
    exports: exports?.map(({ importers, ...entry }) => ({
      ...plain(entry),
      revocations: undefined,
      importers: importers?.filter((name) => name !== account.name).map((name) => keyOf("account", name)),
    })),
    imports: imports?.map(({ subject: template, localSubject, ...entry }) => {
      const subject = template.replaceAll("{{account-subject()}}", publicKey);
      return { ...plain(entry), subject, localSubject: localSubject === subject ? undefined : localSubject };
    }),
    limits: Object.values(kept).every((limit) => limit === undefined) ? undefined : kept,
    mappings,
    trace,
    jetstream: jetstream?.tiers === undefined ? jetstream : {},
    defaultPermissions: withoutDefaults(defaultPermissions),
    users: getEffectiveUsers(normalizeAccount(account))
      // Users without a listener are named instead.
      .filter(({ access }) => listenerProblem(access) === undefined)
      .map(({ publicKey: user, access }) => ({
        publicKey: user,
        permissions: withoutDefaults(access.permissions),
        connectionTypes: access.connectionTypes,
        proxyRequired: access.proxyRequired,
      })),
  };
}

/** Removes the default values of response permissions. */
function withoutDefaults(permissions: Permissions | undefined): Permissions | undefined {
  if (permissions?.responses === undefined) {
    return permissions;
  }
  const { max, expires } = permissions.responses;
  const responses = {
    max: max === 1 ? undefined : max,
    expires: expires === "120s" || expires === "2m" ? undefined : expires,
  };
  return { ...permissions, responses } as Permissions;
}
