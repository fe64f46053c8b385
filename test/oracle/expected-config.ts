import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Export } from "../../provider/model/shares/exports";
import type { DeclaredImport } from "../../provider/model/shares/imports";
import type { JetStream, JetStreamLimits } from "../../provider/model/account/jetstream";
import type { AccountLimits } from "../../provider/model/account/limits";
import type { MappedSubject } from "../../provider/model/subjects/mappings";
import type { Permissions } from "../../provider/model/access/permissions";
import { accessOf, rightsOf } from "../differential/reference/access";
import { bytes } from "../differential/reference/limits";
import { keyOf } from "../support/keys";
import type { Side } from "../support/sides";
import { serviceLabel } from "../support/world";
import { nanoseconds } from "./quantities";

/** Defaults of nats-server. */
const THRESHOLD = "2m";
const RESPONSES = { max: 1, expires: "2m" } as const;

/** nats-server's numbers of the response types. */
const RESPONSE_TYPES = { singleton: 0, stream: 1, chunked: 2 } as const;

/**
 * Returns what a server should load for an account, as the oracle prints it. The static server copies the default permissions
 * to the users, and does not store them for the account.
 */
export function expectedAccount(account: AccountDeclaration, side: Side): unknown {
  const { exports = [], imports = [], defaultPermissions, jetstream } = account;
  const own = keyOf("account", account.name);
  return {
    ...expectedLimits(account.limits, side),
    ...expectedRouting(account),
    authorization: side === "operator" ? expectedAuthorization(account) : undefined,
    jetstream: expectedJetStream(jetstream, side),
    // The operator server applies it only with JetStream, which this one does not run.
    clusterTraffic: side === "static" && jetstream?.clusterTraffic === "owner" ? own : undefined,
    revokedUsers: side === "operator" ? account.revocations : undefined,
    exports: exports.map((entry) => expectedExport(entry, account.name, side)),
    imports: imports.map((entry) => expectedImport(entry, own)),
    defaultPermissions:
      defaultPermissions === undefined || side === "static" ? undefined : asStruct(defaultPermissions),
  };
}

function expectedLimits(limits: AccountLimits = {}, side: Side): object {
  return {
    connections: limits.connections ?? -1,
    leafNodes: limits.leafNodes ?? -1,
    subscriptions: limits.subscriptions ?? -1,
    payload: bytes(limits.payload) ?? -1,
    disallowBearer: side === "operator" && limits.disallowBearer,
  };
}

/** The authorization service of an account, in operator mode. */
function expectedAuthorization({ name, authorization }: AccountDeclaration): object | undefined {
  const { users = [], allowedAccounts = [], xkey } = authorization ?? {};
  return (
    authorization && {
      AuthUsers: users.map((user) => keyOf("user", `${name}/${user}`)),
      AllowedAccounts: allowedAccounts === "*" ? ["*"] : allowedAccounts.map((account) => keyOf("account", account)),
      XKey: xkey,
    }
  );
}

/** Returns the auth callout of the static server: none, or that of one account. */
export function expectedCallout(accounts: readonly AccountDeclaration[]): object | undefined {
  const account = accounts.find(({ authorization }) => authorization !== undefined);
  return (
    account && {
      Issuer: keyOf("account", serviceLabel(account.name)),
      Account: keyOf("account", account.name),
      AuthUsers: account.authorization?.users.map((user) => keyOf("user", `${account.name}/${user}`)),
      AllowedAccounts: [keyOf("account", account.name)],
      XKey: account.authorization?.xkey,
    }
  );
}

/** Mappings and tracing. */
function expectedRouting({ mappings = {}, trace }: AccountDeclaration): object {
  return {
    mappings: Object.entries(mappings).map(([source, to]) => expectedMapping(source, to)),
    traceDestination: trace?.destination,
    traceSampling: trace === undefined ? 0 : (trace.sampling ?? 100),
  };
}

/** A mapping of all messages, in one cluster or in each. Messages that no destination applies to keep their subject. */
function expectedMapping(source: string, to: readonly MappedSubject[]): unknown {
  const all = (subject: string) => [{ subject, weight: 100 }];
  let seen = 0;
  const unchanged = source.replaceAll(/(?<=^|\.)\*(?=\.|$)/g, () => `$${(seen += 1)}`);
  const clusters = to.filter(({ cluster }) => cluster !== undefined);
  const everywhere = to.find(({ cluster }) => cluster === undefined);
  return {
    source,
    destinations: all(everywhere?.subject ?? unchanged),
    clusters: Object.fromEntries(clusters.map(({ cluster = "", subject }) => [cluster, all(subject)])) as unknown,
  };
}

/** The limits of each tier. Without tiers there is one without a name; the static server has no other. */
function expectedJetStream(jetstream: JetStream | undefined, side: Side): object | undefined {
  if (jetstream?.tiers === undefined || side === "static") {
    return jetstream && { "": expectedStreams(jetstream.tiers === undefined ? jetstream : {}) };
  }
  return Object.fromEntries(Object.entries(jetstream.tiers).map(([tier, limits]) => [tier, expectedStreams(limits)]));
}

function expectedStreams(limits: JetStreamLimits): object {
  return {
    MaxMemory: bytes(limits.memoryStorage) ?? -1,
    MaxStore: bytes(limits.fileStorage) ?? -1,
    MaxStreams: limits.streams ?? -1,
    MaxConsumers: limits.consumers ?? -1,
    MaxAckPending: limits.maxAckPending ?? -1,
    MemoryMaxStreamBytes: bytes(limits.memoryMaxStreamBytes) ?? -1,
    StoreMaxStreamBytes: bytes(limits.fileMaxStreamBytes) ?? -1,
    MaxBytesRequired: limits.maxBytesRequired,
  };
}

function expectedExport(entry: Export, exporter: string, side: Side): unknown {
  const { subject, type, latency, responseType = "singleton", responseThreshold = THRESHOLD } = entry;
  const sampling = latency?.sampling === "headers" ? 0 : latency?.sampling;
  return {
    type,
    subject,
    position: entry.accountTokenPosition,
    ...expectedAudience(entry, exporter, side),
    ...(type === "stream"
      ? {}
      : {
          responseType: responseType === "singleton" ? undefined : RESPONSE_TYPES[responseType],
          threshold: nanoseconds(responseThreshold),
          latency: latency === undefined ? undefined : { subject: latency.results, sampling },
          allowTrace: entry.allowTrace,
        }),
  };
}

/** The importers: the static server has a list, with the exporter in place of nobody; the other one requires tokens. */
function expectedAudience({ importers, revocations }: Export, exporter: string, side: Side): object {
  if (importers === undefined) {
    return {};
  }
  const names = importers.length === 0 ? [exporter] : importers;
  return side === "static"
    ? { approved: names.map((name) => keyOf("account", name)) }
    : { tokenRequired: true, revoked: revocations };
}

function expectedImport(entry: DeclaredImport, importer: string): unknown {
  const subject = entry.subject.replaceAll("{{account-subject()}}", importer);
  return {
    type: entry.type,
    account: keyOf("account", entry.account),
    subject,
    local: (entry.localSubject ?? subject).replaceAll(
      /(?<=^|\.)\$\d+(?=\.|$)/g,
      entry.localSubject === undefined ? "$&" : "*",
    ),
    share: entry.share,
    allowTrace: entry.allowTrace,
  };
}

/** Returns what a static server should load for the users of an account who can log in, by their public keys. */
export function expectedUsers(account: AccountDeclaration): Readonly<Record<string, unknown>> {
  const users = Object.keys(account.users ?? {}).flatMap((user) => {
    const rights = rightsOf(account, user);
    const { connectionTypes, proxyRequired } = accessOf(account, user);
    const understood = {
      account: keyOf("account", account.name),
      permissions: rights === undefined ? undefined : asPrinted(rights),
      connectionTypes,
      proxyRequired,
    };
    return rights === undefined ? [] : [[keyOf("user", `${account.name}/${user}`), understood] as const];
  });
  return Object.fromEntries(users);
}

/** Permissions as the server prints them. With response permissions, only the listed subjects can be published to. */
function asPrinted({ publish, subscribe, responses }: Permissions): unknown {
  const { max = RESPONSES.max, expires = RESPONSES.expires } = responses ?? {};
  const answers = {
    max: max === "unlimited" ? -1 : max,
    ttl: expires === "never" ? -1 : nanoseconds(expires),
  };
  return { publish, subscribe, ...(responses === undefined ? {} : { responses: answers }) };
}

/** The same, with the names of the server's struct fields. */
function asStruct(permissions: Permissions): unknown {
  const { publish, subscribe, responses } = asPrinted(permissions) as {
    readonly publish?: Permissions["publish"];
    readonly subscribe?: Permissions["subscribe"];
    readonly responses?: { readonly max: number; readonly ttl: number };
  };
  const lists = (subjects: Permissions["publish"]) => ({ Allow: subjects?.allow, Deny: subjects?.deny });
  return {
    Publish: lists(publish),
    Subscribe: lists(subscribe),
    Response: responses === undefined ? undefined : { MaxMsgs: responses.max, Expires: responses.ttl },
  };
}
