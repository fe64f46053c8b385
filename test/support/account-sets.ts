import { omitUndefined } from "../../provider/model/form/order";
import { formatIssued, formatKeys, type SetKey, type SetKeys } from "../../provider/model/users/set-keys";
import { formatUsers, type SetUser } from "../../provider/model/users/set-users";
import { keyOf, seedOf } from "./keys";

/** When the JWTs of the users were issued. */
export const START = 1_800_000_000;
/** Public key of the role of all sets. */
export const DEVICE = keyOf("account", "device");

/** A user of a set, with its key and the time at which its JWT was issued. */
export interface Member extends SetUser {
  readonly key?: string;
  readonly at?: number;
  /** Number of the update that generated the key. */
  readonly made?: number;
}

/** Returns a set and the times of issue of its JWTs. */
export function declaredSet(members: Record<string, Member>): { readonly keys: SetKeys; readonly issued: string } {
  const entries = Object.entries(members);
  const keys = entries.map(([name, { key = name, made, rotation }]) => {
    const version = rotation?.version === undefined ? undefined : String(rotation.version);
    return [name, omitUndefined<SetKey>({ publicKey: keyOf("user", key), made, version })] as const;
  });
  const users = entries.map(([name, { key: _key, at: _at, made: _made, ...user }]) => [name, user] as const);
  return {
    keys: { role: "device", signingKey: DEVICE, users: formatUsers(new Map(users)), keys: formatKeys(keys) },
    issued: formatIssued(new Map(entries.map(([name, { at = START }]) => [name, at]))),
  };
}

/** Returns the inputs of the claims of an account with sets. */
export function accountWith(sets: Record<string, Record<string, Member>>, more: object = {}): object {
  const all = Object.entries(sets).map(([name, members]) => [name, declaredSet(members)] as const);
  return {
    name: "A",
    publicKey: keyOf("account", "A"),
    roles: { device: { signingKey: DEVICE } },
    signer: seedOf("operator", "signing"),
    users: {},
    sets: Object.fromEntries(all.map(([name, { keys }]) => [name, keys])),
    issued: Object.fromEntries(all.map(([name, { issued }]) => [name, issued])),
    ...more,
  };
}
