import * as pulumi from "@pulumi/pulumi";
import { proxyDiagnostics, jetstreamDiagnostics } from "../../model/cluster/cluster";
import { SERVER_STORAGE, type ServerStorage } from "../../model/cluster/server-storage";
import { prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { sortUnique } from "../../model/form/order";
import { hasShape, listOf, optional, type Shape, checkShape, stringShape } from "../../model/form/shape";
import { type Rotation, versionOnlyDiagnostics } from "../../model/keys/rotation";
import { publicKeyProblem } from "../../nkeys/keys";
import { type KeyKind, KIND_LETTER } from "../../nkeys/key-kinds";
import type { DeepInput } from "../../resources/dynamic-resource";
import type { ConfigurationArgs } from "./configuration-args";
import { declarationsOf } from "./model";
import type { SharedArgs } from "./server-args";

/** Returns the storage of servers in normal form. */
export function normalizeStorage(storage: DeepInput<ServerStorage>): pulumi.Output<ServerStorage> {
  // A malformed argument is reported by `jetstreamArgsDiagnostics`.
  return pulumi
    .output(storage as pulumi.Input<ServerStorage>)
    .apply((known) => (hasShape(SERVER_STORAGE.shape, known) ? SERVER_STORAGE.normalize(known) : {}) as ServerStorage);
}

/** Checks the JetStream settings of the servers, and that no account needs JetStream without them. */
export function jetstreamArgsDiagnostics(
  args: ConfigurationArgs & Pick<SharedArgs, "jetstream">,
): pulumi.Output<readonly Diagnostic[]>[] {
  const storage = pulumi
    .output(args.jetstream)
    .apply((known) =>
      checkShape("jetstream", optional(SERVER_STORAGE.shape), known, (settings) =>
        settings === undefined ? [] : SERVER_STORAGE.diagnostics(settings as ServerStorage),
      ),
    );
  const declarations = declarationsOf(args);
  return [storage, ...(args.jetstream === undefined ? [declarations.apply(jetstreamDiagnostics)] : [])];
}

/** Checks the route settings of a cluster. */
export function routesArgsDiagnostics(args: Pick<SharedArgs, "routes">): pulumi.Output<readonly Diagnostic[]>[] {
  return [routesRotation(args).apply((known) => prefixPaths("routes.rotation", versionOnlyDiagnostics(known)))];
}

/** Returns the version of the route password; undefined if the program sets none. */
export function routesVersion(args: Pick<SharedArgs, "routes">): pulumi.Output<string | undefined> {
  return routesRotation(args).apply((known) => (known?.version === undefined ? undefined : String(known.version)));
}

function routesRotation({ routes }: Pick<SharedArgs, "routes">): pulumi.Output<Pick<Rotation, "version"> | undefined> {
  return pulumi.output(routes?.rotation);
}

const KEYS: Shape = listOf(stringShape);

/** Returns the keys of trusted proxies in a stable order. {@link proxyArgsDiagnostics} reports malformed lists. */
export function sortProxyKeys({
  trustedProxies,
}: Pick<SharedArgs, "trustedProxies">): pulumi.Output<readonly string[]> | undefined {
  return trustedProxies === undefined
    ? undefined
    : pulumi.output(trustedProxies).apply((keys) => (hasShape(KEYS, keys) ? sortUnique(keys) : []));
}

/** Checks the keys of trusted proxies, and that no user needs a proxy without them. */
export function proxyArgsDiagnostics(
  args: ConfigurationArgs & Pick<SharedArgs, "trustedProxies">,
): pulumi.Output<readonly Diagnostic[]>[] {
  const keys = pulumi.output(args.trustedProxies);
  const declarations = declarationsOf(args);
  return [
    keys.apply((known) =>
      checkShape("trustedProxies", optional(KEYS), known, (list = []) => list.flatMap(proxyKeyDiagnostics)),
    ),
    ...(args.trustedProxies === undefined ? [declarations.apply(proxyDiagnostics)] : []),
  ];
}

/** nats-server accepts public keys of every kind of nkey that signs. */
function proxyKeyDiagnostics(key: string, index: number): Diagnostic[] {
  const kinds = Object.keys(KIND_LETTER) as KeyKind[];
  const problem = "is not a valid public key: it must be an nkey of 56 characters that can sign";
  const remedy = "Use the public key of the key pair that the proxy signs with.";
  // The value is not shown, because it may be a seed.
  return kinds.some((kind) => publicKeyProblem(kind, key) === undefined)
    ? []
    : [{ code: "NA4023", path: `[${index}]`, problem, remedy }];
}
