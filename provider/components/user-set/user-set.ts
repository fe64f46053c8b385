import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, formatDiagnostics } from "../../diagnostics/diagnostic";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import { unpackText } from "../../dynamic/state/packed-texts";
import { getOwn, omitUndefined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import type { Revocations } from "../../model/keys/revocations";
import { declareSet } from "../../model/users/declared-set";
import { parseKey } from "../../model/users/set-keys";
import { parseLines } from "../../model/users/set-text";
import { formatUsers, type SharedTerms } from "../../model/users/set-users";
import { handleRejection } from "../../resources/dynamic-resource";
import { Nkey } from "../../resources/nkey";
import { UserSetKeys, type UserSetKeysArgs } from "../../resources/user-set-keys";
import type { AccountRole } from "../account/account-roles";
import type { SetContext } from "../account/declared-account";
import { hideInternals } from "../internals";
import { joinOutputs, plainOutput } from "../join-outputs";
import { afterGate, validate, waitForGates, type Gate } from "../validation";
import { declareUsers, type UserDeclaration } from "./declared-users";
import { handOutAll } from "./hand-out";
import { SetCredentials, type UserCreds } from "./set-credentials";
import type { UserSetArgs } from "./user-set-args";
import {
  concurrencyDiagnostics,
  contextOf,
  declareShared,
  failedSet,
  findGivenKeys,
  isRotated,
  LATE_SET,
  roleDiagnostics,
  sameSetDiagnostics,
  setArgsDiagnostics,
  unknownUser,
  usersDiagnostics,
  warnAboutEmptyLists,
  warnAboutExpired,
} from "./user-set-checks";

/** The account and the users of a set. */
interface SecretUsers {
  readonly setName: string;
  readonly accountName: string;
  /** Undefined if they are an output. */
  readonly names: readonly string[] | undefined;
}

/** Creds of the users of a set that have some. */
type CredsByName = Readonly<Record<string, string>>;

/**
 * Users of one role: thousands of them in one resource. Each has a key and creds of its own, which servers of both modes
 * accept. They add nothing to the account's JWT, except revocations of users that leave the set.
 *
 * A set is created after its account, before the program waits for the first time (`await`).
 *
 * @example
 * ```ts
 * const devices = new UserSet("devices", { account, role: "device", users: { "d-1": { tags: ["site:north"] }, "d-2": {} } });
 * export const creds = devices.creds("d-1");
 * ```
 */
export class UserSet extends pulumi.ComponentResource {
  /** @internal Opens when the set, seen alone, is valid. */
  readonly gate: Gate;
  /** @internal What the Secrets of its users are made of. */
  readonly secrets: SecretUsers;

  readonly #name: string;
  readonly #resourceName: string;
  readonly #keys: pulumi.Output<string>;
  readonly #credentials: pulumi.Output<SetCredentials>;
  readonly #context: SetContext | undefined;

  constructor(name: string, args: UserSetArgs, opts?: pulumi.ComponentResourceOptions);
  /** @internal @param resourceName the name of its resources; that of a set identifies its keys */
  constructor(
    name: string,
    args: UserSetArgs,
    opts: pulumi.ComponentResourceOptions | undefined,

    resourceName: string,
  );
  constructor(name: string, args: UserSetArgs, opts?: pulumi.ComponentResourceOptions, resourceName = name) {
    const known: Partial<UserSetArgs> = isRecord(args) ? args : {};
    const { account, role } = known;
    const subject = `user set ${JSON.stringify(name)}`;
    const context = contextOf(account);
    if (context?.sets.areComplete === true) {
      throw new pulumi.RunError(formatDiagnostics(subject, LATE_SET));
    }
    super(
      "nats-auth:index:UserSet",
      resourceName,
      omitUndefined<object>({ account: account?.accountName, role }),
      opts,
    );
    this.#name = name;
    this.#resourceName = resourceName;
    this.#context = context;
    const shape = setArgsDiagnostics(args);
    hideInternals<UserSet>(this, ["gate", "secrets"]);
    const accountName = account?.accountName ?? "";
    if (shape.length > 0 || this.#context === undefined) {
      this.gate = validate(subject, this, [pulumi.output(shape)]);
      this.#keys = afterGate(this.gate, "");
      this.#credentials = afterGate(this.gate, undefined as unknown as SetCredentials);
      [this.#keys, this.#credentials].forEach(handleRejection);
      this.secrets = { setName: name, accountName, names: [] };
      this.#context?.sets.add(failedSet(name, this.gate));
      return;
    }
    const declaration = declareUsers(args);
    this.secrets = { setName: name, accountName, names: declaration.names };
    const declared = declareShared(args);
    const shared = declared.apply(({ terms }) => terms);
    const others = this.#context.sets.present.map((set) => set.name);
    const own = validate(subject, this, [
      pulumi.output([...sameSetDiagnostics(name, others), ...roleDiagnostics(args.role, this.#context)]),
      declared.apply(({ diagnostics }) => diagnostics),
      usersDiagnostics(args, this.#context, declaration),
      declaration.missing,
    ]);
    this.gate = waitForGates(own, [this.#context.gate]);
    const component = { subject, resource: this, gate: this.gate };
    warnAboutEmptyLists(component, args, this.#context, declaration).catch(() => undefined);
    const created = this.#create(args, this.#context, declaration, shared);
    this.#keys = created.keys;
    this.#credentials = created.credentials;
    handleRejection(this.#credentials);
    const { gate } = this;
    warnAboutExpired({ resource: this, subject, gate }, declaration, shared).catch(() => undefined);
    this.registerOutputs({ count: declaration.users.apply(({ users }) => users.size) });
  }

  /** Creates the resources of the set, and adds it to its account. */
  #create(
    args: UserSetArgs,
    context: SetContext,
    declaration: UserDeclaration,
    shared: pulumi.Output<SharedTerms | undefined>,
  ) {
    const [name, gate] = [this.#name, this.gate];
    // The gate stays closed for a role without a key.
    const roles: Readonly<Record<string, AccountRole>> = args.account.roles;
    const role = getOwn(roles, args.role) ?? { publicKey: afterGate(gate, ""), seed: afterGate(gate, "") };
    const source = declaration.hasAllKeys ? undefined : this.#createSource(args);
    const resource = new UserSetKeys(
      this.#resourceName,
      omitUndefined<UserSetKeysArgs>({
        name: afterGate(gate, name),
        account: context.publicKey,
        role: args.role,
        signingKey: role.publicKey,
        users: afterGate(
          gate,
          declaration.users.apply(({ users }) => formatUsers(users)),
        ),
        shared,
        source: source?.id,
        root: source?.seed,
        given: afterGate(
          gate,
          declaration.secrets.apply(({ text }) => text),
        ),
        handedOut: args.handedOut,
        maxRemovals: args.maxRemovals,
      }),
      { parent: this },
    );
    const { issued, given, __details: details } = resource;
    const [users, keys, update] = [resource.users.apply(unpackText), resource.keys.apply(unpackText), details.update];
    [users, keys, update].forEach(handleRejection);
    // Nobody gets creds with keys that the account may refuse.
    const accepted = joinOutputs<[string, unknown], string>([keys, context.accepted], (text) => text);
    const none = plainOutput<string | undefined>(undefined);
    const credentials = joinOutputs(
      [users, accepted, issued, shared, context.publicKey, role.seed, source?.seed ?? none, given, details] as const,
      (...[userText, keyText, issuedText, terms, account, signer = "", root, seeds, { since }]) => {
        const set = { users: userText, keys: keyText, issued: issuedText, shared: terms };
        return new SetCredentials({ set, account, signer, root, since, given: seeds });
      },
    );
    context.sets.add({
      name,
      names: declaration.users.apply(({ users: all }) => [...all.keys()]),
      declaration: joinOutputs([declaration.users, shared] as const, ({ users: all }, terms) =>
        declareSet(args.role, all, terms),
      ),
      keys: { role: args.role, signingKey: role.publicKey, users, keys, shared },
      update,
      issued,
      isRotated: isRotated(declaration, shared),
      givenKeys: () => findGivenKeys(declaration),
      seedsOf: (names) => pulumi.secret(credentials.apply((all) => all.seedsOf(names))),
    });
    return { keys, credentials: pulumi.unsecret(credentials) };
  }

  /** Public key (`U…`) of each user, by name. */
  get publicKeys(): pulumi.Output<Readonly<Record<string, string>>> {
    return this.#keys.apply((text) =>
      Object.fromEntries(Array.from(parseLines(text), ([name, rest]) => [name, parseKey(rest).publicKey])),
    );
  }

  /**
   * Creds of all users that have some, by name: the contents of creds files, as one secret. They are signed when the output is
   * used. A stack that exports them has them in its state.
   */
  get allCreds(): pulumi.Output<CredsByName> {
    return pulumi.secret(
      this.#all().apply((all) => Object.fromEntries(all.map(({ name, creds }) => [name, creds]))),
    ) as pulumi.Output<CredsByName>;
  }

  /** @internal JWTs of all users, by name, as one secret. */
  get allJwts(): pulumi.Output<Readonly<Record<string, string>>> {
    return pulumi.secret(this.#credentials.apply((all) => all.allJwts())) as pulumi.Output<Record<string, string>>;
  }

  /**
   * Returns the content of a creds file of a user, as a secret: logs in to the operator server, and contains the seed for the
   * static server. Undefined if the seed is not managed here, or no server would accept the creds.
   */
  creds(name: string): pulumi.Output<string | undefined> {
    return this.#ofUser(name, (all, revoked) => all.creds(name, revoked, nowInSeconds())?.creds);
  }

  /** Returns the seed (`SU…`) of a user, as a secret; undefined if it is not managed here. */
  seed(name: string): pulumi.Output<string | undefined> {
    return this.#ofUser(name, (all) => all.seed(name));
  }

  /** Returns the JWT of a user, as a secret. It does not log in without the seed, unless the role is a `bearer`. */
  jwt(name: string): pulumi.Output<string | undefined> {
    return this.#ofUser(name, (all) => all.jwt(name));
  }

  /**
   * Passes the creds of each user that has some to a function, which writes them to a destination such as a vault. Previews do
   * not call it; each update does, so that it must tolerate creds that it has written before. It is called when the claims of the
   * account are signed, and before servers are changed: to call it afterwards, wait for the cluster.
   *
   * @example
   * ```ts
   * cluster.checked.apply(() => devices.handOut(({ name, creds }) => vault.write(name, creds)));
   * ```
   * @param write writes the creds of one user. If it fails, so does the update, without more calls
   * @param concurrency how many calls run at the same time: a whole number from 1
   * @returns the number of users
   * @throws RunError when `concurrency` is invalid
   */
  handOut(write: (user: UserCreds) => Promise<void> | void, concurrency = 16): pulumi.Output<number> {
    const problems = concurrencyDiagnostics(concurrency);
    if (problems.length > 0) {
      throw new pulumi.RunError(formatDiagnostics(`user set ${JSON.stringify(this.#name)}`, problems));
    }
    return this.#all().apply(async (all) => {
      if (!pulumi.runtime.isDryRun()) {
        await handOutAll(all, write, concurrency);
      }
      return all.length;
    });
  }

  #all(): pulumi.Output<UserCreds[]> {
    return joinOutputs<[SetCredentials, Revocations], UserCreds[]>(
      [this.#credentials, this.#revocations()],
      (table, revoked) => table.allCreds(revoked, nowInSeconds()),
    );
  }

  #ofUser(
    name: string,
    part: (all: SetCredentials, revocations: Revocations) => string | undefined,
  ): pulumi.Output<string | undefined> {
    return joinOutputs<[SetCredentials, Revocations], string | undefined>(
      [this.#credentials, this.#revocations()],
      (all, revoked) => {
        if (!all.has(name)) {
          throw new pulumi.ResourceError(formatDiagnostic(unknownUser(this.#name, name)), this);
        }
        const value = part(all, revoked);
        return value === undefined ? value : pulumi.secret(value);
      },
    );
  }

  #revocations(): pulumi.Output<Revocations> {
    return this.#context?.revocations ?? plainOutput<Revocations>({});
  }

  /** Creates the key that the seeds of the users are derived from. */
  #createSource({ handedOut }: UserSetArgs): Nkey {
    const version = omitUndefined<{ version: pulumi.Input<string | number> }>({ version: handedOut });
    return new Nkey(
      `${this.#resourceName}/source`,
      { kind: afterGate(this.gate, "user" as const), ...version },
      { parent: this },
    );
  }
}
