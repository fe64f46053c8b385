import { isDeepStrictEqual } from "node:util";
import { deployedAccounts, deployedTokens, modeIn } from "../../config/deployed";
import { runsJetStream, runsJetStreamIn } from "../../config/deployed-jetstream";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { JETSTREAM_TERM, type JetStream } from "../../model/account/jetstream";
import {
  describeDiscarded,
  findLosses,
  isDiscarded,
  lossDiagnostics,
  storedLimitDiagnostics,
  type Loss,
  type StreamAccount,
  type StreamsReport,
  type StreamTerms,
} from "../../model/cluster/stored-streams";
import type { PerServer } from "../../model/cluster/servers";
import { Unreadable } from "../../diagnostics/unreadable";
import type { Section } from "../../language/section";
import { decodeToken } from "../../jwt/sign";
import { omitUndefined } from "../../model/form/order";
import { publicKeyProblem } from "../../nkeys/keys";
import { readJetStream } from "../../read/claims/limits";
import { readJetStream as readStaticJetStream } from "../../read/static/limits";
import { Fields } from "../../read/fields";
import { Notes } from "../../read/notes";
import { errorMessage } from "../../servers/errors";
import type { DiscardedAccounts } from "../../servers/stored-streams";
import type { SystemClient } from "../../servers/system-client";
import { ifKnown } from "../life-cycle/unknown";
import { presentConfigs, withPresentLogin, type RouteCheck } from "./check-credentials";

/** What a program declares about streams. Keys of new accounts are unknown in previews. */
export interface StreamInputs {
  /** Whether the servers run JetStream. */
  readonly isEnabled: boolean;
  readonly accounts: readonly { readonly name: string; readonly publicKey: string; readonly jetstream?: JetStream }[];
  /** Accounts whose streams may be deleted, by name or public key. */
  readonly discard: readonly string[];
}

/** A cluster as it was deployed. */
export interface DeployedCluster {
  readonly servers: PerServer<{ readonly config: string }>;
}

/** What a change does to stored streams. */
export interface StreamEffects {
  /** Streams that the change would lose or disable, and that the program does not give up. */
  readonly diagnostics: readonly Diagnostic[];
  /** The streams that the change deletes, for people. */
  readonly discarded?: string;
}

/**
 * Finds what a change does to the streams that the running servers have stored. Asks the servers only if the change can
 * affect streams; servers that do not respond are a finding, not an error.
 *
 * @param access access to the servers as they run now; undefined without verification
 * @param isSettled false if an update since the deployment may have created more accounts
 * @param found the configurations of the operator server that such an update may have left behind
 */
export async function findStreamEffects(
  deployed: DeployedCluster,
  inputs: StreamInputs,
  access: RouteCheck | undefined,
  isSettled: boolean,
  found: readonly string[] = [],
): Promise<StreamEffects> {
  if (isSettled && !inputs.isEnabled && !runsJetStreamIn(deployed.servers)) {
    return { diagnostics: [] };
  }
  const [before, after] = [readDeployedTerms(deployed), toTerms(inputs)];
  const losses = findLosses(before, after);
  const changed = findChanged(before, after);
  const created = isSettled ? [] : findCreatedAccounts(found, before, after);
  if (isSettled ? losses.length + changed.size === 0 : !before.isEnabled && created.length === 0) {
    return { diagnostics: [] };
  }
  const report = await askForStreams(deployed, access);
  const all = [...losses, ...(isSettled ? [] : [...created, ...findUnknownAccounts(before, after, created, report)])];
  return omitUndefined<StreamEffects>({
    diagnostics: [
      ...lossDiagnostics(all, report, inputs.discard),
      ...("unknown" in report ? [] : storedLimitDiagnostics(changed, report.streams)),
    ],
    discarded: describeDiscarded(all, report, inputs.discard),
  });
}

/** Returns the accounts whose limits for existing streams may change, by public key. */
function findChanged(before: StreamTerms, after: StreamTerms): ReadonlyMap<string, StreamAccount> {
  return new Map(
    [...after.accounts].filter(([publicKey, { jetstream }]) => {
      const earlier = before.accounts.get(publicKey)?.jetstream;
      return earlier !== undefined && jetstream !== undefined && !isDeepStrictEqual(earlier, jetstream);
    }),
  );
}

/**
 * Returns the accounts that an unfinished update has given JetStream, and that lose it again. They have no name: a program that
 * gives up their streams lists their public keys, because it does not declare them.
 */
function findCreatedAccounts(found: readonly string[], before: StreamTerms, after: StreamTerms): Loss[] {
  const losses = found.flatMap((config) => findLosses(readConfigTerms(config), after));
  const created = losses.filter(({ publicKey }) => before.accounts.get(publicKey)?.jetstream === undefined);
  return [...new Map(created.map((loss) => [loss.publicKey, { ...loss, name: loss.publicKey }])).values()];
}

/** Returns more accounts with streams that an unfinished update has created and that the program does not declare. */
function findUnknownAccounts(
  before: StreamTerms,
  after: StreamTerms,
  created: readonly Loss[],
  report: StreamsReport,
): Loss[] {
  const streams = "unknown" in report ? [] : report.streams;
  const keys = new Set(streams.map(({ account }) => account));
  return [...keys]
    .filter((key) => !before.accounts.has(key) && after.accounts.get(key)?.jetstream === undefined)
    .filter((key) => !created.some(({ publicKey }) => publicKey === key))
    .map((publicKey) => ({ cause: "account", publicKey, name: publicKey }));
}

/**
 * Deletes the streams that a change loses and that the program has given up. The accounts must still be loaded.
 *
 * @param access access to the servers with the new settings
 * @param onDeleted receives the public key of each account whose streams have been deleted
 */
export async function discardStreams(
  deployed: DeployedCluster,
  inputs: StreamInputs,
  access: RouteCheck | undefined,
  onDeleted: (account: string) => void,
): Promise<void> {
  const discarded = findDiscarded(deployed, inputs);
  if (access === undefined || discarded.accounts.length + discarded.unloaded.length === 0) {
    return;
  }
  const { deleteStreams } = await import("../../servers/stored-streams.js");
  await withClient(deployed, access, (client) => deleteStreams(client, access.serverNames, discarded, onDeleted));
}

/** Returns the accounts whose streams a change loses and that the program has given up; none if the servers store none. */
function findDiscarded(deployed: DeployedCluster, inputs: StreamInputs): DiscardedAccounts {
  const before = readDeployedTerms(deployed);
  if (!before.isEnabled) {
    return { accounts: [], unloaded: [] };
  }
  const losses = findLosses(before, toTerms(inputs)).filter((loss) => isDiscarded(loss, inputs.discard));
  const accounts = losses.map(({ publicKey }) => publicKey);
  return { accounts, unloaded: findOrphans(inputs).filter((key) => !accounts.includes(key)) };
}

/** Returns the public keys of the accounts whose streams an update deletes; none if the cluster is new. */
export function discardedKeys(deployed: DeployedCluster | undefined, inputs: StreamInputs | undefined): string[] {
  if (deployed === undefined || inputs === undefined) {
    return [];
  }
  const { accounts, unloaded } = findDiscarded(deployed, inputs);
  return [...accounts, ...unloaded];
}

/** Returns the accounts whose streams a program gives up by public key, and which it does not declare. */
export function findOrphans(inputs: StreamInputs | undefined): string[] {
  if (inputs === undefined) {
    return [];
  }
  const { accounts } = toTerms(inputs);
  return inputs.discard.filter(
    (entry) => publicKeyProblem("account", entry) === undefined && accounts.get(entry)?.jetstream === undefined,
  );
}

/** Asks the servers of a cluster for their streams. They may not respond. */
export async function askForStreams(deployed: DeployedCluster, access: RouteCheck | undefined): Promise<StreamsReport> {
  if (access === undefined) {
    return { unknown: '`verification` is "disabled"', isKept: true };
  }
  try {
    const { listStoredStreams } = await import("../../servers/stored-streams.js");
    const list = (client: SystemClient) => listStoredStreams(client, access.serverNames);
    return { streams: await withClient(deployed, access, list) };
  } catch (error) {
    return { unknown: errorMessage(error) };
  }
}

/** Asks the servers of a cluster for the members of JetStream, by their `server_name`. */
export async function askForMembers(deployed: DeployedCluster, access: RouteCheck | undefined): Promise<string[]> {
  if (access === undefined) {
    return [];
  }
  const { listMembers } = await import("../../servers/jetstream-health.js");
  return withClient(deployed, access, listMembers);
}

/** Connects to a server, on the port that it listens on now. */
async function withClient<T>(
  { servers }: DeployedCluster,
  access: RouteCheck,
  use: (client: SystemClient) => Promise<T>,
): Promise<T> {
  // Loaded only when needed: a NATS client takes long to load.
  const { SystemClient: Client } = await import("../../servers/system-client.js");
  return withPresentLogin(access, presentConfigs(servers), false, async ({ urls, login }) => {
    const client = await Client.connect(urls, login, access.serverNames.length);
    try {
      return await use(client);
    } finally {
      await client.close();
    }
  });
}

function toTerms({ isEnabled, accounts }: StreamInputs): StreamTerms {
  const known = accounts.filter(({ publicKey }) => ifKnown(publicKey) !== undefined);
  return {
    isEnabled,
    accounts: new Map(
      known.map(({ publicKey, name, jetstream }) => [
        publicKey,
        omitUndefined<StreamAccount>({ name, jetstream: jetstream && normalize(jetstream) }),
      ]),
    ),
  };
}

function normalize(jetstream: JetStream): JetStream {
  return JETSTREAM_TERM.normalize(jetstream) as JetStream;
}

/**
 * Reads the terms of a deployed cluster from the JWTs in the configuration of a server in operator mode, or from the accounts in
 * one of static mode.
 */
function readDeployedTerms({ servers }: DeployedCluster): StreamTerms {
  const configs = Object.values(servers).map(({ config }) => config);
  return readConfigTerms(configs.find((text) => modeIn(text) === "operator") ?? configs[0] ?? "");
}

/** Reads the terms of a cluster from the configuration of one of its servers. */
function readConfigTerms(config: string): StreamTerms {
  const isEnabled = runsJetStream(config);
  return { isEnabled, accounts: isEnabled ? readStreamAccounts(config) : new Map<string, StreamAccount>() };
}

function readStreamAccounts(config: string): ReadonlyMap<string, StreamAccount> {
  switch (modeIn(config)) {
    case "operator":
      return new Map(deployedTokens(config).map(([key, token]) => [key, readStreamAccount(key, token)]));
    case "static":
      return new Map(
        deployedAccounts(config).map(([key, name, account]) => [key, readStaticAccount(key, name, account)]),
      );
  }
}

function readStaticAccount(publicKey: string, name: string, account: Section): StreamAccount {
  try {
    const jetstream = readStaticJetStream(new Fields(account, publicKey, new Notes()));
    return omitUndefined<StreamAccount>({ name, jetstream: jetstream && normalize(jetstream) });
  } catch (error) {
    if (error instanceof Unreadable) {
      return { name, jetstream: {} };
    }
    throw error;
  }
}

/** An account whose JWT somebody has edited may have streams. */
function readStreamAccount(publicKey: string, token: string): StreamAccount {
  try {
    const { name, nats } = decodeToken(token);
    const claims = new Fields(nats, publicKey, new Notes());
    const limits = claims.fields("limits") ?? new Fields({}, claims.pathOf("limits"), claims.notes);
    const jetstream = readJetStream(claims, limits);
    return omitUndefined<StreamAccount>({ name, jetstream: jetstream && normalize(jetstream) });
  } catch (error) {
    if (error instanceof SyntaxError) {
      return { name: publicKey, jetstream: {} };
    }
    throw error;
  }
}
