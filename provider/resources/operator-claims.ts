import * as pulumi from "@pulumi/pulumi";
import type { OperatorInfo } from "../model/cluster/operator-info";
import type { Rotation } from "../model/keys/rotation";
import { DynamicResource, type DeepInput } from "./dynamic-resource";

/** Information of an operator for tools and servers, as arguments. */
export type OperatorInfoArgs = { [K in keyof OperatorInfo]: DeepInput<NonNullable<OperatorInfo[K]>> };

/** Arguments of {@link OperatorClaims}. */
export interface OperatorClaimsArgs extends OperatorInfoArgs {
  /** The operator's name. */
  name: pulumi.Input<string>;
  /**
   * The operator's public key (`O…`).
   *
   * @default the operator of the existing JWT, if there is no `signer`
   */
  publicKey?: pulumi.Input<string>;
  /** Public keys (`O…`) of the operator's signing keys. */
  signingKeys: pulumi.Input<pulumi.Input<string>[]>;
  /** How long removed signing keys remain valid. */
  rotation?: DeepInput<Rotation>;
  /** The public key (`A…`) of the system account. */
  systemAccount: pulumi.Input<string>;
  /**
   * The operator's seed (`SO…`), which signs the JWT. It can be removed once there is a JWT, as long as the content of the
   * JWT does not change: then the state does not contain the seed.
   */
  signer?: pulumi.Input<string>;
}

const OUTPUTS = { jwt: undefined, previous: undefined };

/** The JWT of an operator. It is signed again only when its content changes. The resource's id is the operator's public key. */
export class OperatorClaims extends DynamicResource {
  /** The operator's JWT, self-signed. */
  declare public readonly jwt: pulumi.Output<string>;

  constructor(name: string, args: OperatorClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    const { signer, ...from } = args;
    super(
      "operator-claims",
      "OperatorClaims",
      name,
      { ...args, signer: signer === undefined ? undefined : pulumi.secret(signer), ...OUTPUTS },
      opts,
      { from, outputs: ["jwt"] },
    );
  }
}
