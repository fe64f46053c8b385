import * as pulumi from "@pulumi/pulumi";
import { diagnose, keyPath, display, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { suppliedKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import { EVERY_KEY, parseTimestamp, type Revocations } from "../../model/keys/revocations";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { getOwn, omitUndefined } from "../../model/form/order";
import { anyValue, matching, isRecord, objectOf, optional, checkShape, type Shape } from "../../model/form/shape";
import { nameDiagnostics } from "../../model/users/users";
import { nowInSeconds } from "../../dynamic/life-cycle/clock";
import type { DeepInput } from "../../resources/dynamic-resource";
import { seedDiagnostics } from "../../nkeys/key-checks";
import type { OperatorInfoArgs } from "../../resources/operator-claims";
import type { AccountSettings, AnyNames, InferredNames } from "../account/account-args";
import { revocationsOf } from "../account/account-revocations";
import { registeredArgs } from "../registered-args";
import { missingValueDiagnostics } from "../validation";
import { givenJwtDiagnostics, type GivenJwt } from "./operator-jwt";

/** Arguments of an `Operator`. */
export interface OperatorArgs<
  Users extends InferredNames = AnyNames,
  Roles extends InferredNames = AnyNames,
> extends OperatorInfoArgs {
  /**
   * Operator name.
   *
   * @default the name of the resource
   */
  name?: pulumi.Input<string>;
  /**
   * System account, in which the servers publish events and answer monitoring requests.
   *
   * @default an account named SYS without users
   */
  systemAccount?: AccountSettings<Users, Roles>;
  /**
   * Existing seed (`SO…`) of the operator's identity key.
   *
   * @default a new key is generated once
   */
  seed?: pulumi.Input<string>;
  /**
   * JWT of an existing operator whose identity key is not managed here. It is deployed unchanged, with its signing keys and
   * its system account. Requires `signer`.
   *
   * If the JWT is an output, it must name a system account, or `systemAccount` must set `publicKey`, `seed` or `key`:
   * whether to generate a key for the system account is decided before the output is known.
   *
   * @default the operator signs its own JWT
   */
  jwt?: pulumi.Input<string>;
  /**
   * Seed (`SO…`) of the signing key that signs accounts. With `jwt`, it must be one of the JWT's signing keys, or the
   * identity key if the JWT does not set `strict_signing_key_usage`. Stored as a secret.
   *
   * @default a new signing key is generated once
   */
  signer?: pulumi.Input<string>;
  /**
   * Replaces the signing key: the new key signs the accounts, and the operator's JWT lists the previous one until the
   * overlap ends. nats-server does not reload an operator's JWT, so the operator server restarts when the new key is
   * added, and again when the previous one is removed. If the program sets `signer`, a different seed acts as a different
   * version.
   *
   * @default the current signing key is kept
   */
  rotation?: DeepInput<Rotation>;
  /**
   * Where the seed of the operator's identity key is stored. `"managed"`: in the state. `"offline"`: outside the state.
   * Before you switch to `"offline"`, export the `identitySeed` of the operator, and let one update sign the operator's JWT.
   *
   * The JWT stays valid without the seed. A change that requires a new JWT (signing key, name, system account) is an error
   * of the preview, until you set `seed` for one update.
   *
   * Plain, because it determines whether a resource exists.
   *
   * @default "managed"
   */
  identityKey?: "managed" | "offline";
}

/** Name of a system account without a name. */
export const DEFAULT_SYSTEM_ACCOUNT = "SYS";

/** Name of the system account's role that signs the credentials for verifying a cluster. */
export const CHECK_ROLE = "pulumi-nats-auth-check";

const IDENTITY_KEYS: readonly unknown[] = ["managed", "offline"] satisfies OperatorArgs["identityKey"][];

const SHAPE: Shape = objectOf<OperatorArgs>({
  name: anyValue,
  systemAccount: optional(matching("an account's settings", "Use an object with `name`, `users` and so on.", isRecord)),
  seed: anyValue,
  jwt: anyValue,
  signer: anyValue,
  rotation: anyValue,
  ...OPERATOR_INFO.each(() => anyValue),
  identityKey: optional(
    matching('"managed" or "offline"', "Use one of these values.", (value) => IDENTITY_KEYS.includes(value)),
  ),
});

/** Checks the shape of an operator's arguments, as far as they are plain values. */
export function operatorArgsDiagnostics(args: OperatorArgs): Diagnostic[] {
  return checkShape("", SHAPE, args, () => []);
}

/** Checks the content of an operator's arguments; paths start at them. */
export function operatorDiagnostics(
  args: OperatorArgs,
  name: pulumi.Output<string>,
  given: pulumi.Output<GivenJwt> | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  return [
    name.apply((known) => nameDiagnostics("name", known)),
    pulumi.output(reservedRoleDiagnostics(args.systemAccount)),
    pulumi.output(systemAccountDiagnostics(args.systemAccount)),
    ...(isRecord(args.systemAccount)
      ? [revocationsOf(args.systemAccount).apply((known) => futureRevocationDiagnostics(known, nowInSeconds()))]
      : []),
    pulumi.output(args.seed).apply((value) => seedDiagnostics("seed", "operator", value)),
    ...missingValueDiagnostics("seed", args.seed),
    ...missingValueDiagnostics("signer", args.signer),
    pulumi.output(args.rotation).apply((rotation) => signingRotationDiagnostics(args, rotation)),
    pulumi.output(offlineDiagnostics(args)),
    operatorInfo(args).apply((info) => OPERATOR_INFO.diagnostics(info)),
    ...(given === undefined
      ? [pulumi.output(args.signer).apply((value) => seedDiagnostics("signer", "operator", value))]
      : givenJwtDiagnostics(given, args)),
  ];
}

/**
 * Returns an operator's arguments as its component registers them: without seeds, the JWT, and the system account, which is
 * a component of its own.
 */
export function registeredOperatorArgs(args: OperatorArgs): pulumi.Inputs {
  const { name, rotation, identityKey } = args;
  return registeredArgs({ name, ...OPERATOR_INFO.each((term) => args[term]), rotation, identityKey });
}

/** Returns the additional claims of an operator that signs its own JWT. */
export function operatorInfo(args: OperatorInfoArgs): pulumi.Output<OperatorInfo> {
  const info = OPERATOR_INFO.each((term) => args[term]);
  return pulumi.output(info).apply((known) => omitUndefined<OperatorInfo>(known as OperatorInfo));
}

/** Checks that the system account does not declare the role that this package adds to it. */
function reservedRoleDiagnostics(systemAccount: unknown): Diagnostic[] {
  const roles = isRecord(systemAccount) && isRecord(systemAccount.roles) ? systemAccount.roles : {};
  const path = keyPath("systemAccount.roles", CHECK_ROLE);
  const problem = "is reserved for the role that verifies clusters";
  return Object.hasOwn(roles, CHECK_ROLE) ? [{ code: "NA4004", path, problem, remedy: "Rename the role." }] : [];
}

/** Arguments of an account that the system account does not support. */
const UNSUPPORTED_BY_SYSTEM_ACCOUNT = {
  jetstream: "is not supported by the system account: nats-server does not give it JetStream",
  authorization:
    "is not supported by the system account: the service would decide who monitors the servers and verifies the cluster",
} as const satisfies Partial<Record<keyof AccountSettings, string>>;

function systemAccountDiagnostics(systemAccount: unknown): Diagnostic[] {
  const found = Object.entries(UNSUPPORTED_BY_SYSTEM_ACCOUNT).filter(
    ([key]) => isRecord(systemAccount) && systemAccount[key] !== undefined,
  );
  return found.map(([key, problem]) => ({
    code: "NA4005",
    path: `systemAccount.${key}`,
    problem,
    remedy: "Remove it.",
  }));
}

/** The credentials that verify a cluster are signed when they are used. Their users have no name that could be excepted. */
function futureRevocationDiagnostics(revocations: Revocations, now: number): Diagnostic[] {
  const moment = getOwn(revocations, EVERY_KEY);
  const isInFuture = moment !== undefined && (parseTimestamp(moment) ?? 0) > now;
  return diagnose({
    code: "NA4053",
    path: keyPath("systemAccount.revocations", EVERY_KEY),
    value: moment,
    problem: isInFuture
      ? "is in the future, so it would also revoke the credentials with which an update verifies the cluster"
      : undefined,
    remedy: "Use the current time or an earlier one.",
  });
}

function signingRotationDiagnostics({ signer, jwt }: OperatorArgs, rotation: Rotation | undefined): Diagnostic[] {
  const problem = "conflicts with `jwt`, which lists the valid signing keys";
  const remedy = "Remove it: use a JWT that lists both signing keys, and set `signer` to the new one.";
  const conflict: Diagnostic = { code: "NA4007", path: "", problem, remedy };
  const conflicts = jwt === undefined || rotation === undefined ? [] : [conflict];
  const givenKey = signer === undefined ? [] : suppliedKeyDiagnostics(rotation);
  return prefixPaths("rotation", [...rotationDiagnostics(rotation), ...(conflicts.length > 0 ? conflicts : givenKey)]);
}

function offlineDiagnostics({ identityKey, seed, jwt }: OperatorArgs): Diagnostic[] {
  if (identityKey !== "offline") {
    return [];
  }
  const at = { path: "identityKey", value: display(identityKey) };
  const withSeed: Diagnostic = {
    ...at,
    code: "NA4006",
    problem: "conflicts with `seed`, which would be stored in the state",
    remedy: 'Remove `seed`, or use "managed".',
  };
  const withJwt: Diagnostic = {
    ...at,
    code: "NA4007",
    problem: "has no effect with `jwt`, which needs no identity key here",
    remedy: "Remove it.",
  };
  return [...(seed === undefined ? [] : [withSeed]), ...(jwt === undefined ? [] : [withJwt])];
}
