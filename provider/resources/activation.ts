import * as pulumi from "@pulumi/pulumi";
import type { ShareType } from "../model/shares/exports";
import type { Revocations } from "../model/keys/revocations";
import { DynamicResource, type DeepInput } from "./dynamic-resource";

/** Arguments of {@link Activation}. */
export interface ActivationArgs {
  /** The public key (`A…`) of the exporting account. */
  exporter: pulumi.Input<string>;
  /** The public key (`A…`) of the importing account. */
  importer: pulumi.Input<string>;
  /** The subject that may be imported. It includes all subjects that it contains as a wildcard. */
  subject: pulumi.Input<string>;
  /** The type of the export. */
  type: pulumi.Input<ShareType>;
  /** The seed (`SA…`) of the exporting account, or of one of its signing keys. A secret. */
  signer: pulumi.Input<string>;
  /**
   * The revocations of the export. A revoked activation is signed again.
   *
   * @default none
   */
  revocations?: DeepInput<Revocations>;
}

/**
 * An activation token, which permits an account to import a private export of another account. It is signed again only when
 * its content or its issuer changes, or when it is revoked. An `Account` creates the activations that its imports need; use
 * this resource for accounts of other programs.
 *
 * @example
 * ```ts
 * const activation = new Activation("for-partner", {
 *   exporter: orders.publicKey,
 *   importer: "AB…",
 *   subject: "orders.placed",
 *   type: "stream",
 *   signer: orders.signer,
 * });
 * export const token = activation.jwt;
 * ```
 */
export class Activation extends DynamicResource {
  /**
   * The token, for the JWT of the importing account. It is not a secret: it names the importing account, and servers accept it
   * only in the JWT of this account, which the operator signs.
   */
  declare public readonly jwt: pulumi.Output<string>;
  /** The public key (`A…`) of the issuer. */
  declare public readonly issuer: pulumi.Output<string>;

  constructor(name: string, args: ActivationArgs, opts?: pulumi.CustomResourceOptions) {
    const { signer, ...from } = args;
    const props = { ...from, signer: pulumi.secret(signer), jwt: undefined, issuer: undefined };
    super("activation", "Activation", name, props, opts, { from, outputs: ["jwt"] });
  }
}
