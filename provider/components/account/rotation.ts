import * as pulumi from "@pulumi/pulumi";
import { keyPath, under, type Diagnostic } from "../../model/form/diagnostics";
import { givenKeyDiagnostics, rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import type { DeepInput } from "../../resources/inputs";
import type { AccountSettings, UserArgs } from "./account-args";

/** The version of a rotation, if there is one, as an argument of the resource that has the key. */
export function versionOf(rotation: DeepInput<Rotation> | undefined): pulumi.Input<string | number> | undefined {
  const given = rotation as pulumi.Input<Rotation | null> | undefined;
  // An input without a value is one that was left out.
  const version = pulumi.output(given).apply((is) => is?.version) as pulumi.Output<string>;
  return given === undefined ? undefined : version;
}

/** Something with a key that a program may give, or have replaced. */
interface Keyed {
  readonly seed?: pulumi.Input<string>;
  readonly publicKey?: pulumi.Input<string>;
  readonly rotation?: DeepInput<Rotation>;
}

/** What is wrong with rotations of users or roles, by their names. */
export function rotationFindings(
  path: string,
  named: Readonly<Record<string, Keyed>>,
): pulumi.Output<readonly Diagnostic[]>[] {
  return Object.entries(named).map(([name, { seed, publicKey, rotation }]) =>
    pulumi.output(rotation as pulumi.Input<Rotation> | undefined).apply((is) => {
      const given = seed === undefined && publicKey === undefined ? [] : givenKeyDiagnostics(is);
      return under(`${keyPath(path, name)}.rotation`, [...rotationDiagnostics(is), ...given]);
    }),
  );
}

/** True when a program has something to say of the keys before those that an account's users have. */
export function isRotated({ users = {} }: AccountSettings): boolean {
  return Object.values<UserArgs>(users).some(({ rotation }) => rotation !== undefined);
}
