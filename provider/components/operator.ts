import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../model/diagnostics";
import { anything, being, isRecord, objectOf, optional, shaped, type Shape } from "../model/shape";
import { nameDiagnostics } from "../model/users";
import type { KeyKind } from "../nkeys/kinds";
import { Nkey, seedDiagnostics } from "../resources/nkey";
import { OperatorClaims } from "../resources/operator-claims";
import { CHECK_SUBJECTS } from "../servers/questions";
import { Account } from "./account";
import type { AccountSettings, AccountSigner, AnyUsers, GivenUsers, NoUsers } from "./account-args";
import { givenJwt, givenJwtDiagnostics, type GivenJwt } from "./operator-jwt";
import { behind, valid, type Gate } from "./validation";

/** Arguments of {@link Operator}. */
export interface OperatorArgs<Users extends GivenUsers = AnyUsers> {
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
  systemAccount?: AccountSettings<Users>;
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
}

const SHAPE: Shape = objectOf<OperatorArgs>({
  name: anything,
  systemAccount: optional(being("an account's settings", "Write an object with `name`, `users` and so on.", isRecord)),
  seed: anything,
  jwt: anything,
  signer: anything,
});

/** The scope of the system account's key that signs credentials for checks: to ask servers, and hear their answers. */
const CHECK_ROLE = "pulumi-nats-auth-check";
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
export class Operator<Users extends GivenUsers = NoUsers> extends pulumi.ComponentResource implements AccountSigner {
  /** The operator's name. */
  readonly operatorName: string;
  /** The operator's public key (`O…`). */
  readonly publicKey: pulumi.Output<string>;
  /** The operator's JWT. */
  readonly jwt: pulumi.Output<string>;
  /** The system account. */
  readonly systemAccount: Account<Users>;
  /** The seed of the signing key (`SO…`), as a secret: it signs accounts. */
  readonly signer: pulumi.Output<string>;
  /** @internal The seed that signs credentials for checks. */
  readonly checkSigner: pulumi.Output<string>;
  /** @internal Open once the operator, seen alone, is valid. */
  readonly gate: Gate;

  constructor(name: string, args: OperatorArgs<Users> = {}, opts?: pulumi.ComponentResourceOptions) {
    super("nats-auth:index:Operator", name, {}, opts);
    const given = givenJwt(args.jwt);
    this.operatorName = args.name ?? name;
    this.gate = valid(`operator ${JSON.stringify(this.operatorName)}`, this, this.#diagnostics(args, given));

    const signing = this.#newKey(`${name}/signing`, "operator", args.signer);
    const check = this.#newKey(`${name}/check`, "account");
    this.signer = signing.seed;
    this.checkSigner = check.seed;

    const system = isRecord(args.systemAccount) ? args.systemAccount : {};
    const roles = { [CHECK_ROLE]: { signingKey: check.id, permissions: CHECK_PERMISSIONS } };
    const settings = { ...systemKeyOf(given, system), ...system, name: system.name ?? "SYS", operator: this };
    this.systemAccount = new Account(`${name}/SYS`, settings, { parent: this }, { roles });
    const own = given === undefined ? this.#sign(name, args, signing) : this.#keep(given);
    this.publicKey = own.publicKey;
    this.jwt = own.jwt;
    this.registerOutputs({ publicKey: this.publicKey });
  }

  #newKey(name: string, kind: KeyKind, seed?: pulumi.Input<string>): Nkey {
    const args = { kind: behind(this.gate, kind), ...(seed === undefined ? {} : { seed }) };
    return new Nkey(name, args, { parent: this });
  }

  /** An operator that signs itself. */
  #sign(name: string, { seed }: OperatorArgs<Users>, signing: Nkey): Identity {
    const identity = this.#newKey(`${name}/identity`, "operator", seed);
    const { jwt } = new OperatorClaims(
      name,
      {
        name: this.operatorName,
        publicKey: identity.id,
        signingKeys: [signing.id],
        systemAccount: this.systemAccount.publicKey,
        signer: identity.seed,
      },
      { parent: this },
    );
    return { publicKey: identity.id, jwt };
  }

  /** An operator that was signed elsewhere. */
  #keep(given: GivenJwt): Identity {
    const { publicKey, jwt } = "says" in given ? { ...given.says, ...given } : { publicKey: "", jwt: "" };
    return { publicKey: behind(this.gate, publicKey), jwt: behind(this.gate, jwt) };
  }

  #diagnostics(args: OperatorArgs<Users>, given: GivenJwt | undefined): pulumi.Output<readonly Diagnostic[]>[] {
    return [
      pulumi.output(shaped("", SHAPE, args, () => [])),
      pulumi.output(nameDiagnostics("name", this.operatorName)),
      pulumi.output(args.seed).apply((value) => seedDiagnostics("seed", "operator", value)),
      ...(given === undefined
        ? [pulumi.output(args.signer).apply((value) => seedDiagnostics("signer", "operator", value))]
        : givenJwtDiagnostics(given, args)),
    ];
  }
}

/** The operator as servers know it. */
interface Identity {
  readonly publicKey: pulumi.Output<string>;
  readonly jwt: pulumi.Output<string>;
}

/** The key of the system account that a given JWT names, unless the program gives a key. */
function systemKeyOf(given: GivenJwt | undefined, { key, seed }: AccountSettings): Pick<AccountSettings, "publicKey"> {
  const named = given !== undefined && "says" in given ? given.says.systemAccount : undefined;
  return named === undefined || key !== undefined || seed !== undefined ? {} : { publicKey: named };
}
