import * as pulumi from "@pulumi/pulumi";
import { expectAccounts } from "../../config/expected-accounts";
import { ANY_DIGEST } from "../../dynamic/checks/deployment";
import type { ExpectedConfiguration } from "../../dynamic/cluster-verification";
import { getOwn, omitUndefined } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { DeploymentVerification } from "../../resources/cluster-verification";
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
import { afterGate } from "../validation";
import {
  declaredTargets,
  verificationArgsDiagnostics,
  type ClusterVerificationArgs,
  type DeployedServerArgs,
  type VerificationUser,
  CONFIGURATION,
} from "./verification-args";

/**
 * Proves that servers which something else deploys, such as Helm, Ansible or systemd, have loaded an `AuthConfiguration`: they
 * are one cluster, every account is the expected one on each server, and JetStream is healthy. The update fails otherwise, and
 * the error names what differs on each server. It changes nothing on the servers.
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
    const expected = configuration && parts && afterGate(configuration.gate, expect(parts, args.jetstream));
    const details = {
      problems: problems.length === 0 ? undefined : problems,
      servers,
      expected,
      users,
      timeout,
    };
    const seeds = parts === undefined || users === "none" ? {} : seedsFor(servers, parts);
    super(name, { details: omitUndefined<object>(details), login: loginOf(user), seeds, tls }, opts);
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
  if (declared === undefined) {
    return Object.keys(configured).length === 0 ? undefined : configured;
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, server]) => [
      name,
      { ...getOwn(configured, name), ...omitUndefined<object>(server) },
    ]),
  );
}

/** Returns what the servers should have loaded. */
function expect(
  { args, servers, clusterName }: ConfigurationParts,
  jetstream: pulumi.Input<boolean> | undefined,
): pulumi.Output<ExpectedConfiguration> {
  const declarations = pulumi.all(accountsOf(args).map(({ declaration }) => declaration));
  const runsJetStream = declarations.apply(
    (accounts) => args.jetstream !== undefined || accounts.some((account) => account.jetstream !== undefined),
  );
  const logins = pulumi.all(accountsOf(args).map(loginNames));
  return pulumi
    .all([staticModel(args), operatorTokens(args), clusterName, jetstream ?? runsJetStream, logins])
    .apply(([model, { operator, accounts: tokens }, cluster, runs, names]) =>
      omitUndefined<ExpectedConfiguration>({
        clusterName: servers.length === 0 ? undefined : cluster,
        systemAccount: model.systemAccount,
        operatorJwt: operator,
        accounts: Object.fromEntries(
          Object.entries(expectAccounts(model)).map(([key, account], index) => {
            const known = new Set(names[index]);
            const users = account.users.filter(({ name }) => known.has(name));
            return [key, { ...account, users, jwt: tokens[key] ?? "" }];
          }),
        ),
        jetstream: runs,
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
  const none: Record<string, string> = {};
  return pulumi.all([logIn, seedsOf(parts)]).apply(([are, seeds]) => (are ? seeds : none));
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
