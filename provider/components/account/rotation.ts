import * as pulumi from "@pulumi/pulumi";
import { keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { suppliedKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { AccountSettings, UserArgs } from "./account-args";

/** Returns the version of a rotation as an argument of the resource that holds the key; undefined without a rotation. */
export function rotationVersion(rotation: DeepInput<Rotation> | undefined): pulumi.Input<string | number> | undefined {
  // Pulumi omits inputs whose value is undefined.
  return rotation === undefined
    ? undefined
    : (pulumi
        .output(rotation as pulumi.Input<Rotation | null>)
        .apply((known) => known?.version) as pulumi.Output<string>);
}

/** The key arguments of a user or role. */
interface KeyArgs {
  readonly seed?: pulumi.Input<string>;
  readonly publicKey?: pulumi.Input<string>;
  readonly rotation?: DeepInput<Rotation>;
}

/** Checks the rotations of users or roles, by name. */
export function rotationsDiagnostics(
  path: string,
  holders: Readonly<Record<string, KeyArgs>>,
): pulumi.Output<readonly Diagnostic[]>[] {
  return Object.entries(holders).flatMap(([name, { seed, publicKey, rotation }]) =>
    rotation === undefined
      ? []
      : pulumi.output(rotation as pulumi.Input<Rotation>).apply((known) => {
          const conflicts = seed === undefined && publicKey === undefined ? [] : suppliedKeyDiagnostics(known);
          return prefixPaths(`${keyPath(path, name)}.rotation`, [...rotationDiagnostics(known), ...conflicts]);
        }),
  );
}

/** Returns true if a user of the account has a rotation: then previous keys of users may still be valid. */
export function isRotated({ users = {} }: AccountSettings): boolean {
  return Object.values<UserArgs>(users).some(({ rotation }) => rotation !== undefined);
}
