import * as pulumi from "@pulumi/pulumi";
import { keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { suppliedKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { AccountSettings, UserArgs } from "./account-args";

/** Returns the version of a rotation as an argument of the resource that holds the key; undefined without a rotation. */
export function rotationVersion(rotation: DeepInput<Rotation> | undefined): pulumi.Input<string | number> | undefined {
  const input = rotation as pulumi.Input<Rotation | null> | undefined;
  // Pulumi omits inputs whose value is undefined.
  const version = pulumi.output(input).apply((known) => known?.version) as pulumi.Output<string>;
  return input === undefined ? undefined : version;
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
  return Object.entries(holders).map(([name, { seed, publicKey, rotation }]) =>
    pulumi.output(rotation as pulumi.Input<Rotation> | undefined).apply((known) => {
      const conflicts = seed === undefined && publicKey === undefined ? [] : suppliedKeyDiagnostics(known);
      return prefixPaths(`${keyPath(path, name)}.rotation`, [...rotationDiagnostics(known), ...conflicts]);
    }),
  );
}

/** Returns true if a user of the account has a rotation: then previous keys of users may still be valid. */
export function isRotated({ users = {} }: AccountSettings): boolean {
  return Object.values<UserArgs>(users).some(({ rotation }) => rotation !== undefined);
}
