import * as pulumi from "@pulumi/pulumi";
import type { Listener } from "../../config/listener";
import { operatorConfig } from "../../config/operator";
import { staticConfig } from "../../config/static";
import { holdingAt } from "../../model/account/account-previous";
import {
  activationDiagnostics,
  clusterDiagnostics,
  clusterNameDiagnostics,
  sharedKeyDiagnostics,
} from "../../model/cluster/cluster";
import { joinPath, shown, type Diagnostic } from "../../model/form/diagnostics";
import { defined } from "../../model/form/order";
import { portsDiagnostics } from "../../model/cluster/ports";
import type { Side } from "../../servers/places";
import type { DeepInput } from "../../resources/inputs";
import type { Account } from "../account/account";
import { nowInSeconds } from "../../resources/dynamic";
import { allPorts, type MixedAuthClusterArgs, type ServerPorts } from "./cluster-args";

/** The accounts of a cluster, the system account always among them. */
export function accountsOf({ operator, accounts }: MixedAuthClusterArgs): readonly Account[] {
  return [...new Set<Account>([...accounts, operator.systemAccount])];
}

/** What is wrong with a cluster that no account can see alone. */
export function clusterFindings(name: string, args: MixedAuthClusterArgs): pulumi.Output<readonly Diagnostic[]>[] {
  const declarations = pulumi.all(accountsOf(args).map(({ declaration }) => declaration));
  return [
    pulumi.output(clusterNameDiagnostics(name)),
    declarations.apply(clusterDiagnostics),
    declarations.apply((declared) =>
      activationDiagnostics(
        declared,
        accountsOf(args).map(({ withoutActivation }) => withoutActivation),
      ),
    ),
    pulumi.output(foreignAccounts(args)),
    pulumi.output(sharedKeys(args)),
    pulumi.output(allPorts(args)).apply(portsDiagnostics),
  ];
}

async function sharedKeys(args: MixedAuthClusterArgs): Promise<Diagnostic[]> {
  const lists = await Promise.all(accountsOf(args).map((account) => account.givenKeys()));
  const keys = lists.flatMap((own, index) =>
    own.map(({ path, key }) => ({ path: joinPath(accountPath(args, index), path), key })),
  );
  return sharedKeyDiagnostics(keys);
}

/** The operator server loads no account that another operator has signed. */
function foreignAccounts(args: MixedAuthClusterArgs): Diagnostic[] {
  const problem = "is another operator than the cluster's, and its server trusts no other";
  const remedy = "Give the account the cluster's operator, or leave it out.";
  return accountsOf(args).flatMap(({ signedBy }, index) =>
    signedBy === args.operator || signedBy.signer === args.operator.signer
      ? []
      : [{ path: `${accountPath(args, index)}.operator`, problem, remedy }],
  );
}

function accountPath(args: MixedAuthClusterArgs, index: number): string {
  return `accounts[${index}](${shown(accountsOf(args)[index]?.accountName)})`;
}

/** The name that the server of one side gives itself. */
export function serverNameOf(cluster: string, side: Side): string {
  return `${cluster}-${side}`;
}

/** What a listener says of the place that its server runs in, and of what it stores there. */
export type Surroundings = DeepInput<Pick<Listener, "address" | "files" | "jetstream" | "trustedProxies">>;

/** The server of one side, as both servers know it. */
export function listenerOf(
  cluster: string,
  side: Side,
  ports: ServerPorts,
  surroundings: Surroundings = {},
): pulumi.Output<Listener> {
  const names = { serverName: serverNameOf(cluster, side), clusterName: cluster };
  return pulumi
    .output({ ...ports, surroundings })
    .apply(({ surroundings: around, ...known }) => defined<Listener>({ ...names, ...known, ...around }));
}

/** The text of the static server's configuration: with the users whose credentials hold now, since it knows no times. */
export function staticText(args: MixedAuthClusterArgs, listener: pulumi.Output<Listener>): pulumi.Output<string> {
  const { operatorName: operator, systemAccount } = args.operator;
  return pulumi
    .all([systemAccount.publicKey, pulumi.all(accountsOf(args).map(({ model }) => model)), listener])
    .apply(([key, accounts, at]) => {
      const now = nowInSeconds();
      const holding = accounts.map((account) => holdingAt(now, account));
      return staticConfig({ operator, systemAccount: key, accounts: holding }, at);
    });
}

/** The text of the operator server's configuration. */
export function operatorText(args: MixedAuthClusterArgs, listener: pulumi.Output<Listener>): pulumi.Output<string> {
  const { operatorName: operator, systemAccount, jwt } = args.operator;
  const accounts = accountsOf(args).map(({ accountName: name, publicKey, jwt: token }) => ({ name, publicKey, token }));
  return pulumi
    .all([systemAccount.publicKey, jwt, pulumi.output(accounts), listener])
    .apply(([key, own, known, at]) => {
      const tokens = Object.fromEntries(known.map(({ publicKey, token }) => [publicKey, token]));
      return operatorConfig({ operator, systemAccount: key, accounts: known }, { operator: own, accounts: tokens }, at);
    });
}
