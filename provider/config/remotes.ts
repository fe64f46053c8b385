import { remoteUrls, type Remote } from "../model/cluster/remotes";
import type { TlsOptions } from "../model/tls/options";
import { tlsFile } from "./tls";
import { block, comment, element, line, list, settings, texts, renderText, type Lines } from "./lines";

/** Beginning of the names of files with logins of remotes, next to the configuration. */
const PREFIX = "remote-";

/** Returns whether a file contains the login of a remote. */
export function isRemoteFile(name: string): boolean {
  return name.startsWith(PREFIX) && /\.(creds|conf)$/.test(name);
}

/** Returns the file with the creds of a remote. */
export function credsFile(remote: string): string {
  return `${PREFIX}${remote}.creds`;
}

/** Returns the file with the part of the configuration that contains the login of a remote. */
export function loginFile(remote: string): string {
  return `${PREFIX}${remote}.conf`;
}

/** TLS of a remote: files as the server finds them, and options. */
export interface RemoteTls extends Pick<TlsOptions, "minVersion"> {
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly handshakeFirst?: boolean;
  /** What identifies the certificates, for people. */
  readonly outline: readonly string[];
}

/** A remote as a configuration contains it. */
export interface RemoteBlock extends Remote {
  /** What the account is called in the configuration. */
  readonly accountKey: string;
  readonly tls?: RemoteTls;
}

/** The remotes of a server, and where it finds files. */
export interface RemoteBlocks {
  readonly all: readonly RemoteBlock[];
  /** What precedes the names of files with creds. */
  readonly folder: string;
  /** What precedes the names of included files. */
  readonly prefix: string;
}

/** Without an option, nats-server encrypts only if the hub asks for it. */
const LOWEST_VERSION = "1.2";

/** Renders the remotes of a server. */
export function remotesLines({ all, folder, prefix }: RemoteBlocks): Lines {
  return list(
    "remotes",
    all.flatMap(({ name, account, accountKey, settings: known, hasTls, tls, login }) => [
      comment(name),
      ...element(
        [
          comment(account),
          ...settings({ account: accountKey }),
          ...(login === "password" ? [] : texts("urls", remoteUrls(known.urls, hasTls))),
          ...settings({ credentials: login === "creds" ? `${folder}${credsFile(name)}` : undefined }),
          ...texts("deny_imports", known.denyImports),
          ...texts("deny_exports", known.denyExports),
          ...(hasTls ? tlsLines(tls) : []),
          ...(login === "seed" || login === "password"
            ? [line(`include ${JSON.stringify(`./${prefix}${loginFile(name)}`)}`)]
            : []),
        ],
        "braces",
      ),
    ]),
  );
}

function tlsLines({ outline, minVersion = LOWEST_VERSION, ...tls }: RemoteTls = { outline: [] }): Lines {
  return block("tls", [
    ...outline.map(comment),
    ...settings({
      cert_file: tls.certificateFile,
      key_file: tls.keyFile,
      ca_file: tls.caFile,
      min_version: minVersion,
      handshake_first: tls.handshakeFirst,
    }),
  ]);
}

/** The secret login of a remote. */
export type RemoteSecret =
  | { readonly creds: string }
  | { readonly seed: string }
  | { readonly user: string; readonly password: string };

/** Returns the file with the login of a remote. */
export function remoteFiles(
  { name, settings: { urls }, hasTls }: Remote,
  secret: RemoteSecret,
): Record<string, string> {
  if ("creds" in secret) {
    return { [credsFile(name)]: secret.creds };
  }
  if ("seed" in secret) {
    return { [loginFile(name)]: renderText([settings({ nkey: secret.seed })]) };
  }
  const login = `${encodeURIComponent(secret.user)}:${encodeURIComponent(secret.password)}@`;
  return { [loginFile(name)]: renderText([texts("urls", remoteUrls(urls, hasTls, login))]) };
}

/** Returns the file with the certificate of a remote and its private key. */
export function remotePairFile(name: string): string {
  return tlsFile(`${PREFIX}${name}`);
}

/** Returns the file with the certificates of the authorities that a remote trusts. No name of a remote makes it that of another pair. */
export function remoteAuthoritiesFile(name: string): string {
  return tlsFile(`ca-${PREFIX}${name}`);
}
