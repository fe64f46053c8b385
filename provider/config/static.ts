import { type Account, normalizeAccount } from "../model/account/account";
import type { Authorization } from "../model/account/authorization";
import { getAuthorizationKeys } from "../model/account/authorization-users";
import { hasEffectiveUsers } from "../model/account/effective-users";
import type { JetStream, JetStreamLimits } from "../model/account/jetstream";
import type { AccountLimits } from "../model/account/limits";
import type { MessageTrace } from "../model/account/trace";
import type { Model } from "../model/cluster/cluster";
import { sortBy, sortEntries } from "../model/form/order";
import type { Export, ServiceLatency } from "../model/shares/exports";
import { type Import, resolveImportSubject } from "../model/shares/imports";
import type { MappedSubject } from "../model/subjects/mappings";
import { type AccountNames, indexAccountNames } from "./account-names";
import {
  block,
  comment,
  element,
  inlineSetting,
  line,
  type Lines,
  linesOf,
  type LineTable,
  list,
  noLines,
  setting,
  settingOf,
  settings,
  texts,
  textsOf,
  within,
} from "./lines";
import { header, type Listener, listenerSections } from "./listener";
import { accountOrigin, exporterComment, shareOrigin } from "./origin-names";
import { type Authorized, renderConfig, type RenderedConfig } from "./rendered-config";
import { nobodyLines, permissionsLines, tagComments, usersLines } from "./static-users";
import { quote, quotedKey } from "./syntax";

/**
 * A static server whose only account is the system account lets everyone in without credentials, unless its configuration
 * has an `authorization` block with any setting.
 */
const SYSTEM_ACCOUNT_ONLY: Lines = [
  comment("With this block, nobody is let in who is not listed."),
  ...block("authorization", settings({ timeout: 2 }), []),
];

/**
 * Renders the configuration of the static server: accounts by public key and users by nkey, with everything that the
 * operator server reads in JWTs.
 */
export function renderStaticConfig(model: Model, listener: Listener): RenderedConfig {
  const { sections, accounts } = authorizationOf(model);
  return renderConfig([header(TITLE, model.operator), ...listenerSections(listener), ...sections], accounts, listener);
}

/** Renders the part of that configuration that another one can include: the accounts, and nothing about the server. */
export function renderStaticAuthorization(model: Model): RenderedConfig {
  const { sections, accounts } = authorizationOf(model);
  return renderConfig([header(TITLE, model.operator), ...sections], accounts);
}

const TITLE = "The static (nkey)";

function authorizationOf(model: Model): Authorized {
  const accountNames = indexAccountNames(model);
  const accounts = sortBy(model.accounts, ({ name }) => name).map(normalizeAccount);
  const hasUsers = accounts.some(hasEffectiveUsers);
  const accountsLines = accounts.flatMap((account) =>
    accountLines(account, { accountNames, withNobody: !hasUsers && account.publicKey === model.systemAccount }),
  );
  const sections = [
    [comment(accountNames.nameOf(model.systemAccount)), setting("system_account", model.systemAccount)],
    accounts.length > 1 ? calloutLines(accounts) : SYSTEM_ACCOUNT_ONLY,
    block("accounts", accountsLines, []),
  ];
  return { sections, accounts: accounts.map(({ publicKey }) => publicKey) };
}

/** The context in which an account is rendered. */
interface AccountContext {
  readonly accountNames: AccountNames;
  /** True for the account that gets the user that nobody can log in as. */
  readonly withNobody: boolean;
}

const ACCOUNT: LineTable<Account, AccountContext> = {
  limits: (limits = {}) => block("limits", linesOf(LIMITS, limits, undefined)),
  jetstream: (jetstream) => (jetstream === undefined ? [] : block("jetstream", jetstreamLines(jetstream))),
  exports: (exports = [], { publicKey }, { accountNames }) =>
    list(
      "exports",
      exports.flatMap((entry) => exportLines(entry, { exporter: publicKey, accountNames })),
    ),
  imports: (imports = [], { publicKey }, { accountNames }) =>
    list(
      "imports",
      imports.flatMap((entry) => importLines(entry, publicKey, accountNames)),
    ),
  mappings: (mappings = {}) =>
    block(
      "mappings",
      sortEntries(mappings).flatMap(([source, destinations]) =>
        list(quotedKey(source), destinations.flatMap(destinationLines), [source]),
      ),
    ),
  trace: (trace) => (trace === undefined ? [] : inlineSetting("msg_trace", linesOf(TRACE, trace, undefined))),
  defaultPermissions: (permissions) => block("default_permissions", permissionsLines(permissions)),
  users: (_, account, { withNobody }) => (withNobody ? nobodyLines() : usersLines(account)),
  // Each user has what its role allows.
  roles: noLines,
  // Among the users: keys that were replaced and still work are users, revoked ones are left out.
  previous: noLines,
  revocations: noLines,
  revoked: noLines,
  // A setting of the server, outside of the accounts.
  authorization: noLines,
  // They sign users of other programs, which a static server cannot let in.
  signingKeys: noLines,
  // The key of the block, and comments above it.
  publicKey: noLines,
  name: noLines,
  tags: noLines,
  // For people and tools that read JWTs.
  description: noLines,
  infoUrl: noLines,
};

function accountLines(account: Account, context: AccountContext): Lines {
  const { name, publicKey, tags } = account;
  const body = linesOf(ACCOUNT, account, context);
  const lines = body.length === 0 ? [line(`${publicKey} {}`)] : block(publicKey, body, []);
  return [comment(name), ...tagComments(tags), ...within([accountOrigin(name)], lines)];
}

/** The other limits have no setting: they are checked before anything is deployed. */
const LIMITS: LineTable<AccountLimits> = {
  connections: settingOf("max_connections"),
  leafNodes: settingOf("max_leafnodes"),
  subscriptions: settingOf("max_subscriptions"),
  payload: settingOf("max_payload"),
  data: noLines,
  imports: noLines,
  exports: noLines,
  wildcardExports: noLines,
  disallowBearer: noLines,
};

/** Static value for "no limit". */
const UNLIMITED = -1;

/** Renders a limit that is always written, since its default differs between the two modes. */
function limitOf(key: string): (limit: number | string | undefined) => Lines {
  return (limit = UNLIMITED) => settings({ [key]: limit });
}

const JETSTREAM_LIMITS: LineTable<JetStreamLimits> = {
  memoryStorage: limitOf("max_memory"),
  fileStorage: limitOf("max_file"),
  streams: limitOf("max_streams"),
  consumers: limitOf("max_consumers"),
  maxAckPending: limitOf("max_ack_pending"),
  memoryMaxStreamBytes: limitOf("memory_max_stream_bytes"),
  fileMaxStreamBytes: limitOf("store_max_stream_bytes"),
  maxBytesRequired: (required = false) => settings({ max_bytes_required: required }),
};

const JETSTREAM: LineTable<Omit<JetStream, keyof JetStreamLimits>> = {
  // The language has no tiers: the limits of an account with tiers are those of all streams, without limit.
  tiers: noLines,
  clusterTraffic: settingOf("cluster_traffic"),
};

function jetstreamLines(jetstream: JetStream): Lines {
  const limits: JetStreamLimits = jetstream.tiers === undefined ? jetstream : {};
  return [...linesOf(JETSTREAM_LIMITS, limits, undefined), ...linesOf(JETSTREAM, jetstream, undefined)];
}

const TRACE: LineTable<MessageTrace> = {
  destination: settingOf("dest"),
  sampling: settingOf("sampling"),
};

const MAPPED_SUBJECT: LineTable<MappedSubject> = {
  subject: settingOf("dest"),
  // Required here, optional in JWTs.
  weight: (weight = 100) => settings({ weight }),
  cluster: settingOf("cluster"),
};

function destinationLines(destination: MappedSubject): Lines {
  return element(linesOf(MAPPED_SUBJECT, destination, undefined), "one line");
}

/** The context in which an export is rendered. */
interface ExportContext {
  /** Public key of the exporting account. */
  readonly exporter: string;
  readonly accountNames: AccountNames;
}

const EXPORT: LineTable<Export, ExportContext> = {
  type: (type, { subject }) => [setting(type, subject)],
  responseType: settingOf("response_type"),
  responseThreshold: settingOf("response_threshold"),
  latency: (latency) => (latency === undefined ? [] : inlineSetting("latency", linesOf(LATENCY, latency, undefined))),
  accountTokenPosition: settingOf("account_token_position"),
  allowTrace: settingOf("allow_trace"),
  importers: (importers, _, context) =>
    importers === undefined ? [] : list("accounts", importerLines(importers, context)),
  // The value of the type.
  subject: noLines,
  // Activations do not exist here, and those of the program's accounts are not revoked.
  revocations: noLines,
  // For people and tools that read JWTs.
  name: noLines,
  advertise: noLines,
  description: noLines,
  infoUrl: noLines,
};

const LATENCY: LineTable<ServiceLatency> = {
  sampling: settingOf("sampling"),
  results: settingOf("subject"),
};

function exportLines(entry: Export, context: ExportContext): Lines {
  const parts = linesOf(EXPORT, entry, context);
  const lines = element(parts, entry.importers === undefined ? "one line" : "braces");
  return within([shareOrigin(entry.type, entry.subject)], lines);
}

/** Public keys of the accounts that may import. The server takes an empty list for "everyone", so it gets the exporter. */
function importerLines(importers: readonly string[], { exporter, accountNames }: ExportContext): Lines {
  const keys = importers.flatMap((name) => {
    const key = accountNames.keyOf(name);
    return key === undefined ? [] : [comment(name), line(quote(key))];
  });
  return keys.length === 0 ? [comment("nobody: the account itself"), line(quote(exporter))] : keys;
}

/** Renders an import for the account with a public key. */
const IMPORT: LineTable<Import, string> = {
  type: (type, entry, importer) =>
    inlineSetting(type, settings({ account: entry.account, subject: resolveImportSubject(entry, importer) })),
  localSubject: settingOf("to"),
  share: settingOf("share"),
  allowTrace: settingOf("allow_trace"),
  // In the value of the type.
  account: noLines,
  subject: noLines,
  // The `accounts` of a private export take the place of activations.
  token: noLines,
  // For people and tools that read JWTs.
  name: noLines,
};

function importLines(entry: Import, importer: string, { nameOf }: AccountNames): Lines {
  const exporter = exporterComment(nameOf(entry.account));
  const lines = element(linesOf(IMPORT, entry, importer), "one line");
  return [
    comment(exporter),
    ...within([shareOrigin(entry.type, resolveImportSubject(entry, importer), exporter)], lines),
  ];
}

/** The parts of an account that its authorization is rendered from. */
export type CalloutAccount = Pick<Account, "name" | "publicKey" | "authorization" | "users" | "previous" | "revoked">;

const AUTHORIZATION: LineTable<Authorization, CalloutAccount> = {
  issuer: (issuer, _, { publicKey }) => settings({ issuer, account: publicKey }),
  xkey: settingOf("xkey"),
  users: (_, _authorization, account) => texts("auth_users", getAuthorizationKeys(account)),
  // The server asks the service about users of these accounts, clients without credentials and unknown keys. The accounts into
  // which the service lets them cannot be restricted here.
  allowedAccounts: (_, _authorization, { publicKey }) => texts("allowed_accounts", [publicKey]),
};

/**
 * The `authorization` block: auth callout of the first account that has an authorization service. A server has one such
 * service at most.
 */
function calloutLines(accounts: readonly CalloutAccount[]): Lines {
  const account = accounts.find(({ authorization }) => authorization !== undefined);
  if (account?.authorization === undefined) {
    return [];
  }
  const { name, authorization } = account;
  const callout = block("auth_callout", linesOf(AUTHORIZATION, authorization, account), []);
  return block("authorization", [comment(name), ...within([accountOrigin(name), "authorization"], callout)], []);
}

/** The text of the `authorization` block, which servers do not reload. */
export function renderCallout(accounts: readonly CalloutAccount[]): string {
  return textsOf(calloutLines(accounts)).join("\n");
}
