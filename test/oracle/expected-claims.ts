import type { Access } from "../../provider/model/access/access";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Export } from "../../provider/model/shares/exports";
import type { DeclaredImport } from "../../provider/model/shares/imports";
import type { JetStream, JetStreamLimits } from "../../provider/model/account/jetstream";
import type { MappedSubject } from "../../provider/model/subjects/mappings";
import type { Permissions } from "../../provider/model/access/permissions";
import { bytes } from "../differential/reference/limits";
import { keyOf } from "../support/keys";
import { serviceLabel } from "../support/world";
import { nanoseconds } from "./quantities";

/** The claims of an import, as the Go library encodes them. */
export type ImportClaims = Readonly<Record<string, unknown>> & {
  readonly subject: string;
  readonly type: string;
  readonly account: string;
  readonly local_subject?: string | undefined;
};

/** The claims of an account. */
export type AccountClaims = Readonly<Record<string, unknown>> & {
  readonly nats: Readonly<Record<string, unknown>> & { readonly imports?: readonly ImportClaims[] | undefined };
};

/** Returns what the Go library should decode from an account JWT. */
export function accountClaimsOf(account: AccountDeclaration): AccountClaims {
  const { name, users = {}, roles = {}, signingKeys = [], limits = {}, jetstream } = account;
  const own = Object.entries(users).filter(([, { role }]) => role === undefined);
  return {
    sub: keyOf("account", name),
    name,
    nats: {
      type: "account",
      version: 2,
      description: account.description,
      info_url: account.infoUrl,
      tags: account.tags,
      limits: {
        conn: limitClaim(limits.connections),
        leaf: limitClaim(limits.leafNodes),
        subs: limitClaim(limits.subscriptions),
        payload: limitClaim(bytes(limits.payload)),
        data: limitClaim(bytes(limits.data)),
        imports: limitClaim(limits.imports),
        exports: limitClaim(limits.exports),
        wildcards: limits.wildcardExports ?? true,
        disallow_bearer: limits.disallowBearer,
        ...(jetstream === undefined || jetstream.tiers !== undefined ? {} : streamClaimsOf(jetstream)),
        tiered_limits: tierClaimsOf(jetstream?.tiers),
      },
      // The library omits the default, `system`.
      cluster_traffic: jetstream?.clusterTraffic === "owner" ? "owner" : undefined,
      ...routingClaimsOf(account),
      revocations: account.revocations,
      authorization: authorizationClaimsOf(account),
      exports: account.exports?.map(exportClaimsOf),
      imports: account.imports?.map((entry) => importClaimsOf(entry, keyOf("account", name))),
      default_permissions: permissionsClaimsOf(account.defaultPermissions),
      signing_keys: [
        ...own.map(([user, access]) => scopeClaimsOf(user, `${name}/${user}`, access)),
        ...Object.entries(roles).map(([role, access]) => ({
          ...scopeClaimsOf(role, `${name} role ${role}`, access),
          description: access.description,
        })),
        ...signingKeys,
        ...(account.authorization === undefined ? [] : [keyOf("account", serviceLabel(name))]),
      ],
    },
  };
}

function authorizationClaimsOf({ name, authorization }: AccountDeclaration): object | undefined {
  const { users = [], allowedAccounts = [], xkey } = authorization ?? {};
  return (
    authorization && {
      auth_users: users.map((user) => keyOf("user", `${name}/${user}`)),
      allowed_accounts: allowedAccounts === "*" ? ["*"] : allowedAccounts.map((account) => keyOf("account", account)),
      xkey,
    }
  );
}

/** Mappings and tracing. The library adds the default sampling, but no default weight. */
function routingClaimsOf({ mappings, trace }: AccountDeclaration): object {
  const destination = ({ subject, weight, cluster }: MappedSubject) => ({
    subject,
    weight: weight === 100 ? undefined : weight,
    cluster,
  });
  return {
    mappings: mappings && Object.fromEntries(Object.entries(mappings).map(([from, to]) => [from, to.map(destination)])),
    trace: trace && { dest: trace.destination, sampling: trace.sampling ?? 100 },
  };
}

/** A limit as Go encodes it: zero is omitted, and -1 is unlimited. */
function limitClaim(limit: number | undefined): number | undefined {
  return limit === 0 ? undefined : (limit ?? -1);
}

function tierClaimsOf(tiers: JetStream["tiers"]): unknown {
  return tiers && Object.fromEntries(Object.entries(tiers).map(([tier, limits]) => [tier, streamClaimsOf(limits)]));
}

function streamClaimsOf(limits: JetStreamLimits): object {
  return {
    mem_storage: limitClaim(bytes(limits.memoryStorage)),
    disk_storage: limitClaim(bytes(limits.fileStorage)),
    streams: limitClaim(limits.streams),
    consumer: limitClaim(limits.consumers),
    max_ack_pending: limitClaim(limits.maxAckPending),
    mem_max_stream_bytes: limitClaim(bytes(limits.memoryMaxStreamBytes)),
    disk_max_stream_bytes: limitClaim(bytes(limits.fileMaxStreamBytes)),
    max_bytes_required: limits.maxBytesRequired,
  };
}

function exportClaimsOf(entry: Export): unknown {
  const { name, subject, type, latency, responseType, responseThreshold } = entry;
  const answers = { singleton: "Singleton", stream: "Stream", chunked: "Chunked" } as const;
  return {
    name: name ?? subject,
    subject,
    type,
    token_req: entry.importers !== undefined,
    revocations: entry.revocations,
    response_type: responseType === undefined || responseType === "singleton" ? undefined : answers[responseType],
    response_threshold: responseThreshold === undefined ? undefined : nanoseconds(responseThreshold),
    service_latency: latency === undefined ? undefined : { sampling: latency.sampling, results: latency.results },
    account_token_position: entry.accountTokenPosition,
    advertise: entry.advertise,
    allow_trace: entry.allowTrace,
    description: entry.description,
    info_url: entry.infoUrl,
  };
}

function importClaimsOf(entry: DeclaredImport, importer: string): ImportClaims {
  const subject = entry.subject.replaceAll("{{account-subject()}}", importer);
  return {
    name: entry.name ?? subject,
    subject,
    account: keyOf("account", entry.account),
    local_subject: entry.localSubject,
    type: entry.type,
    share: entry.share,
    allow_trace: entry.allowTrace,
  };
}

/** Returns what the library should decode from the activation of an import. */
export function activationClaimsOf(entry: DeclaredImport, importer: string) {
  return {
    sub: keyOf("account", importer),
    iss: keyOf("account", entry.account),
    name: entry.subject.replaceAll("{{account-subject()}}", keyOf("account", importer)),
    nats: {
      type: "activation",
      version: 2,
      subject: entry.subject.replaceAll("{{account-subject()}}", keyOf("account", importer)),
      kind: entry.type,
    },
  };
}

/** @param label the label that the tests derive the signing key from */
function scopeClaimsOf(role: string, label: string, access: Access): object {
  const { permissions, limits = {}, sourceNetworks, times } = access;
  return {
    kind: "user_scope",
    key: keyOf("account", label),
    role,
    template: {
      ...permissionsClaimsOf(permissions),
      subs: limitClaim(limits.subscriptions),
      payload: limitClaim(bytes(limits.payload)),
      data: limitClaim(bytes(limits.data)),
      src: sourceNetworks,
      times: times?.ranges,
      times_location: times?.zone,
      bearer_token: access.bearer,
      proxy_required: access.proxyRequired,
      allowed_connection_types: access.connectionTypes,
    },
  };
}

function permissionsClaimsOf({ publish, subscribe, responses }: Permissions = {}): object {
  const { max = 1, expires = "2m" } = responses ?? {};
  const answers = { max: max === "unlimited" ? -1 : max, ttl: expires === "never" ? -1 : nanoseconds(expires) };
  return { pub: publish, sub: subscribe, resp: responses === undefined ? undefined : answers };
}

/** Returns what the library should decode from a user JWT. */
export function userClaimsOf(account: AccountDeclaration, user: string): unknown {
  const { role, tags } = account.users?.[user] ?? {};
  const signer = role === undefined ? `${account.name}/${user}` : `${account.name} role ${role}`;
  return {
    sub: keyOf("user", `${account.name}/${user}`),
    name: user,
    iss: keyOf("account", signer),
    nats: { type: "user", version: 2, issuer_account: keyOf("account", account.name), tags },
  };
}
