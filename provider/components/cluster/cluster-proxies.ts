import * as pulumi from "@pulumi/pulumi";
import { proxylessDiagnostics } from "../../model/cluster/cluster";
import type { Diagnostic } from "../../model/form/diagnostics";
import { sortedSet } from "../../model/form/order";
import { fits, listOf, optional, shaped, text, type Shape } from "../../model/form/shape";
import { publicKeyProblem } from "../../nkeys/keys";
import { KIND_LETTER, type KeyKind } from "../../nkeys/kinds";
import type { MixedAuthClusterArgs } from "./cluster-args";
import { accountsOf } from "./cluster-model";

const KEYS: Shape = listOf(text);

/** The keys of proxies in a stable order; what is no list of keys is said by {@link proxyFindings}. */
export function proxiesOf({ trustedProxies }: MixedAuthClusterArgs): pulumi.Output<readonly string[]> | undefined {
  return trustedProxies === undefined
    ? undefined
    : pulumi.output(trustedProxies).apply((keys) => (fits(KEYS, keys) ? sortedSet(keys) : []));
}

/** What is wrong with the keys of proxies, and with users who need a proxy where servers trust none. */
export function proxyFindings(args: MixedAuthClusterArgs): pulumi.Output<readonly Diagnostic[]>[] {
  const keys = pulumi.output(args.trustedProxies);
  const declarations = pulumi.all(accountsOf(args).map(({ declaration }) => declaration));
  return [
    keys.apply((known) => shaped("trustedProxies", optional(KEYS), known, (are = []) => are.flatMap(keyDiagnostics))),
    ...(args.trustedProxies === undefined ? [declarations.apply(proxylessDiagnostics)] : []),
  ];
}

/** A server takes the key of any kind of pair that signs. */
function keyDiagnostics(key: string, index: number): Diagnostic[] {
  const kinds = Object.keys(KIND_LETTER) as KeyKind[];
  const problem = "is no public key that signs, or has a typing error; such a key has 56 characters";
  // What is no public key may be a seed, by a slip.
  return kinds.some((kind) => publicKeyProblem(kind, key) === undefined)
    ? []
    : [{ path: `[${index}]`, problem, remedy: "Give the public key by which the proxy signs." }];
}
