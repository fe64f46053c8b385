import * as pulumi from "@pulumi/pulumi";
import { credsFile, loginFile, remoteFiles, type RemoteBlock, type RemoteBlocks } from "../../config/remotes";
import { keyPath, prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import {
  REMOTE,
  reloadsRemotes,
  requireTls,
  startupRemotes,
  startupRemotesBefore,
  type HubLogin,
  type Remote,
  type RemoteSettings,
} from "../../model/cluster/remotes";
import { groupBy, sortEntries } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { derivePassword } from "../../nkeys/keys";
import type { Account } from "../account/account";
import { accountsOf, type ConfigurationArgs } from "./configuration-args";
import { REMOTES, SERVER_REMOTES, type RemoteArgs } from "./remote-args";
import { hubLoginOf, loginDiagnostics, loginOf, secretOf } from "./remote-logins";
import { resolveRemoteTls } from "./remote-tls";
import type { TlsContext } from "./tls";

/** Remotes by name; a server can disable those of its cluster. */
export type ServerRemotes = Readonly<Record<string, RemoteArgs | "disabled">>;

/** What determines the remotes of a server. */
export interface RemotesContext extends Pick<TlsContext, "folder" | "isLocal"> {
  readonly args: ConfigurationArgs & { readonly remotes?: Readonly<Record<string, RemoteArgs>> };
  /** What precedes the names of included files. @default nothing */
  readonly prefix?: pulumi.Input<string>;
  /** The version of nats-server. @default not known */
  readonly version?: pulumi.Output<string | undefined>;
}

/** A server with remotes of its own. */
export interface ServerWithRemotes {
  readonly path: string;
  readonly remotes?: ServerRemotes;
}

/** A remote that an update verifies. */
export interface VerifiedRemote {
  readonly name: string;
  readonly account: pulumi.Output<string>;
}

/** Returns the names of remotes, by the public key of their account. */
export function remotesByAccount(
  remotes: readonly { readonly name: string; readonly account: string }[],
): Readonly<Record<string, readonly string[]>> {
  const byAccount = [...groupBy(remotes, ({ account }) => account)];
  return Object.fromEntries(byAccount.map(([key, some]) => [key, some.map(({ name }) => name)]));
}

/** The remotes of a server, as far as they are known. */
export interface ResolvedRemotes {
  readonly known: pulumi.Output<readonly Remote[]>;
  /** Their part of the configuration, and the same one with names in place of keys. */
  readonly blocks: pulumi.Output<RemoteBlocks>;
  readonly outline: pulumi.Output<RemoteBlocks>;
  /** The files with logins, certificates and keys, as a secret. */
  readonly files: pulumi.Output<Readonly<Record<string, string>>>;
  /** The names of these files. */
  readonly fileNames: readonly string[];
  /** What the server reads only when it starts; undefined if there is nothing. */
  readonly startup: pulumi.Output<object | undefined>;
  /** Files of the machine that it reads. */
  readonly hostFiles: pulumi.Input<string>[];
  readonly verified: readonly VerifiedRemote[];
  readonly diagnostics: readonly pulumi.Output<readonly Diagnostic[]>[];
  /** Certificates that end soon. */
  readonly warnings: pulumi.Output<readonly Diagnostic[]>;
  /** The known parts of the login of each remote, by name. */
  readonly logins: pulumi.Output<Readonly<Record<string, HubLogin | undefined>>>;
  /** Whether a login is a password, which could be guessed from a digest. */
  readonly hasPassword: boolean;
}

/** Returns the remotes of a server; undefined if it has none. */
export function resolveRemotes(context: RemotesContext, server: ServerWithRemotes): ResolvedRemotes | undefined {
  const all = declaredRemotes(context.args, server).map((declared) => resolveRemote(context, declared));
  if (all.length === 0) {
    return undefined;
  }
  const { folder, prefix = "", version } = context;
  const blocksWith = (key: (one: (typeof all)[number]) => pulumi.Input<string>): pulumi.Output<RemoteBlocks> =>
    pulumi
      .all([pulumi.all(all.map((one) => one.block)), pulumi.all(all.map(key)), folder, prefix])
      .apply(([blocks, keys, before, beforeIncluded]) => ({
        all: blocks.map((block, index): RemoteBlock => ({ ...block, accountKey: keys[index] ?? "" })),
        folder: before,
        prefix: beforeIncluded,
      }));
  const known = pulumi.all(all.map((one) => one.remote));
  const files = pulumi.all(all.map((one) => one.files));
  return {
    known,
    blocks: blocksWith(({ account }) => account.publicKey),
    outline: blocksWith(({ account }) => account.accountName),
    files: pulumi.secret(files.apply((each) => Object.assign({}, ...each) as Record<string, string>)),
    fileNames: all.flatMap((one) => one.fileNames),
    startup: pulumi.output(version).apply((release) =>
      // What does not depend on the logins must not wait for them: they may be unknown in a preview.
      reloadsRemotes(release)
        ? known.apply(startupRemotes)
        : pulumi
            .all([known, loginDigests(context, all)])
            .apply(([each, digests]) => startupRemotesBefore(each, digests)),
    ),
    hostFiles: all.flatMap((one) => one.hostFiles),
    verified: all.flatMap(({ name, account, isVerified }) =>
      isVerified ? [{ name, account: account.publicKey }] : [],
    ),
    diagnostics: all.flatMap((one) => one.diagnostics),
    warnings: pulumi.all(all.map((one) => one.warnings)).apply((lists) => lists.flat()),
    logins: pulumi
      .all(all.map(({ name, secret }) => hubLoginOf(secret).apply((login) => [name, login] as const)))
      .apply((each) => Object.fromEntries(each)),
    hasPassword: all.some(({ login }) => login === "password"),
  };
}

/** Where a remote is declared. */
interface DeclaredRemote {
  readonly name: string;
  readonly path: string;
  readonly remote: RemoteArgs;
  readonly account: Account;
}

/** Returns the well-formed remotes of a server, sorted by name. */
function declaredRemotes({ remotes, ...args }: RemotesContext["args"], server: ServerWithRemotes): DeclaredRemote[] {
  const all = {
    ...atPaths("remotes", hasShape(REMOTES, remotes) ? remotes : undefined),
    ...atPaths(keyPath(server.path, "remotes"), hasShape(SERVER_REMOTES, server.remotes) ? server.remotes : undefined),
  };
  return sortEntries(all).flatMap(([name, { path, remote }]) => {
    const account = remote === "disabled" ? undefined : findAccount(args, remote.account);
    return remote === "disabled" || account === undefined || account === args.operator.systemAccount
      ? []
      : [{ name, path, remote, account }];
  });
}

function atPaths(path: string, remotes: ServerRemotes | undefined) {
  const entries = Object.entries(isRecord(remotes) ? remotes : {});
  return Object.fromEntries(entries.map(([name, remote]) => [name, { path: keyPath(path, name), remote }]));
}

/** Returns the account of a cluster that is given, or has a name. */
export function findAccount(args: ConfigurationArgs, given: Account | string): Account | undefined {
  return accountsOf(args).find((account) => account === given || account.accountName === given);
}

/** A remote, as far as it is known. */
function resolveRemote(context: RemotesContext, { name, path, remote: args, account }: DeclaredRemote) {
  const { isLocal, folder } = context;
  const { accountName } = account;
  const tls = resolveRemoteTls({ name, path: keyPath(path, "tls"), args: args.tls, isLocal, folder });
  const login = loginOf(args);
  const remote = givenSettings(args).apply((given): Remote => {
    // Invalid ones are reported elsewhere.
    const settings = settingsDiagnostics(given).length === 0 ? REMOTE.normalize(given) : { urls: [] };
    return {
      name,
      path,
      account: accountName,
      settings,
      login,
      hasTls: args.tls !== undefined || requireTls(settings.urls),
      hasAuthorities: args.tls?.ca !== undefined,
    };
  });
  const secret = secretOf(args, login);
  return {
    name,
    account,
    login,
    remote,
    isVerified: args.verification !== "disabled",
    secret,
    block: pulumi.all([remote, tls.block]).apply(([known, block]): Omit<RemoteBlock, "accountKey"> => ({
      ...known,
      ...(known.hasTls ? { tls: block } : {}),
    })),
    files: pulumi
      .all([remote, secret, tls.files])
      .apply(([known, found, more]) => ({ ...(found === undefined ? {} : remoteFiles(known, found)), ...more })),
    fileNames: [
      ...(login === "creds" ? [credsFile(name)] : login === "none" ? [] : [loginFile(name)]),
      ...tls.fileNames,
    ],
    hostFiles: tls.hostFiles,
    diagnostics: [
      givenSettings(args).apply((known) => prefixPaths(path, settingsDiagnostics(known))),
      loginDiagnostics(path, args),
      tls.diagnostics,
    ],
    warnings: tls.warnings,
  };
}

function givenSettings(args: RemoteArgs): pulumi.Output<RemoteSettings> {
  return pulumi.output(REMOTE.each((key) => args[key])) as pulumi.Output<unknown> as pulumi.Output<RemoteSettings>;
}

function settingsDiagnostics(given: RemoteSettings): Diagnostic[] {
  const { urls } = given as Partial<RemoteSettings>;
  return urls === undefined ? REMOTE.diagnostics({ ...given, urls: [] }) : REMOTE.diagnostics(given);
}

/** Returns what identifies the seeds and passwords of remotes, without revealing them, by name. */
function loginDigests(
  { args }: RemotesContext,
  remotes: readonly Pick<ReturnType<typeof resolveRemote>, "name" | "login" | "secret">[],
): pulumi.Output<Readonly<Record<string, string>>> {
  const read = remotes.filter(({ login }) => login === "seed" || login === "password");
  if (read.length === 0) {
    return pulumi.output({} as Readonly<Record<string, string>>);
  }
  const digests = pulumi
    .all([args.operator.checkSigner, pulumi.all(read.map(({ secret }) => secret))])
    .apply(([seed, secrets]) =>
      Object.fromEntries(
        read.map(({ name }, index) => [
          name,
          derivePassword(seed, `pulumi-nats-auth: login of the remote ${name}, ${JSON.stringify(secrets[index])}`),
        ]),
      ),
    );
  return pulumi.unsecret(digests);
}
