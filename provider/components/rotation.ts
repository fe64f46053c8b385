import * as pulumi from "@pulumi/pulumi";
import type { Rotation } from "../model/rotation";
import type { DeepInput } from "../resources/inputs";

/** The version of a rotation, if there is one, as an argument of the resource that has the key. */
export function versionOf(rotation: DeepInput<Rotation> | undefined): pulumi.Input<string | number> | undefined {
  const given = rotation as pulumi.Input<Rotation | null> | undefined;
  // An input without a value is one that was left out.
  const version = pulumi.output(given).apply((is) => is?.version) as pulumi.Output<string>;
  return given === undefined ? undefined : version;
}
