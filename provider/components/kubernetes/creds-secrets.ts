import * as pulumi from "@pulumi/pulumi";
import { diagnose, displayList, formatDiagnostics, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { credsSecretName } from "../../kubernetes/names";
import { MODE_SHAPE, type Mode } from "../../model/cluster/servers";
import { omitUndefined } from "../../model/form/order";
import {
  anyValue,
  checkShape,
  isRecord,
  listOf,
  objectOf,
  optional,
  stringShape,
  type Shape,
} from "../../model/form/shape";
import type { Account } from "../account/account";
import type { AccountUser } from "../account/account-users";
import { ACCOUNT } from "../configuration/configuration-parts";
import type { UserSet } from "../user-set/user-set";
import { afterGate, validate, waitForGates } from "../validation";
import { labelDiagnostics } from "../../kubernetes/labels";

/** Arguments of `credsSecrets`. */
export interface CredsSecretsArgs<Name extends string = string> {
  /**
   * Namespace of the Secrets.
   *
   * @default that of the provider
   */
  readonly namespace?: pulumi.Input<string>;
  /**
   * Begin of the names: a DNS label.
   *
   * @default "nats"
   */
  readonly prefix?: string;
  /**
   * Users who get a Secret. Required for a `UserSet` with an output as `users`.
   *
   * @default all users of the account, without those of sets; or of the set
   */
  readonly users?: readonly Name[];
}

/** The name and namespace of an object in Kubernetes. */
export interface ObjectName {
  /** Its name. */
  readonly name: string;
  /**
   * Its namespace.
   *
   * @default that of the provider
   */
  readonly namespace?: pulumi.Input<string>;
}

/** A Secret with the credentials of a user, as the arguments of a `kubernetes.core.v1.Secret`. */
export interface CredsSecret {
  /** Always `v1`. */
  readonly apiVersion: "v1";
  /** Always `Secret`. */
  readonly kind: "Secret";
  /** Name and namespace. */
  readonly metadata: ObjectName;
  /** Always `Opaque`. */
  readonly type: "Opaque";
  /**
   * `nats.creds`, for servers in operator mode, and `seed`, for servers in static mode. `nats.creds` is missing while the
   * creds have expired or are revoked.
   */
  readonly stringData: pulumi.Output<Readonly<Record<string, string>>>;
}

/** Keys of a Secret. */
const CREDS = "nats.creds";
const SEED = "seed";
const PREFIX = "nats";

const NAMESPACE: Shape = objectOf<Pick<CredsSecretsArgs, "namespace">>({ namespace: optional(stringShape) });
const ARGS: Shape = objectOf<CredsSecretsArgs>({
  namespace: optional(anyValue),
  prefix: optional(stringShape),
  users: optional(listOf(stringShape)),
});

/**
 * Returns a Kubernetes Secret for each user of an account or of a `UserSet`, by the user's name. Nothing is created: pass each one to a
 * `kubernetes.core.v1.Secret`, or to another tool as JSON. Their names are `<prefix>.<account>.<user>`, so that a changed
 * credential updates its Secret. A name that is not a DNS label is replaced by a similar one with a digest.
 *
 * @example
 * ```ts
 * for (const [user, secret] of Object.entries(credsSecrets(a, { namespace: "apps" }))) {
 *   new kubernetes.core.v1.Secret(user, secret);
 * }
 * ```
 */
export function credsSecrets<Name extends string, Chosen extends Name = Name>(
  account: Account & { readonly users: Readonly<Record<Name, AccountUser>> },
  args?: CredsSecretsArgs<Chosen>,
): Readonly<Record<Chosen, CredsSecret>>;
export function credsSecrets<Chosen extends string = string>(
  set: UserSet,
  args?: CredsSecretsArgs<Chosen>,
): Readonly<Record<Chosen, CredsSecret>>;
export function credsSecrets<Chosen extends string>(
  holder: Account | UserSet,
  args: CredsSecretsArgs<Chosen> = {},
): Readonly<Record<Chosen, CredsSecret>> {
  const { resource, subject, accountName, names, userOf } = usersOf(holder);
  const problems = secretsArgsDiagnostics(names, args);
  if (names === undefined && problems.length > 0) {
    // Without names, no output reports the problem.
    throw new pulumi.RunError(formatDiagnostics("credsSecrets", problems));
  }
  const { namespace, prefix = PREFIX, users = (names ?? []) as Chosen[] } = problems.length === 0 ? args : {};
  const known = users.flatMap((name) => {
    const user = userOf(name);
    return user === undefined ? [] : [[name, user] as const];
  });
  const seeds = known.map(([name, { seed }]) => seed.apply((value) => seedDiagnostics(name, value)));
  const given = isRecord(args) ? args.namespace : undefined;
  const own = validate(`the Secrets of ${subject}`, resource, [
    pulumi.output(problems),
    pulumi.all([given]).apply(([namespace]) => namespaceDiagnostics(namespace)),
    ...(problems.length > 0 ? [] : seeds),
  ]);
  const gate = waitForGates(own, [resource.gate]);
  const entries = known.map(([name, { creds, seed }]): [Chosen, CredsSecret] => {
    const data = pulumi
      .all([creds, seed])
      .apply(([text, key]) => omitUndefined<Record<string, string>>({ [CREDS]: text, [SEED]: key }));
    const metadata = { name: credsSecretName(prefix, accountName, name), namespace };
    return [
      name,
      {
        apiVersion: "v1",
        kind: "Secret",
        metadata: omitUndefined<ObjectName>(metadata),
        type: "Opaque",
        stringData: afterGate(gate, pulumi.secret(data)),
      },
    ];
  });
  return Object.fromEntries(entries) as Record<Chosen, CredsSecret>;
}

/** Users who get Secrets. */
interface SecretHolder {
  readonly resource: Account | UserSet;
  readonly subject: string;
  readonly accountName: string;
  /** Undefined if they are an output. */
  readonly names: readonly string[] | undefined;
  /** Undefined for an unknown name. */
  readonly userOf: (name: string) => Pick<AccountUser, "seed" | "creds"> | undefined;
}

/** Returns the users of an account or of a set. @throws RunError for another value */
function usersOf(holder: Account | UserSet): SecretHolder {
  if (isSet(holder)) {
    const { setName, accountName, names } = holder.secrets;
    return {
      ...{ resource: holder, accountName, names },
      subject: `user set ${JSON.stringify(setName)}`,
      userOf: (name) => ({ seed: holder.seed(name), creds: holder.creds(name) }),
    };
  }
  const misfits = checkShape("account", ACCOUNT, holder, () => []);
  if (misfits.length > 0) {
    throw new pulumi.RunError(formatDiagnostics("credsSecrets", misfits));
  }
  const { accountName } = holder;
  const users = new Map<string, AccountUser>(Object.entries(holder.users));
  return {
    ...{ resource: holder, accountName, names: [...users.keys()] },
    subject: `account ${JSON.stringify(accountName)}`,
    userOf: (name) => users.get(name),
  };
}

function isSet(holder: unknown): holder is UserSet {
  return typeof holder === "object" && holder !== null && "secrets" in holder;
}

/** Checks the arguments of `credsSecrets`. @param known the users of the account or set; undefined if they are an output */
export function secretsArgsDiagnostics(known: readonly string[] | undefined, args: CredsSecretsArgs): Diagnostic[] {
  const all = known && new Set(known);
  return checkShape("", ARGS, args, ({ prefix, users }) => [
    ...diagnose({
      code: "NA1002",
      path: "users",
      problem:
        known === undefined && users === undefined ? "is missing; the users of the set are an output" : undefined,
      remedy: "List the users who get a Secret, or pass the users of the set as plain values.",
    }),
    ...(prefix === undefined ? [] : labelDiagnostics("prefix", "prefix", prefix)),
    ...(users ?? []).flatMap((name, index) =>
      diagnose({
        code: "NA2102",
        path: `users[${index}]`,
        value: name,
        problem: all?.has(name) === false ? "is not one of the users" : undefined,
        remedy: `Use some of ${displayList(known ?? [])}.`,
      }),
    ),
  ]);
}

/** Checks the namespace of Secrets. */
export function namespaceDiagnostics(namespace: unknown): Diagnostic[] {
  return checkShape("", NAMESPACE, { namespace } as { readonly namespace?: string }, (args) =>
    args.namespace === undefined ? [] : labelDiagnostics("namespace", "namespace", args.namespace),
  );
}

/** Checks that the seed of a user is known. */
export function seedDiagnostics(name: string, seed: string | undefined): Diagnostic[] {
  return diagnose({
    code: "NA2101",
    path: keyPath("users", name),
    problem: seed === undefined ? "has no seed that is managed here" : undefined,
    remedy: "List the users who get a Secret in `users`.",
  });
}

/** Arguments of `nackAccount`. */
export interface NackAccountArgs {
  /** Name of the resource, to which the `account` of streams and consumers refers: a DNS label. */
  readonly name: string;
  /** Client URLs of the servers. */
  readonly servers: readonly pulumi.Input<string>[];
  /**
   * Mode of these servers: NACK logs in with the creds in operator mode, and with the seed in static mode. The latter requires
   * `--control-loop`: without it, NACK shows the seed in the status of streams and in its log.
   *
   * @default "operator"
   */
  readonly mode?: Mode;
  /**
   * Certificates for servers with TLS.
   *
   * @default the authorities that the image of NACK trusts
   */
  readonly tls?: NackTls;
}

/** The Secret with the certificates for the connections of NACK. */
export interface NackTls {
  /**
   * Name of a Secret with the certificate of the servers' authority as `ca.crt` and, for servers that verify clients, a certificate as
   * `tls.crt` and its private key as `tls.key`.
   */
  readonly secretName: pulumi.Input<string>;
}

/** An `Account` of NACK, as the arguments of a `kubernetes.apiextensions.CustomResource`. */
export interface NackAccount {
  /** Always `jetstream.nats.io/v1beta2`. */
  readonly apiVersion: "jetstream.nats.io/v1beta2";
  /** Always `Account`. */
  readonly kind: "Account";
  /** Name and namespace. */
  readonly metadata: ObjectName;
  /** The servers, and the Secret with the credentials. */
  readonly spec: Readonly<Record<string, unknown>>;
}

const NACK_ARGS: Shape = objectOf<NackAccountArgs>({
  name: stringShape,
  servers: listOf(anyValue),
  mode: optional(MODE_SHAPE),
  tls: optional(objectOf<NackTls>({ secretName: anyValue })),
});

/** Keys of a Secret of the type `kubernetes.io/tls`. NACK leaves out those that the Secret does not have. */
const TLS_KEYS = { ca: "ca.crt", cert: "tls.crt", key: "tls.key" };

/**
 * Returns the `Account` by which NACK, the JetStream controller for Kubernetes, logs in as a user. It is in the namespace of the
 * Secret.
 *
 * @param secret the Secret of the user, from `credsSecrets`
 * @throws RunError when an argument is invalid
 * @example
 * ```ts
 * const { nack } = credsSecrets(a, { namespace: "apps", users: ["nack"] });
 * const login = new kubernetes.core.v1.Secret("nack", nack);
 * const args = nackAccount(nack, { name: "orders", servers: ["nats://nats-operator.nats.svc:4222"] });
 * new kubernetes.apiextensions.CustomResource("orders", args, { dependsOn: login });
 * ```
 */
export function nackAccount({ metadata }: CredsSecret, args: NackAccountArgs): NackAccount {
  const problems = checkShape("", NACK_ARGS, args, ({ name }) => labelDiagnostics("account", "name", name));
  if (problems.length > 0) {
    throw new pulumi.RunError(formatDiagnostics("nackAccount", problems));
  }
  const { name, servers, mode = "operator", tls } = args;
  const secret = { name: metadata.name };
  const login = mode === "operator" ? { creds: { secret, file: CREDS } } : { nkey: { secret, seed: SEED } };
  return {
    apiVersion: "jetstream.nats.io/v1beta2",
    kind: "Account",
    metadata: { ...metadata, name },
    // Without `name`, which NACK removes when it writes the resource.
    spec: { servers, ...login, ...(tls && { tls: { secret: { name: tls.secretName }, ...TLS_KEYS } }) },
  };
}
