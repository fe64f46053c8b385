import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../model/diagnostics";
import { anything, being, isRecord, objectOf, optional, shaped, type Shape } from "../model/shape";
import { nameDiagnostics } from "../model/users";
import { Nkey, seedDiagnostics } from "../resources/nkey";
import { OperatorClaims } from "../resources/operator-claims";
import { CHECK_SUBJECTS } from "../servers/questions";
import { Account } from "./account";
import type { AccountSettings, AccountSigner, AnyUsers, GivenUsers, NoUsers } from "./account-args";
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
}

const SHAPE: Shape = objectOf<OperatorArgs>({
  name: anything,
  systemAccount: optional(being("an account's settings", "Write an object with `name`, `users` and so on.", isRecord)),
  seed: anything,
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
    this.operatorName = args.name ?? name;
    this.gate = valid(`operator ${JSON.stringify(this.operatorName)}`, this, this.#diagnostics(args));

    const child = { parent: this };
    const seed = args.seed === undefined ? {} : { seed: args.seed };
    const identity = new Nkey(`${name}/identity`, { kind: behind(this.gate, "operator" as const), ...seed }, child);
    const signing = new Nkey(`${name}/signing`, { kind: behind(this.gate, "operator" as const) }, child);
    const check = new Nkey(`${name}/check`, { kind: behind(this.gate, "account" as const) }, child);
    this.publicKey = identity.id;
    this.signer = signing.seed;
    this.checkSigner = check.seed;

    const system = isRecord(args.systemAccount) ? args.systemAccount : {};
    const roles = { [CHECK_ROLE]: { signingKey: check.id, permissions: CHECK_PERMISSIONS } };
    const settings = { ...system, name: system.name ?? "SYS", operator: this };
    this.systemAccount = new Account(`${name}/SYS`, settings, child, { roles });
    const claims = new OperatorClaims(
      name,
      {
        name: this.operatorName,
        publicKey: identity.id,
        signingKeys: [signing.id],
        systemAccount: this.systemAccount.publicKey,
        signer: identity.seed,
      },
      child,
    );
    this.jwt = claims.jwt;
    this.registerOutputs({ publicKey: this.publicKey });
  }

  #diagnostics(args: OperatorArgs<Users>): pulumi.Output<readonly Diagnostic[]>[] {
    return [
      pulumi.output(shaped("", SHAPE, args, () => [])),
      pulumi.output(nameDiagnostics("name", this.operatorName)),
      pulumi.output(args.seed).apply((value) => seedDiagnostics("seed", "operator", value)),
    ];
  }
}
