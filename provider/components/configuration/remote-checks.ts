import * as pulumi from "@pulumi/pulumi";
import { diagnose, formatDiagnostics, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import {
  domainDiagnostics,
  plaintextRemotes,
  remoteLimitDiagnostics,
  sameHubDiagnostics,
  sharedHubWarnings,
  systemAuthorityDiagnostics,
  type ConnectingServer,
} from "../../model/cluster/remotes";
import { labelProblem } from "../../model/cluster/servers";
import type { PlaintextPort } from "../../model/cluster/tls";
import { hubPinWarnings } from "../../model/cluster/tls-checks";
import { hasShape, isRecord } from "../../model/form/shape";
import type { ConfigurationArgs } from "./configuration-args";
import { declarationsOf } from "./model";
import { SERVER_REMOTES } from "./remote-args";
import { findAccount, type ResolvedRemotes, type ServerRemotes } from "./remotes";
import type { SharedArgs } from "./server-args";
import type { ResolvedTls } from "./tls";

/** A server, and its remotes. */
export interface ServerWithResolved {
  readonly name: string;
  readonly path: string;
  readonly remotes?: ServerRemotes;
  readonly resolvedRemotes: ResolvedRemotes | undefined;
  /** @default none */
  readonly resolvedTls?: ResolvedTls | undefined;
}

type RemotesArgs = ConfigurationArgs & Pick<SharedArgs, "remotes">;

/** Checks the remotes of all servers. @param isCounted whether these are all servers: then those with the same account are counted */
export function remotesDiagnostics(
  args: RemotesArgs,
  servers: readonly ServerWithResolved[],
  isCounted = true,
): pulumi.Output<readonly Diagnostic[]>[] {
  const declared = [{ path: "", remotes: args.remotes }, ...servers];
  const resolved = servers.flatMap(({ resolvedRemotes }) => resolvedRemotes?.diagnostics ?? []);
  return [
    pulumi.output(
      declared.flatMap(({ path, remotes }) => declaredDiagnostics(args, keyPath(path, "remotes"), remotes)),
    ),
    ...resolved,
    pulumi
      .all([connectingServers(servers), loginsOf(servers), declarationsOf(args)])
      .apply(([all, logins, accounts]) => {
        const limits = Object.fromEntries(accounts.map(({ name, limits: known }) => [name, known?.leafNodes]));
        return [
          ...all.flatMap((server, index) => sameHubDiagnostics(server, logins[index])),
          ...(isCounted ? remoteLimitDiagnostics(all, limits) : []),
        ];
      }),
  ];
}

/** Checks the names and accounts of remotes. */
export function declaredDiagnostics(args: RemotesArgs, path: string, remotes: ServerRemotes | undefined): Diagnostic[] {
  const entries = Object.entries(isRecord(remotes) && hasShape(SERVER_REMOTES, remotes) ? remotes : {});
  return entries.flatMap(([name, remote]) => [
    ...diagnose({
      code: "NA1777",
      path: keyPath(path, name),
      problem: labelProblem("remote", name),
      remedy: "Rename the remote.",
    }),
    ...(remote === "disabled"
      ? disabledDiagnostics(args, keyPath(path, name), name)
      : accountDiagnostics(args, keyPath(keyPath(path, name), "account"), remote.account)),
  ]);
}

/** Finds a disabled remote that the cluster does not have: with a misspelled name, the server would stay connected. */
function disabledDiagnostics({ remotes }: RemotesArgs, path: string, name: string): Diagnostic[] {
  const names = Object.keys(isRecord(remotes) ? remotes : {});
  return diagnose({
    code: "NA1778",
    path,
    problem: names.includes(name)
      ? undefined
      : `disables a remote that the cluster does not have; its remotes: ${names.map((one) => JSON.stringify(one)).join(", ") || "none"}`,
    remedy: "Correct the name, or remove the entry.",
  });
}

function accountDiagnostics(args: RemotesArgs, path: string, given: Parameters<typeof findAccount>[1]): Diagnostic[] {
  const account = findAccount(args, given);
  const problem =
    account === undefined
      ? "is not an account of this cluster"
      : account === args.operator.systemAccount
        ? "is the system account, which cannot be connected with a hub"
        : undefined;
  return diagnose({
    code: "NA1773",
    path,
    value: typeof given === "string" ? given : given.accountName,
    problem,
    remedy: "Use one of the `accounts` of the cluster, or its name.",
  });
}

/** Returns the servers with remotes, as far as they are known. */
function connectingServers(
  servers: readonly Pick<ServerWithResolved, "name" | "resolvedRemotes">[],
): pulumi.Output<readonly ConnectingServer[]> {
  return pulumi.all(
    servers.flatMap(({ name, resolvedRemotes }) =>
      resolvedRemotes === undefined ? [] : [resolvedRemotes.known.apply((remotes) => ({ name, remotes }))],
    ),
  );
}

/** Returns the known parts of the logins of these servers. */
function loginsOf(servers: readonly Pick<ServerWithResolved, "resolvedRemotes">[]) {
  return pulumi.all(servers.flatMap(({ resolvedRemotes }) => resolvedRemotes?.logins ?? []));
}

/** Finds remotes that connect without TLS to another machine. */
export function findPlaintextRemotes(
  servers: readonly Pick<ServerWithResolved, "name" | "resolvedRemotes">[],
): pulumi.Output<readonly PlaintextPort[]> {
  return connectingServers(servers).apply(plaintextRemotes);
}

/** Finds remotes that trust the authorities of the system where an image contains none. */
export function remoteImageDiagnostics(
  servers: readonly Pick<ServerWithResolved, "name" | "resolvedRemotes">[],
  image: pulumi.Input<string>,
): pulumi.Output<readonly Diagnostic[]> {
  return pulumi
    .all([connectingServers(servers), image])
    .apply(([all, known]) => (typeof (known as unknown) === "string" ? systemAuthorityDiagnostics(all, known) : []));
}

/** Warns of remotes that work, but may not have the intended effect, or not for long. @param subject what they belong to */
export function warnAboutRemotes(
  subject: string,
  args: RemotesArgs & Pick<SharedArgs, "jetstream">,
  servers: readonly ServerWithResolved[],
  cluster: pulumi.Resource,
): void {
  const all = servers.flatMap(({ resolvedRemotes }) => resolvedRemotes ?? []);
  if (all.length === 0) {
    return;
  }
  const storage = pulumi.output(args.jetstream) as pulumi.Output<{ readonly domain?: string } | undefined>;
  const ofPins = servers.flatMap(({ resolvedTls, resolvedRemotes }) =>
    resolvedTls === undefined || resolvedRemotes === undefined
      ? []
      : [
          pulumi
            .all([resolvedTls.checked, resolvedRemotes.known])
            .apply(([{ leafNodes }, remotes]) => hubPinWarnings(leafNodes, remotes)),
        ],
  );
  const ofParts = pulumi.all([...all.map(({ warnings }) => warnings), ...ofPins]);
  pulumi
    .all([connectingServers(servers), loginsOf(servers), declarationsOf(args), storage, ofParts])
    .apply(async ([connecting, logins, accounts, jetstream, ofTls]) => {
      const hasJetStream = (account: string) =>
        jetstream !== undefined && accounts.some((one) => one.name === account && one.jetstream !== undefined);
      const found = [
        ...connecting.flatMap((server, index) => sharedHubWarnings(server, logins[index])),
        ...domainDiagnostics(connecting, jetstream?.domain, hasJetStream),
        ...ofTls.flat(),
      ];
      const unique = [...new Map(found.map((one) => [`${one.code} ${one.path}`, one])).values()];
      await (unique.length === 0 ? undefined : pulumi.log.warn(formatDiagnostics(subject, unique), cluster));
    });
}
