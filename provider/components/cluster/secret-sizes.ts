import * as pulumi from "@pulumi/pulumi";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import type { Mode } from "../../model/cluster/servers";
import { groupBy } from "../../model/form/order";
import { secretFilesOf } from "../configuration/connections";
import { validate, waitForGates, type Gate } from "../validation";
import type { UnplacedServer } from "./server-places";

/** The most bytes of a Secret. */
const MAX_SECRET = 1_048_576;
/** Bytes of the files of a pod besides its configuration: the routes, and the version of the files. */
const OF_OTHERS = 512;

/** What to do for each pod, in each mode, and what to do about their number. */
const REMEDY: Readonly<Record<Mode, string>> = {
  static: "Use a cluster without servers in static mode, or divide the accounts among several clusters.",
  operator: "Rotate the keys of roles with many revocations, or divide the accounts among several clusters.",
};
const FEWER = "Use fewer `replicas`, or divide the entry into several ones. ";

/**
 * Checks that the configurations of the pods of an entry fit into its Secret.
 *
 * @param path the path of the entry
 * @param sizes the bytes of the files of each pod, without the routes
 */
export function secretSizeDiagnostics(path: string, mode: Mode, sizes: readonly number[]): Diagnostic[] {
  const size = sizes.reduce((sum, bytes) => sum + bytes + OF_OTHERS, 0);
  const what = sizes.length === 1 ? "has a configuration" : `has configurations of ${sizes.length} pods`;
  const problem = `${what} of ${size.toLocaleString("en")} bytes; a Secret has at most ${MAX_SECRET.toLocaleString("en")}`;
  const remedy = (sizes.length === 1 ? "" : FEWER) + REMEDY[mode];
  return diagnose({ code: "NA2216", path, problem: size > MAX_SECRET ? problem : undefined, remedy });
}

/**
 * Returns a gate that opens when another one does, and the configurations of pods fit into their Secrets.
 *
 * @param gate opens when the configurations can be rendered
 */
export function checkSecretSizes(
  subject: string,
  cluster: pulumi.Resource,
  gate: Gate,
  servers: readonly UnplacedServer[],
): Gate {
  const entries = [...groupBy(servers, ({ path }) => path).values()].filter(([first]) => first?.pod !== undefined);
  const found = pulumi.output(
    gate.then(
      () => pulumi.all(entries.map(entryDiagnostics)).apply((all) => all.flat()),
      () => [],
    ),
  ) as pulumi.Output<readonly Diagnostic[]>;
  return entries.length === 0 ? gate : waitForGates(validate(subject, cluster, [found]), [gate]);
}

function entryDiagnostics(pods: readonly UnplacedServer[]): pulumi.Output<readonly Diagnostic[]> {
  const [first] = pods;
  const sizes = pulumi.all(
    pods.map((pod) =>
      pulumi.all([pod.config, pulumi.output(secretFilesOf(pod))]).apply(([config, files = {}]) => {
        return [config, ...Object.values(files)].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
      }),
    ),
  );
  return pulumi
    .unsecret(sizes)
    .apply((known) => (first === undefined ? [] : secretSizeDiagnostics(first.path, first.mode, known)));
}
