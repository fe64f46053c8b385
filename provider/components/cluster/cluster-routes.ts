import * as pulumi from "@pulumi/pulumi";
import { under, type Diagnostic } from "../../model/form/diagnostics";
import { versionOnlyDiagnostics, type Rotation } from "../../model/keys/rotation";
import type { MixedAuthClusterArgs } from "./cluster-args";

/** What is wrong with what a cluster says of its routes. */
export function routesFindings(args: MixedAuthClusterArgs): pulumi.Output<readonly Diagnostic[]>[] {
  return [rotationOf(args).apply((is) => under("routes.rotation", versionOnlyDiagnostics(is)))];
}

/** The version of the password that opens routes, as a program names it; undefined where it names none. */
export function routesVersionOf(args: MixedAuthClusterArgs): pulumi.Output<string | undefined> {
  return rotationOf(args).apply((is) => (is?.version === undefined ? undefined : String(is.version)));
}

function rotationOf({ routes }: MixedAuthClusterArgs): pulumi.Output<Pick<Rotation, "version"> | undefined> {
  return pulumi.output(routes?.rotation);
}
