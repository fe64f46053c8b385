import * as pulumi from "@pulumi/pulumi";
import type { KeyKind } from "../nkeys/key-kinds";
import { DynamicResource } from "./dynamic-resource";

/** Arguments of {@link Nkey}. */
export interface NkeyArgs {
  /** The kind of entity that the key identifies. A change generates a new key. */
  kind: pulumi.Input<KeyKind>;
  /**
   * An existing seed (`SO…`, `SA…`, `SU…`). Removing it later keeps the key; a different seed replaces it.
   *
   * @default a key is generated once
   */
  seed?: pulumi.Input<string>;
  /**
   * The version of the key: a different version replaces the key by a new one. Removing it later keeps the key.
   *
   * @default the present key
   */
  version?: pulumi.Input<string | number>;
}

/**
 * A NATS key pair (Ed25519), generated once. The seed is a secret in the state. The resource's id is the public key.
 *
 * @example
 * ```ts
 * const key = new Nkey("billing", { kind: "account" });
 * export const account = key.publicKey; // A…
 * ```
 */
export class Nkey extends DynamicResource {
  /** The kind of entity that the key identifies. */
  declare public readonly kind: pulumi.Output<KeyKind>;
  /** The public key. */
  declare public readonly publicKey: pulumi.Output<string>;
  /** The seed, a secret: it grants all rights of the key. */
  declare public readonly seed: pulumi.Output<string>;

  constructor(name: string, args: NkeyArgs, opts?: pulumi.CustomResourceOptions) {
    const seed = args.seed === undefined ? undefined : pulumi.secret(args.seed);
    super(
      "nkey",
      "Nkey",
      name,
      { kind: args.kind, seed, version: args.version, publicKey: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["seed"] }),
    );
  }
}
