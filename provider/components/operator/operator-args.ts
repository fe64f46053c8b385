import * as pulumi from "@pulumi/pulumi";
import { keyPath, shown, under, type Diagnostic } from "../../model/form/diagnostics";
import { givenKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { defined } from "../../model/form/order";
import { anything, being, isRecord, objectOf, optional, shaped, type Shape } from "../../model/form/shape";
import { nameDiagnostics } from "../../model/users/users";
import type { DeepInput } from "../../resources/inputs";
import { seedDiagnostics } from "../../resources/nkey";
import type { OperatorInfoArgs } from "../../resources/operator-claims";
import type { AccountSettings, AnyRoles, AnyUsers, GivenRoles, GivenUsers } from "../account/account-args";
import { givenJwtDiagnostics, type GivenJwt } from "./operator-jwt";

/** Arguments of `Operator`. */
export interface OperatorArgs<
  Users extends GivenUsers = AnyUsers,
  Roles extends GivenRoles = AnyRoles,
> extends OperatorInfoArgs {
  /**
   * The operator's name.
   *
   * @default the resource's name
   */
  name?: string;
  /**
   * The system account, through which servers talk about themselves.
   *
   * @default an account named SYS without users
   */
  systemAccount?: AccountSettings<Users, Roles>;
  /**
   * An existing seed (`SO…`) to keep.
   *
   * @default a new key is generated, once
   */
  seed?: pulumi.Input<string>;
  /**
   * The JWT of an existing operator whose own key stays elsewhere. It is used as it is, to the byte, with what it says
   * of signing keys and of the system account; `signer` signs accounts.
   *
   * @default the operator signs its own JWT
   */
  jwt?: string;
  /**
   * The seed (`SO…`) of a signing key that `jwt` lists; or of the operator itself, where its JWT does not ask for signing
   * keys (`strict_signing_key_usage`). It is kept as a secret.
   *
   * @default a new signing key is generated, once
   */
  signer?: pulumi.Input<string>;
  /**
   * Replaces the signing key: accounts are signed by the new one, and the operator's JWT lists the one before for the
   * overlap. Servers do not reload an operator's JWT, so the operator server restarts when the new key comes, and again
   * when the one before goes. Where the program gives `signer`, another one given is another key.
   *
   * @default the signing key that there is
   */
  rotation?: DeepInput<Rotation>;
  /**
   * Where the seed of the operator's own key is: in the state, or, once the first update has signed the operator's JWT,
   * nowhere but where you keep it. Take `Operator.identitySeed` out first. The JWT stays as it is; what would have to
   * be signed again (another signing key, another name or system account) is an error of the preview, until `seed` is
   * given for an update.
   *
   * @default "kept"
   */
  identity?: "kept" | "offline";
}

/** The name of the role of the system account by which clusters are checked. */
export const CHECK_ROLE = "pulumi-nats-auth-check";

const SHAPE: Shape = objectOf<OperatorArgs>({
  name: anything,
  systemAccount: optional(being("an account's settings", "Write an object with `name`, `users` and so on.", isRecord)),
  seed: anything,
  jwt: anything,
  signer: anything,
  rotation: anything,
  ...OPERATOR_INFO.each(() => anything),
  identity: optional(
    being('"kept" or "offline"', "Write one of them.", (value) => value === "kept" || value === "offline"),
  ),
});

/** All that is wrong with an operator's arguments; paths start at them. */
export function operatorDiagnostics(
  name: string,
  args: OperatorArgs,
  given: GivenJwt | undefined,
): pulumi.Output<readonly Diagnostic[]>[] {
  return [
    pulumi.output(shaped("", SHAPE, args, () => [])),
    pulumi.output(nameDiagnostics("name", name)),
    pulumi.output(reservedRole(args.systemAccount)),
    pulumi.output(notOfSystem(args.systemAccount)),
    pulumi.output(args.seed).apply((value) => seedDiagnostics("seed", "operator", value)),
    pulumi
      .output(args.rotation)
      .apply((rotation) => signingRotationDiagnostics(args, rotation as Rotation | undefined)),
    pulumi.output(offlineDiagnostics(args)),
    infoOf(args).apply((info) => OPERATOR_INFO.diagnostics(info)),
    ...(given === undefined
      ? [pulumi.output(args.signer).apply((value) => seedDiagnostics("signer", "operator", value))]
      : givenJwtDiagnostics(given, args)),
  ];
}

/** What an operator that signs itself tells tools and servers. */
export function infoOf(args: OperatorInfoArgs): pulumi.Output<OperatorInfo> {
  const info = OPERATOR_INFO.each((term) => args[term]);
  return pulumi.output(info).apply((known) => defined<OperatorInfo>(known as OperatorInfo));
}

/** The role of the check is not the program's to fill: the check would not get in. */
function reservedRole(systemAccount: unknown): Diagnostic[] {
  const roles = isRecord(systemAccount) && isRecord(systemAccount.roles) ? systemAccount.roles : {};
  const problem = "is the name of the role by which clusters are checked";
  return Object.hasOwn(roles, CHECK_ROLE)
    ? [{ path: keyPath("systemAccount.roles", CHECK_ROLE), problem, remedy: "Give the role another name." }]
    : [];
}

/** What any account can have but this one. */
const NOT_OF_SYSTEM = {
  jetstream: "is for accounts with streams, and servers allow the system account none",
  authorization: "would have a service decide about who watches over the servers, and about the check of the cluster",
} as const satisfies Partial<Record<keyof AccountSettings, string>>;

function notOfSystem(systemAccount: unknown): Diagnostic[] {
  return Object.entries(NOT_OF_SYSTEM).flatMap(([key, problem]) =>
    isRecord(systemAccount) && systemAccount[key] !== undefined
      ? [{ path: `systemAccount.${key}`, problem, remedy: "Leave it out." }]
      : [],
  );
}

function signingRotationDiagnostics({ signer, jwt }: OperatorArgs, rotation: Rotation | undefined): Diagnostic[] {
  const problem = "stands beside a JWT, which says itself which signing keys work";
  const remedy = "Leave it out: give a JWT that lists both keys, and the new one as `signer`.";
  const beside = jwt === undefined || rotation === undefined ? [] : [{ path: "", problem, remedy }];
  const givenKey = signer === undefined ? [] : givenKeyDiagnostics(rotation);
  return under("rotation", [...rotationDiagnostics(rotation), ...(beside.length > 0 ? beside : givenKey)]);
}

function offlineDiagnostics({ identity, seed, jwt }: OperatorArgs): Diagnostic[] {
  if (identity !== "offline") {
    return [];
  }
  const beside = (what: string, remedy: string): Diagnostic[] => [
    { path: "identity", value: shown(identity), problem: `stands beside ${what}`, remedy },
  ];
  return [
    ...(seed === undefined ? [] : beside("a seed, which would be kept in the state", "Leave one of them out.")),
    ...(jwt === undefined ? [] : beside("a JWT, which needs no seed here in any case", "Leave it out.")),
  ];
}
