import * as pulumi from "@pulumi/pulumi";
import { expectAccounts } from "../../config/expected-accounts";
import { ANY_DIGEST } from "../../dynamic/checks/deployment";
import type { ExpectedConfiguration } from "../../dynamic/cluster-verification";
import { mapServers, type PerServer } from "../../model/cluster/servers";
import { getOwn, omitUndefined } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { DeploymentVerification } from "../../resources/cluster-verification";
import type { RemotesByAccount } from "../../servers/deployment/deployment";
import type { Account } from "../account/account";
import type { AttachedSet } from "../account/account-sets";
import type { AccountUser } from "../account/account-users";
import { accountsOf } from "../configuration/configuration-args";
import { operatorTokens, staticModel } from "../configuration/model";
import type { ConfigurationParts } from "../configuration/auth-configuration";
import { removeReservedKeys } from "../reserved-keys";
import type { ResolvedTls } from "../configuration/tls";
import type { ClusterTls } from "../configuration/tls-args";
import { serverNameOf } from "../configuration/tls-listener";
import { remotesByAccount } from "../configuration/remotes";
import { afterGate } from "../validation";
import {
  declaredNamespace,
  declaredTargets,
  verificationArgsDiagnostics,
  type ClusterVerificationArgs,
  type DeployedServerArgs,
  type VerificationUser,
  type ServerTlsOptions,
  CONFIGURATION,
} from "./verification-args";

/**
 * Proves that servers which something else deploys, such as Helm, Ansible or systemd, have loaded an `AuthConfiguration`: they
 * are one cluster, every account is the expected one on each server, JetStream is healthy, and each server is connected with the hubs
 * of its `remotes`. The update fails otherwise, and the error names what differs on each server. It changes nothing on the servers.
 *
 * It runs when the configuration or an argument changes, and at each refresh, which shows differences as drift. Add
 * `dependsOn` for the resources of the program that deploy the servers.
 *
 * @example
 * ```ts
 * new ClusterVerification("nats", {
 *   configuration: auth,
 *   servers: { n1: { mode: "static", url: "nats://n1.example.org" }, n2: { mode: "operator", url: "nats://n2.example.org" } },
 *   user: operator.systemAccount.users.sys,
 * });
 * ```
 */
export class ClusterVerification extends DeploymentVerification {
  constructor(name: string, args: ClusterVerificationArgs, opts?: pulumi.CustomResourceOptions);
  constructor(name: string, declared: ClusterVerificationArgs, opts?: pulumi.CustomResourceOptions) {
    const { value, diagnostics } = removeReservedKeys(declared);
    const args: Partial<ClusterVerificationArgs> = isRecord(value) ? value : {};
    const { configuration, user, users, timeout, tls } = args;
    const parts = hasShape(CONFIGURATION, configuration) ? configuration?.parts : undefined;
    const servers = targetsOf(args, parts);
    const problems = [...diagnostics, ...verificationArgsDiagnostics(value)];
    const names = Object.keys(servers ?? {});
    const expected = configuration && parts && afterGate(configuration.gate, expect(parts, names, args.jetstream));
    const kubernetes = declaredNamespace(args);
    const details = {
      problems: problems.length === 0 ? undefined : problems,
      servers,
      expected,
      users,
      timeout,
    };
    const seeds = parts === undefined || users === "none" ? {} : seedsFor(servers, parts);
    const login = loginOf(user);
    super(name, { details: omitUndefined<object>(details), login, seeds, tls: filesOf(tls), kubernetes }, opts);
  }
}

/** A server to verify, with its values in the configuration. */
interface ConfiguredTarget extends DeployedServerArgs {
  serverName?: pulumi.Input<string>;
  certificateName?: pulumi.Input<string | undefined>;
  handshakeFirst?: pulumi.Input<boolean | undefined>;
}

/** Returns how clients connect to a server with TLS. */
function clientTls(tls: ClusterTls | undefined, { known }: ResolvedTls): Partial<ConfiguredTarget> {
  const isFirst = known.apply(({ clients }) => (clients?.options.handshakeFirst === true ? true : undefined));
  return { certificateName: serverNameOf(tls), handshakeFirst: isFirst };
}

/**
 * Returns how the verification connects to a server with TLS: as the program declares for the server, for all of them, or else as the
 * configuration has it.
 */
function connectionTls(
  { certificateName, handshakeFirst }: ConfiguredTarget,
  ofAll: ClusterVerificationArgs["tls"],
  ofServer: DeployedServerArgs["tls"],
): Partial<ConfiguredTarget> {
  const first = (key: keyof ServerTlsOptions, configured: pulumi.Input<unknown>): unknown => {
    const declared = [memberOf(ofServer, key), memberOf(ofAll, key)].filter((value) => value !== undefined);
    return declared.length === 0
      ? configured
      : pulumi
          .output<readonly unknown[]>([...declared, configured])
          .apply((known: readonly unknown[]): unknown => known.find((value) => value !== undefined));
  };
  // Values of another type are reported by the handler.
  return omitUndefined<object>({
    certificateName: first("serverName", certificateName),
    handshakeFirst: first("handshakeFirst", handshakeFirst),
  });
}

/** Returns a member that is not a secret, also of a secret object; undefined if there certainly is none. */
function memberOf(value: pulumi.Input<object> | undefined, key: string): pulumi.Output<unknown> | undefined {
  const get = (known: unknown): unknown => (isRecord(known) ? known[key] : undefined);
  if (isOutput(value)) {
    return pulumi.unsecret(pulumi.output(value).apply(get));
  }
  const member = get(value);
  return member === undefined ? undefined : pulumi.output(member);
}

function isOutput(value: unknown): value is pulumi.Output<object> | Promise<object> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

/** Returns the certificates and keys of a verification. Malformed arguments are reported by its handler. */
function filesOf(tls: ClusterVerificationArgs["tls"]): pulumi.Input<object> | undefined {
  const withoutOptions = (value: object): object => {
    if (!isRecord(value)) {
      return value;
    }
    const { serverName: _serverName, handshakeFirst: _handshakeFirst, ...files } = value;
    return files;
  };
  return tls === undefined || !isOutput(tls)
    ? tls && withoutOptions(tls)
    : pulumi.output(tls as pulumi.Input<object>).apply(withoutOptions);
}

/** Returns the servers to verify, with their values in the configuration. */
function targetsOf(
  args: Partial<ClusterVerificationArgs>,
  parts: ConfigurationParts | undefined,
): Record<string, DeployedServerArgs> | undefined {
  const configured = Object.fromEntries(
    (parts?.servers ?? []).map(({ name, mode, resolvedTls }): [string, ConfiguredTarget] => {
      const { clientUrl: url, digest, serverName } = getOwn(parts?.files, name) ?? {};
      const tls = resolvedTls?.has.clients === true ? clientTls(parts?.args.tls, resolvedTls) : {};
      return [name, omitUndefined<object>({ mode, url, digest, serverName, ...tls })];
    }),
  );
  const declared = declaredTargets(args);
  const all = declared ?? mapServers(configured, (): DeployedServerArgs => ({}));
  const inPods = declaredNamespace(args) !== undefined;
  const targets = Object.entries(all).map(([name, { tls, ...server }]) => {
    const known = getOwn(configured, name) ?? {};
    const podDefaults = inPods ? defaultsOfPod(server.pod ?? name) : {};
    const own = { ...podDefaults, ...known, ...omitUndefined<object>(server) };
    return [name, { ...own, ...connectionTls(known, args.tls, tls) }] as const;
  });
  return declared === undefined && targets.length === 0 ? undefined : Object.fromEntries(targets);
}

/** Returns the name and the URL of a pod. */
function defaultsOfPod(pod: pulumi.Input<string>): Pick<DeployedServerArgs, "pod" | "url"> {
  return { pod, url: pulumi.interpolate`nats://${pod}:4222` };
}

/** Returns the remotes of each server that are verified; undefined if there are none. Without `servers`, all servers have the same ones. */
function expectRemotes(
  { servers, remotes }: ConfigurationParts,
  names: readonly string[],
): pulumi.Output<PerServer<RemotesByAccount> | undefined> {
  const entries = names.map((name) => {
    const own = servers.find((server) => server.name === name)?.resolvedRemotes;
    const { verified = [] } = (servers.length === 0 ? remotes : own) ?? {};
    return [name, verified] as const;
  });
  const present = entries.filter(([, verified]) => verified.length > 0);
  return pulumi
    .output(present.map(([name, verified]) => ({ name, verified })))
    .apply((known) =>
      known.length === 0
        ? undefined
        : Object.fromEntries(known.map(({ name, verified }) => [name, remotesByAccount(verified)])),
    );
}

/** Returns what the servers should have loaded. @param names the names of the servers */
function expect(
  parts: ConfigurationParts,
  names: readonly string[],
  jetstream: pulumi.Input<boolean> | undefined,
): pulumi.Output<ExpectedConfiguration> {
  const { args, servers, clusterName } = parts;
  const declarations = pulumi.all(accountsOf(args).map(({ declaration }) => declaration));
  const runsJetStream = declarations.apply(
    (accounts) => args.jetstream !== undefined || accounts.some((account) => account.jetstream !== undefined),
  );
  const logins = pulumi.all(accountsOf(args).map(loginNames));
  return pulumi
    .all([
      pulumi.all([staticModel(args), operatorTokens(args), clusterName]),
      pulumi.all([jetstream ?? runsJetStream, logins, expectRemotes(parts, names)]),
    ])
    .apply(([[model, { operator, accounts: tokens }, cluster], [runs, users, remotes]]) =>
      omitUndefined<ExpectedConfiguration>({
        clusterName: servers.length === 0 ? undefined : cluster,
        systemAccount: model.systemAccount,
        operatorJwt: operator,
        accounts: Object.fromEntries(
          Object.entries(expectAccounts(model)).map(([key, account], index) => {
            const known = new Set(users[index]);
            const sample = account.users.filter(({ name }) => known.has(name));
            return [key, { ...account, users: sample, jwt: tokens[key] ?? "" }];
          }),
        ),
        jetstream: runs,
        remotes,
        authorizationService: model.accounts.some(({ authorization }) => authorization !== undefined) || undefined,
      }),
    );
}

/** Returns the credentials that are known. */
function loginOf(user: VerificationUser | undefined): pulumi.Output<object> {
  const { seed, creds } = user ?? {};
  return pulumi.all([seed, creds]).apply(([known, text]) => omitUndefined<object>({ seed: known, creds: text }));
}

/** Returns the seeds of the users that log in: none, unless a server in static mode has no digest. */
function seedsFor(
  servers: Readonly<Record<string, DeployedServerArgs>> = {},
  parts: ConfigurationParts,
): pulumi.Output<Record<string, string>> {
  const logIn = pulumi
    .output(servers)
    .apply((known) =>
      Object.values(known).some(({ mode, digest = ANY_DIGEST }) => mode === "static" && digest === ANY_DIGEST),
    );
  const none = pulumi.output<Record<string, string>>({});
  // A preview does not know the seeds of sets.
  return logIn.apply((are) => (are ? seedsOf(parts) : none));
}

/** The users of a set that log in: the first ones by name. All of them would make the state as large as the set. */
const SAMPLE = 10;

/** Returns a part of each set of an account, for the users of it that log in. */
function eachSample<T>(
  { setContext }: Account,
  part: (set: AttachedSet, names: string[]) => pulumi.Input<T>,
): pulumi.Output<T[]> {
  const sets = setContext?.sets.all() ?? Promise.resolve([]);
  const parts = sets.then((all) =>
    all.map((set) => set.names.apply((names) => part(set, [...names].sort().slice(0, SAMPLE)))),
  );
  return pulumi.output(parts) as pulumi.Output<unknown> as pulumi.Output<T[]>;
}

/** Returns the names of the users of an account that can log in here. The seeds of an account of another stack are there. */
function loginNames(account: Account): pulumi.Output<string[]> {
  const ofSets = eachSample<string[]>(account, (_set, names) => names);
  return ofSets.apply((lists) => [...Object.keys(account.users), ...lists.flat()]);
}

/** Returns the seeds of these users that are managed here, by public key. */
function seedsOf({ args }: ConfigurationParts): pulumi.Output<Record<string, string>> {
  const accounts = accountsOf(args);
  const users = accounts.flatMap((account) => Object.values<AccountUser>(account.users));
  const known = pulumi.all(users.map(({ publicKey, seed }) => pulumi.all([publicKey, seed])));
  const ofSets = pulumi.all(
    accounts.map((account) =>
      eachSample<Readonly<Record<string, string>>>(account, (set, names) => set.seedsOf(names)),
    ),
  );
  return pulumi.all([known, ofSets]).apply(([pairs, seeds]) => ({
    ...Object.fromEntries(pairs.flatMap(([key, seed]) => (seed === undefined ? [] : [[key, seed] as const]))),
    ...(Object.assign({}, ...seeds.flat()) as Record<string, string>),
  }));
}
