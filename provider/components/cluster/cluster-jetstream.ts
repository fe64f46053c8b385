import * as pulumi from "@pulumi/pulumi";
import { streamlessDiagnostics } from "../../model/cluster/cluster";
import type { Diagnostic } from "../../model/form/diagnostics";
import { SERVER_STORAGE, type ServerStorage } from "../../model/cluster/server-storage";
import { defined } from "../../model/form/order";
import { optional, shaped } from "../../model/form/shape";
import type { DeepInput } from "../../resources/inputs";
import { STORE as STORE_IN_CONTAINER } from "../../servers/docker/layout";
import { LOG_FILE, STORE as STORE_OF_PROCESSES } from "../../servers/process/layout";
import { LOOPBACK, type MixedAuthClusterArgs } from "./cluster-args";
import { proxiesOf } from "./cluster-proxies";
import { accountsOf, type Surroundings } from "./cluster-model";
import { processTarget } from "./target";

/** What the servers of a cluster find around them: addresses and files where they are processes, storage, and proxies. */
export function surroundingsOf(args: MixedAuthClusterArgs): Surroundings {
  const { target, bindAddress, jetstream } = args;
  const trustedProxies = proxiesOf(args);
  const storage = jetstream === undefined ? undefined : normalStorage(jetstream);
  if (processTarget(target) !== undefined) {
    const files = { log: LOG_FILE, store: STORE_OF_PROCESSES };
    return defined<Surroundings>({ address: bindAddress ?? LOOPBACK, files, jetstream: storage, trustedProxies });
  }
  const files = storage === undefined ? undefined : { store: STORE_IN_CONTAINER };
  return defined<Surroundings>({ files, jetstream: storage, trustedProxies });
}

function normalStorage(storage: DeepInput<ServerStorage>): pulumi.Output<ServerStorage> {
  return pulumi.output(storage).apply((known) => SERVER_STORAGE.normal(known as ServerStorage) as ServerStorage);
}

/** What is wrong with the storage of servers, and with accounts that need some where there is none. */
export function jetstreamFindings(args: MixedAuthClusterArgs): pulumi.Output<readonly Diagnostic[]>[] {
  const storage = pulumi
    .output(args.jetstream)
    .apply((known) => shaped("jetstream", optional(SERVER_STORAGE.shape), known, (is) => storageDiagnostics(is)));
  const declarations = pulumi.all(accountsOf(args).map(({ declaration }) => declaration));
  return [storage, ...(args.jetstream === undefined ? [declarations.apply(streamlessDiagnostics)] : [])];
}

function storageDiagnostics(storage: unknown): readonly Diagnostic[] {
  return storage === undefined ? [] : SERVER_STORAGE.diagnostics(storage);
}
