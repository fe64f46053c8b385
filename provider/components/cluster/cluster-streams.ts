import * as pulumi from "@pulumi/pulumi";
import { displayList, type Diagnostic } from "../../diagnostics/diagnostic";
import { sortUnique } from "../../model/form/order";
import { checkShape, hasShape, listOf, optional, stringShape, type Shape } from "../../model/form/shape";
import type { StreamArgs } from "../../resources/cluster-configuration";
import type { ClusterArgs } from "./cluster-args";
import { accountsOf } from "../configuration/configuration-args";
import { declarationsOf } from "../configuration/model";

const ENTRIES: Shape = optional(listOf(stringShape));

/** Checks the shape of the accounts whose streams may be deleted. Accounts that are in no program cannot be checked. */
export function discardDiagnostics({ discardStreams }: ClusterArgs): pulumi.Output<readonly Diagnostic[]> {
  return pulumi.output(discardStreams).apply((known) => checkShape("discardStreams", ENTRIES, known, () => []));
}

/** Warns of entries that would permit the next loss unnoticed: their accounts have JetStream. */
export function warnAboutDiscarding(args: ClusterArgs, cluster: pulumi.Resource): void {
  const declarations = declarationsOf(args);
  pulumi.all([discarded(args), declarations]).apply(async ([entries, accounts]) => {
    const names = accounts
      .filter(({ name, jetstream }) => jetstream !== undefined && entries.includes(name))
      .map(({ name }) => name);
    if (names.length > 0) {
      const text =
        `discardStreams lists accounts that have JetStream: ${displayList(names)}. An update that loses their streams ` +
        "deletes them without asking. Remove the entries after the update that needs them.";
      await pulumi.log.warn(text, cluster);
    }
  });
}

/** Returns what determines which streams a change loses. Without JetStream, the accounts do not matter. */
export function streamArgs(args: ClusterArgs): StreamArgs {
  const isEnabled = args.jetstream !== undefined;
  const accounts = (isEnabled ? accountsOf(args) : []).map(({ accountName: name, publicKey, declaration }) => ({
    name,
    publicKey,
    jetstream: declaration.apply(({ jetstream }) => jetstream),
  }));
  return {
    isEnabled,
    accounts: accounts as StreamArgs["accounts"],
    discard: discarded(args),
  };
}

function discarded({ discardStreams = [] }: ClusterArgs): pulumi.Output<string[]> {
  return pulumi.output(discardStreams).apply((entries) => (hasShape(ENTRIES, entries) ? sortUnique(entries) : []));
}
