import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Export } from "../../provider/model/shares/exports";
import type { DeclaredImport } from "../../provider/model/shares/imports";
import type { JetStream, JetStreamLimits } from "../../provider/model/account/jetstream";
import type { AccountLimits } from "../../provider/model/account/limits";
import type { MappedSubject } from "../../provider/model/subjects/mappings";
import type { Permissions } from "../../provider/model/access/permissions";
import { accessOf, rightsOf } from "../differential/reference/access";
import { bytes } from "../differential/reference/limits";
import type { Side } from "../../provider/servers/places";
import { keyOf } from "../support/keys";
import { serviceLabel } from "../support/world";
import { nanoseconds } from "./quantities";

/** What nats-server takes where nothing is said. */
const THRESHOLD = "2m";
const RESPONSES = { max: 1, expires: "2m" } as const;

/** How the server counts the ways in which a service answers. */
const RESPONSE_TYPES = { singleton: 0, stream: 1, chunked: 2 } as const;

/**
 * What a server should know of an account, whichever way it was told, in the words of the oracle. The static server gives
 * the default permissions to the users at once and keeps none.
 */
export function understoodAccount(account: AccountDeclaration, side: Side): unknown {
  const { exports = [], imports = [], defaultPermissions, jetstream } = account;
  const own = keyOf("account", account.name);
  return {
    ...understoodLimits(account.limits, side),
    ...understoodRouting(account),
    authorization: side === "operator" ? understoodAuthorization(account) : undefined,
    jetstream: understoodJetStream(jetstream, side),
    // The operator server takes it over only while it runs JetStream, which this one does not.
    clusterTraffic: side === "static" && jetstream?.clusterTraffic === "owner" ? own : undefined,
    revokedUsers: side === "operator" ? account.revocations : undefined,
    exports: exports.map((entry) => understoodExport(entry, account.name, side)),
    imports: imports.map((entry) => understoodImport(entry, own)),
    defaultPermissions:
      defaultPermissions === undefined || side === "static" ? undefined : privately(defaultPermissions),
  };
}

function understoodLimits(limits: AccountLimits = {}, side: Side): object {
  return {
    connections: limits.connections ?? -1,
    leafNodes: limits.leafNodes ?? -1,
    subscriptions: limits.subscriptions ?? -1,
    payload: bytes(limits.payload) ?? -1,
    disallowBearer: side === "operator" && limits.disallowBearer,
  };
}

/** Who decides about clients in the place of the operator server. */
function understoodAuthorization({ name, authorization }: AccountDeclaration): object | undefined {
  const { users = [], allowedAccounts = [], xkey } = authorization ?? {};
  return (
    authorization && {
      AuthUsers: users.map((user) => keyOf("user", `${name}/${user}`)),
      AllowedAccounts: allowedAccounts === "*" ? ["*"] : allowedAccounts.map((account) => keyOf("account", account)),
      XKey: xkey,
    }
  );
}

/** Who decides about clients in the place of the static server: nobody, or the service of one account. */
export function understoodCallout(accounts: readonly AccountDeclaration[]): object | undefined {
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

/** What is made of messages: where they go, and where it is told. */
function understoodRouting({ mappings = {}, trace }: AccountDeclaration): object {
  return {
    mappings: Object.entries(mappings).map(([source, to]) => understoodMapping(source, to)),
    traceDestination: trace?.destination,
    traceSampling: trace === undefined ? 0 : (trace.sampling ?? 100),
  };
}

/** Mappings that take all messages, in a cluster or in each. What no cluster takes goes on as it was. */
function understoodMapping(source: string, to: readonly MappedSubject[]): unknown {
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

/** The limits of each tier; without tiers there is one, which has no name. The static server knows no other. */
function understoodJetStream(jetstream: JetStream | undefined, side: Side): object | undefined {
  if (jetstream?.tiers === undefined || side === "static") {
    return jetstream && { "": understoodStreams(jetstream.tiers === undefined ? jetstream : {}) };
  }
  return Object.fromEntries(Object.entries(jetstream.tiers).map(([tier, limits]) => [tier, understoodStreams(limits)]));
}

function understoodStreams(limits: JetStreamLimits): object {
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

function understoodExport(entry: Export, exporter: string, side: Side): unknown {
  const { subject, type, latency, responseType = "singleton", responseThreshold = THRESHOLD } = entry;
  const sampling = latency?.sampling === "headers" ? 0 : latency?.sampling;
  return {
    type,
    subject,
    position: entry.accountTokenPosition,
    ...understoodAudience(entry, exporter, side),
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

/** Who may import: the static server has a list, in which the exporter stands for nobody; the other one wants tokens. */
function understoodAudience({ importers, revocations }: Export, exporter: string, side: Side): object {
  if (importers === undefined) {
    return {};
  }
  const names = importers.length === 0 ? [exporter] : importers;
  return side === "static"
    ? { approved: names.map((name) => keyOf("account", name)) }
    : { tokenRequired: true, revoked: revocations };
}

function understoodImport(entry: DeclaredImport, importer: string): unknown {
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

/** What a static server should know of the users of an account, by their public keys: of those whom it lets in. */
export function understoodUsers(account: AccountDeclaration): Readonly<Record<string, unknown>> {
  const users = Object.keys(account.users ?? {}).flatMap((user) => {
    const rights = rightsOf(account, user);
    const { connectionTypes, proxyRequired } = accessOf(account, user);
    const understood = {
      account: keyOf("account", account.name),
      permissions: rights === undefined ? undefined : publicly(rights),
      connectionTypes,
      proxyRequired,
    };
    return rights === undefined ? [] : [[keyOf("user", `${account.name}/${user}`), understood] as const];
  });
  return Object.fromEntries(users);
}

/** Permissions as the server prints them. Where answers may be published, nothing else may that is not said. */
function publicly({ publish, subscribe, responses }: Permissions): unknown {
  const { max = RESPONSES.max, expires = RESPONSES.expires } = responses ?? {};
  const answers = {
    max: max === "unlimited" ? -1 : max,
    ttl: expires === "never" ? -1 : nanoseconds(expires),
  };
  return { publish, subscribe, ...(responses === undefined ? {} : { responses: answers }) };
}

/** The same in the server's own fields. */
function privately(permissions: Permissions): unknown {
  const { publish, subscribe, responses } = publicly(permissions) as {
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
