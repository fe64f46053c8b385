import type * as pulumi from "@pulumi/pulumi";
import type { Duration } from "../../model/form/quantities";
import type { Rotation } from "../../model/keys/rotation";
import type { SetUser } from "../../model/users/set-users";
import type { Account } from "../account/account";

/** A user of a set. Its permissions and limits are those of the set's role. */
export interface SetUserArgs extends SetUser {
  /**
   * Existing seed (`SU…`), stored as a secret. Removing it later keeps the key.
   *
   * @default a new key is generated once
   */
  readonly seed?: pulumi.Input<string>;
  /**
   * Existing creds: the content of a creds file, stored as a secret. The user keeps its key, and its JWT if it has the same
   * content and signer. Removing it later keeps the key.
   *
   * @default a new key is generated once
   */
  readonly creds?: pulumi.Input<string>;
}

/** Users of a set: users by name, or a list of names. */
export type SetUsersArg = Readonly<Record<string, SetUserArgs>> | readonly string[];

/** Arguments of {@link UserSet}. */
export interface UserSetArgs {
  /** Account of the users: one that this program declares. */
  account: Account;
  /**
   * Name of the role of all users. The account must have the seed of the role's key.
   *
   * Plain, because the role determines which resource signs the users' JWTs.
   */
  role: string;
  /**
   * Users by name, or a list of names. Users are identified by their names: the order has no meaning.
   *
   * @default the users of `file`
   * @example
   * ```ts
   * { users: { "d-1": { tags: ["site:north"] }, "d-2": {} } }
   * ```
   */
  users?: pulumi.Input<SetUsersArg>;
  /**
   * Path of a file with the users, relative to the folder of the program. `.json`: an object or a list, as `users`. `.csv`: a
   * line with the names of the columns, then a line for each user. The column `name` is required; `tags` (separated by
   * spaces), `publicKey`, `lifetime`, `renewBefore`, `expires` and `notBefore` are optional. Other columns require a
   * `template`. At most 32 MiB.
   *
   * @default the users are in `users`
   */
  file?: string;
  /**
   * Returns the properties of a user that a list or a file names, and that has none of its own. Its result replaces the columns of a
   * file.
   *
   * @default users of a list have no properties; those of a file have its columns
   * @param name name of the user
   * @param row columns of a CSV file; empty otherwise
   * @example
   * ```ts
   * { file: "devices.csv", template: (name, { site }) => ({ tags: [`site:${site}`] }) }
   * ```
   */
  template?: (name: string, row: Readonly<Record<string, string>>) => SetUserArgs;
  /**
   * How long creds are valid, for users without a `lifetime` or `expires` of their own: see {@link Lifetime.lifetime}.
   *
   * @default unlimited
   */
  lifetime?: pulumi.Input<Duration>;
  /**
   * How long before they expire an update renews creds.
   *
   * @default a third of `lifetime`
   */
  renewBefore?: pulumi.Input<Duration>;
  /** Fixed expiry of creds, in UTC. Cannot be combined with `lifetime`. */
  expires?: pulumi.Input<string>;
  /**
   * When creds become valid, in UTC.
   *
   * @default immediately
   */
  notBefore?: pulumi.Input<string>;
  /**
   * Rotation of all keys that are generated here, for users without a `rotation` of their own.
   *
   * @default the current keys are kept
   */
  rotation?: pulumi.Input<Rotation>;
  /**
   * Version of the seeds that were handed out, such as a counter or a date: when it changes, the state loses the seeds that it
   * has, and keeps the public keys. Users that are added later get seeds that the state keeps until it changes again.
   *
   * @default the state keeps all seeds
   */
  handedOut?: pulumi.Input<string | number>;
  /**
   * The largest number of users that one update may remove: a whole number. An update that removes more is an error of the preview,
   * because a source of users that is incomplete must not lock out the others.
   *
   * @default 10, or a fifth of the users if that is more
   */
  maxRemovals?: number;
}
