import * as pulumi from "@pulumi/pulumi";
import { DETAILS } from "../dynamic/life-cycle/details";
import type { SharedTerms } from "../model/users/set-users";
import { DynamicResource, emptyText } from "./dynamic-resource";

/** Arguments of {@link UserSetKeys}. */
export interface UserSetKeysArgs {
  /** The set's name. */
  name: pulumi.Input<string>;
  /** Public key (`A…`) of the account. */
  account: pulumi.Input<string>;
  /** Name of the users' role. */
  role: pulumi.Input<string>;
  /** Public key (`A…`) of the role. */
  signingKey: pulumi.Input<string>;
  /** The users without seeds, one a line. */
  users: pulumi.Input<string>;
  /** What all users have in common. */
  shared?: pulumi.Input<SharedTerms | undefined>;
  /** Public key of the set's source. */
  source?: pulumi.Input<string>;
  /** Seed of the set's source. */
  root?: pulumi.Input<string>;
  /** Seeds that the program supplies, one a line. */
  given: pulumi.Input<string>;
  /** Version of the handed out seeds. */
  handedOut?: pulumi.Input<string | number | undefined>;
  /** The largest number of users that one update may remove. The state does not contain it. */
  maxRemovals?: number | undefined;
}

/** The keys of the users of a set, and the times at which their JWTs were issued. */
export class UserSetKeys extends DynamicResource {
  /** The users without seeds, one a line; packed if it is long, except in a preview of a change. */
  declare public readonly users: pulumi.Output<string>;
  /** The public key of each user, one a line; packed as `users` is. */
  declare public readonly keys: pulumi.Output<string>;
  /** The seeds that the program supplies or has supplied, one a line: a secret. */
  declare public readonly given: pulumi.Output<string | undefined>;
  /** When the JWTs were issued. */
  declare public readonly issued: pulumi.Output<string>;
  /** What a program does not read, except the first update whose keys the source generated, and the last one that generated some. */
  declare public readonly __details: pulumi.Output<{ readonly since: number; readonly update: number }>;

  constructor(name: string, args: UserSetKeysArgs, opts?: pulumi.CustomResourceOptions) {
    const { users, given, root, ...details } = args;
    const props = {
      users,
      given: pulumi.secret(given),
      ...(root === undefined ? {} : { root: pulumi.secret(root) }),
      keys: emptyText(users),
      issued: undefined,
      [DETAILS]: details,
    };
    super(
      "user-set-keys",
      "UserSetKeys",
      name,
      props,
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["given"] }),
      // Both contain the names of users.
      { from: users, outputs: ["keys", "issued"] },
    );
  }
}
