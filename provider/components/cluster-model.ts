import * as pulumi from "@pulumi/pulumi";
import type { Listener } from "../config/listener";
import { operatorConfig } from "../config/operator";
import { staticConfig } from "../config/static";
import { clusterDiagnostics, clusterNameDiagnostics, sharedKeyDiagnostics, type GivenKey } from "../model/cluster";
import { joinPath, shown, type Diagnostic } from "../model/diagnostics";
import { defined } from "../model/order";
import { portsDiagnostics } from "../model/ports";
import type { Side } from "../resources/cluster-configuration";
import type { Account } from "./account";
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
    givenKeys(args).apply(sharedKeyDiagnostics),
    pulumi.output(allPorts(args)).apply(portsDiagnostics),
  ];
}

function givenKeys(args: MixedAuthClusterArgs): pulumi.Output<GivenKey[]> {
  const keys = accountsOf(args).map((account, index) => {
    const prefix = `accounts[${index}](${shown(account.accountName)})`;
    return account.givenKeys.apply((own) =>
      own.map(({ path, publicKey }) => ({ path: joinPath(prefix, path), publicKey })),
    );
  });
  return pulumi.all(keys).apply((lists) => lists.flat());
}

/** The server of one side, as both servers know it. */
export function listenerOf(cluster: string, side: Side, ports: ServerPorts): pulumi.Output<Listener> {
  const names = { serverName: `${cluster}-${side}`, clusterName: cluster };
  return pulumi.output({ ...ports }).apply((known) => defined<Listener>({ ...names, ...known }));
}

/** The text of the static server's configuration. */
export function staticText(args: MixedAuthClusterArgs, listener: pulumi.Output<Listener>): pulumi.Output<string> {
  const { operatorName: operator, systemAccount } = args.operator;
  return pulumi
    .all([systemAccount.publicKey, pulumi.all(accountsOf(args).map(({ model }) => model)), listener])
    .apply(([key, accounts, at]) => staticConfig({ operator, systemAccount: key, accounts }, at));
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
