import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../../model/form/shape";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { omitUndefined } from "../../model/form/order";
import { keyPairFromSeed } from "../../nkeys/keys";
import type { KeyKind } from "../../nkeys/key-kinds";
import { Nkey, type NkeyArgs } from "../../resources/nkey";
import { OperatorClaims, type OperatorClaimsArgs, type OperatorInfoArgs } from "../../resources/operator-claims";
import { Account } from "../account/account";
import type { AccountSettings, AccountSigner, InferredNames, NoNames } from "../account/account-args";
import { CheckScope } from "./check-scope";
import {
  CHECK_ROLE,
  DEFAULT_SYSTEM_ACCOUNT,
  operatorArgsDiagnostics,
  operatorInfo,
  operatorDiagnostics,
  registeredOperatorArgs,
  type OperatorArgs,
} from "./operator-args";
import { givenInfo, readGivenJwt, type GivenJwt } from "./operator-jwt";
import { rotationVersion } from "../account/rotation";
import { hideInternals } from "../internals";
import { removeReservedKeys } from "../reserved-keys";
import { afterGate, validate, valueIfKnown, type Gate } from "../validation";

/**
 * An operator, which signs accounts. It has an identity key, which signs the operator's JWT; a signing key, which signs the
 * accounts; and a system account.
 *
 * Transforms, policies and the state see the arguments without seeds and `jwt`; the system account is a component of its
 * own. A transform cannot change the arguments of a component: transform the resources that it creates instead.
 *
 * @example
 * ```ts
 * const operator = new Operator("KO", { systemAccount: { name: "SYS", users: { sys: {} } } });
 * ```
 * @typeParam Users inferred from the system account's `users`
 * @typeParam Roles inferred from the system account's `roles`
 */
export class Operator<Users extends InferredNames = NoNames, Roles extends InferredNames = NoNames>
  extends pulumi.ComponentResource
  implements AccountSigner
{
  /** Operator name. */
  readonly operatorName: pulumi.Output<string>;
  /** Public key (`O…`) of the operator. */
  readonly publicKey: pulumi.Output<string>;
  /** Operator JWT. */
  readonly jwt: pulumi.Output<string>;
  /** System account. */
  readonly systemAccount: Account<Users, Roles>;
  /** Seed (`SO…`) of the signing key, as a secret. It signs accounts. */
  readonly signer: pulumi.Output<string>;
  /**
   * Seed (`SO…`) of the identity key, as a secret: export it to store it offline. Undefined if the state does not contain
   * it.
   */
  readonly identitySeed: pulumi.Output<string | undefined>;
  /** @internal Additional claims of the operator's JWT. */
  readonly info: pulumi.Output<OperatorInfo>;
  /** @internal Seed that signs the credentials for verifying clusters. */
  readonly checkSigner: pulumi.Output<string>;
  /** @internal Requests that those credentials may send. */
  readonly checkScope = new CheckScope();
  /** @internal Returns true if the state has none of the operator's keys, in a preview. */
  readonly isNew: () => Promise<boolean>;
  /** @internal Opens when the operator, seen alone, is valid. */
  readonly gate: Gate;

  constructor(name: string, args?: OperatorArgs<Users, Roles>, opts?: pulumi.ComponentResourceOptions);
  constructor(name: string, declared: OperatorArgs<Users, Roles> = {}, opts?: pulumi.ComponentResourceOptions) {
    const { value, diagnostics: reserved } = removeReservedKeys(declared);
    const args: OperatorArgs<Users, Roles> = isRecord(value) ? value : {};
    super("nats-auth:index:Operator", name, registeredOperatorArgs(args), opts);
    const given = args.jwt === undefined ? undefined : pulumi.output(args.jwt).apply((jwt) => readGivenJwt(jwt));
    this.operatorName = pulumi.output(args.name ?? name);
    const subject = `operator ${JSON.stringify(typeof args.name === "string" ? args.name : name)}`;
    const shape = pulumi.output([...reserved, ...operatorArgsDiagnostics(value)]);
    const checks = isRecord(value) ? operatorDiagnostics(args, this.operatorName, given) : [];
    this.gate = validate(subject, this, [shape, ...checks]);

    const signing = this.#createKey(
      `${name}/signing`,
      "operator",
      omitUndefined<KeyArgs>({ seed: args.signer, version: rotationVersion(args.rotation) }),
    );
    const check = this.#createKey(`${name}/check`, "account");
    this.signer = signing.seed;
    this.checkSigner = check.seed;
    // A rotation replaces only one of them.
    this.isNew = async () =>
      (await Promise.all([signing.id, check.id].map(valueIfKnown))).every((id) => id === undefined);

    const system = isRecord(args.systemAccount) ? args.systemAccount : {};
    const roles = { [CHECK_ROLE]: { signingKey: check.id, permissions: this.checkScope.permissions } };
    const settings = {
      ...this.#systemKey(args.jwt, system),
      ...system,
      name: system.name ?? DEFAULT_SYSTEM_ACCOUNT,
      operator: this,
    };
    this.systemAccount = new Account(`${name}/SYS`, settings, { parent: this }, { roles });
    this.info = given === undefined ? operatorInfo(args) : given.apply(givenInfo);
    const identity = given === undefined ? this.#sign(name, args, signing) : this.#adopt(given);
    this.publicKey = identity.publicKey;
    this.jwt = identity.jwt;
    this.identitySeed = identity.seed;
    hideInternals<Operator<Users, Roles>>(this, ["info", "checkSigner", "checkScope", "isNew", "gate"]);
    this.registerOutputs({ operatorName: this.operatorName, publicKey: this.publicKey });
  }

  #createKey(name: string, kind: KeyKind, own: KeyArgs = {}): Nkey {
    return new Nkey(name, { kind: afterGate(this.gate, kind), ...own }, { parent: this });
  }

  /** Signs the operator's JWT, or keeps the signed one if the identity key is offline. */
  #sign(name: string, args: OperatorArgs<Users, Roles>, signing: Nkey): Identity {
    const { seed, rotation } = args;
    const identity =
      args.identityKey === "offline"
        ? undefined
        : this.#createKey(`${name}/identity`, "operator", omitUndefined<KeyArgs>({ seed }));
    const claims = new OperatorClaims(
      name,
      omitUndefined<OperatorClaimsArgs>({
        name: this.operatorName,
        publicKey: identity === undefined ? undefined : identityPublicKey(this.gate, identity, seed),
        signingKeys: [signing.id],
        rotation,
        ...(OPERATOR_INFO.each((term) => args[term]) as OperatorInfoArgs),
        systemAccount: this.systemAccount.publicKey,
        signer: identity?.seed,
      }),
      { parent: this },
    );
    return { publicKey: claims.id, jwt: claims.jwt, seed: identity?.seed ?? pulumi.output(undefined) };
  }

  /** Adopts the JWT of an existing operator. */
  #adopt(given: pulumi.Output<GivenJwt>): Identity {
    const known = given.apply((read) => ("claims" in read ? { ...read.claims, ...read } : { publicKey: "", jwt: "" }));
    return {
      publicKey: afterGate(this.gate, known.publicKey),
      jwt: afterGate(this.gate, known.jwt),
      seed: pulumi.output(undefined),
    };
  }

  /** Returns the key of the system account that a given JWT names, unless the program sets a key. */
  #systemKey(
    jwt: pulumi.Input<string> | undefined,
    { key, seed }: AccountSettings,
  ): Pick<AccountSettings, "publicKey"> {
    if (jwt === undefined || key !== undefined || seed !== undefined) {
      return {};
    }
    if (typeof jwt === "string") {
      return omitUndefined<object>({ publicKey: systemAccountOf(readGivenJwt(jwt)) });
    }
    // The gate stays closed for a JWT that names no system account.
    return { publicKey: afterGate(this.gate, jwt).apply((text) => systemAccountOf(readGivenJwt(text)) ?? "") };
  }
}

/** The key arguments of an operator's keys. */
type KeyArgs = Pick<NkeyArgs, "seed" | "version">;

/** Public key and JWT of an operator, and its seed if the state contains it. */
interface Identity {
  readonly publicKey: pulumi.Output<string>;
  readonly jwt: pulumi.Output<string>;
  readonly seed: pulumi.Output<string | undefined>;
}

/** Returns the public key of an identity key; a preview knows it if the program sets the seed. */
function identityPublicKey(gate: Gate, identity: Nkey, seed: pulumi.Input<string> | undefined): pulumi.Output<string> {
  if (seed === undefined) {
    return identity.id;
  }
  const publicKey = (text: string) => keyPairFromSeed("operator", text).getPublicKey();
  return pulumi.unsecret(afterGate(gate, seed).apply(publicKey));
}

function systemAccountOf(given: GivenJwt): string | undefined {
  return "claims" in given ? given.claims.systemAccount : undefined;
}
