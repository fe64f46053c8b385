import * as pulumi from "@pulumi/pulumi";
import { isRecord } from "../../model/form/shape";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { defined } from "../../model/form/order";
import { keyPairFromSeed } from "../../nkeys/keys";
import type { KeyKind } from "../../nkeys/kinds";
import { Nkey, type NkeyArgs } from "../../resources/nkey";
import { OperatorClaims, type OperatorClaimsArgs, type OperatorInfoArgs } from "../../resources/operator-claims";
import { CHECK_SUBJECTS } from "../../servers/questions";
import { Account } from "../account/account";
import type { AccountSettings, AccountSigner, GivenRoles, GivenUsers, NoRoles, NoUsers } from "../account/account-args";
import { CHECK_ROLE, infoOf, operatorDiagnostics, type OperatorArgs } from "./operator-args";
import { givenJwt, keptInfo, type GivenJwt } from "./operator-jwt";
import { versionOf } from "../account/rotation";
import { behind, valid, type Gate } from "../validation";

/** The scope of the system account's key that signs credentials for checks: to ask servers, and hear their answers. */
const CHECK_PERMISSIONS = { publish: { allow: [...CHECK_SUBJECTS] }, subscribe: { allow: ["_INBOX.>"] } };

/**
 * An operator: who signs accounts. It has an identity key, which signs the operator's JWT alone; a signing key, which
 * signs accounts; and a system account.
 *
 * @example
 * ```ts
 * const operator = new Operator("KO", { systemAccount: { name: "SYS", users: { sys: {} } } });
 * ```
 */
export class Operator<Users extends GivenUsers = NoUsers, Roles extends GivenRoles = NoRoles>
  extends pulumi.ComponentResource
  implements AccountSigner
{
  /** The operator's name. */
  readonly operatorName: string;
  /** The operator's public key (`O…`). */
  readonly publicKey: pulumi.Output<string>;
  /** The operator's JWT. */
  readonly jwt: pulumi.Output<string>;
  /** The system account. */
  readonly systemAccount: Account<Users, Roles>;
  /** The seed of the signing key (`SO…`), as a secret: it signs accounts. */
  readonly signer: pulumi.Output<string>;
  /**
   * The seed of the operator's own key (`SO…`), as a secret: to be taken out of the state and put away. Undefined where the
   * state has none.
   */
  readonly identitySeed: pulumi.Output<string | undefined>;
  /** @internal What the operator's JWT tells tools and servers. */
  readonly info: pulumi.Output<OperatorInfo>;
  /** @internal The seed that signs credentials for checks. */
  readonly checkSigner: pulumi.Output<string>;
  /** @internal Open once the operator, seen alone, is valid. */
  readonly gate: Gate;

  constructor(name: string, args: OperatorArgs<Users, Roles> = {}, opts?: pulumi.ComponentResourceOptions) {
    super("nats-auth:index:Operator", name, {}, opts);
    const given = givenJwt(args.jwt);
    this.operatorName = args.name ?? name;
    const found = operatorDiagnostics(this.operatorName, args, given);
    this.gate = valid(`operator ${JSON.stringify(this.operatorName)}`, this, found);

    const signing = this.#newKey(
      `${name}/signing`,
      "operator",
      defined<KeyGiven>({ seed: args.signer, version: versionOf(args.rotation) }),
    );
    const check = this.#newKey(`${name}/check`, "account");
    this.signer = signing.seed;
    this.checkSigner = check.seed;

    const system = isRecord(args.systemAccount) ? args.systemAccount : {};
    const roles = { [CHECK_ROLE]: { signingKey: check.id, permissions: CHECK_PERMISSIONS } };
    const settings = { ...systemKeyOf(given, system), ...system, name: system.name ?? "SYS", operator: this };
    this.systemAccount = new Account(`${name}/SYS`, settings, { parent: this }, { roles });
    this.info = given === undefined ? infoOf(args) : pulumi.output(keptInfo(given));
    const own = given === undefined ? this.#sign(name, args, signing) : this.#keep(given);
    this.publicKey = own.publicKey;
    this.jwt = own.jwt;
    this.identitySeed = own.seed;
    this.registerOutputs({ publicKey: this.publicKey });
  }

  #newKey(name: string, kind: KeyKind, own: KeyGiven = {}): Nkey {
    return new Nkey(name, { kind: behind(this.gate, kind), ...own }, { parent: this });
  }

  /** An operator that signs itself, or did as long as its own key was here. */
  #sign(name: string, args: OperatorArgs<Users, Roles>, signing: Nkey): Identity {
    const { seed, rotation } = args;
    const identity =
      args.identity === "offline"
        ? undefined
        : this.#newKey(`${name}/identity`, "operator", defined<KeyGiven>({ seed }));
    const claims = new OperatorClaims(
      name,
      defined<OperatorClaimsArgs>({
        name: this.operatorName,
        publicKey: identity === undefined ? undefined : identityOf(this.gate, identity, seed),
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

  /** An operator that was signed elsewhere. */
  #keep(given: GivenJwt): Identity {
    const { publicKey, jwt } = "says" in given ? { ...given.says, ...given } : { publicKey: "", jwt: "" };
    return {
      publicKey: behind(this.gate, publicKey),
      jwt: behind(this.gate, jwt),
      seed: pulumi.output(undefined),
    };
  }
}

/** What a program may say of a key. */
type KeyGiven = Pick<NkeyArgs, "seed" | "version">;

/** The operator as servers know it, and its seed where that is in the state. */
interface Identity {
  readonly publicKey: pulumi.Output<string>;
  readonly jwt: pulumi.Output<string>;
  readonly seed: pulumi.Output<string | undefined>;
}

/** The public key of an identity, known in a preview already where the program gives the seed. */
function identityOf(gate: Gate, identity: Nkey, seed: pulumi.Input<string> | undefined): pulumi.Output<string> {
  if (seed === undefined) {
    return identity.id;
  }
  const publicKey = (given: string) => keyPairFromSeed("operator", given).getPublicKey();
  return pulumi.unsecret(behind(gate, seed).apply(publicKey));
}

/** The key of the system account that a given JWT names, unless the program gives a key. */
function systemKeyOf(given: GivenJwt | undefined, { key, seed }: AccountSettings): Pick<AccountSettings, "publicKey"> {
  const named = given !== undefined && "says" in given ? given.says.systemAccount : undefined;
  return named === undefined || key !== undefined || seed !== undefined ? {} : { publicKey: named };
}
