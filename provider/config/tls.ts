import {
  appliedOptions,
  TLS_LISTENERS,
  type ListenerTls,
  type ServerTls,
  type TlsListener,
} from "../model/cluster/tls";
import { type TlsOptions } from "../model/tls/options";
import { omitUndefined } from "../model/form/order";
import { certificatesIn } from "../model/tls/pem";
import { outlineOf } from "../model/tls/certificate";
import { block, comment, settings, texts, type Lines } from "./lines";

/** The `tls` block of a listener: files as the server finds them, and options. */
export interface TlsBlock extends TlsOptions {
  readonly certificateFile: string;
  readonly keyFile: string;
  readonly caFile?: string;
  /** What identifies the certificates, for people. */
  readonly outline: readonly string[];
}

/** The `tls` blocks of a server. */
export interface TlsBlocks extends Partial<Readonly<Record<TlsListener, TlsBlock>>> {
  /** True if monitoring uses the certificate for clients. */
  readonly monitoring?: boolean;
}

/** Beginning and end of the names of files with certificates and keys, next to the configuration. */
const PREFIX = "tls-";
const SUFFIX = ".pem";

/** Returns whether a file contains certificates or keys of a server. */
export function isTlsFile(name: string): boolean {
  return name.startsWith(PREFIX) && name.endsWith(SUFFIX);
}

/** Returns the name of a file with certificates or keys. */
export function tlsFile(what: string): string {
  return `${PREFIX}${what}${SUFFIX}`;
}

/**
 * Returns the file with the certificate of a listener and its private key. They are in one file, which is replaced as a whole: a
 * server that starts at any moment finds a pair.
 */
export function pairFile(kind: TlsListener): string {
  return tlsFile(kind);
}

/** Returns the file with the certificates of the authorities that a listener trusts. */
export function authoritiesFile(kind: TlsListener): string {
  return tlsFile(`${kind}-ca`);
}

/** Returns the `tls` blocks of a server without problems. @param folder what precedes the names of files that the package writes */
export function tlsBlocks(tls: ServerTls, folder: string): TlsBlocks {
  const blocks = TLS_LISTENERS.flatMap((kind) => {
    const { [kind]: listener } = tls;
    return listener === undefined ? [] : [[kind, tlsBlock(kind, listener, folder)] as const];
  });
  return { ...Object.fromEntries(blocks), ...(tls.monitoring ? { monitoring: true } : {}) };
}

function tlsBlock(kind: TlsListener, { certificate, key, ca, options }: ListenerTls, folder: string): TlsBlock {
  const pair = `${folder}${pairFile(kind)}`;
  return omitUndefined<TlsBlock>({
    certificateFile: certificate?.file ?? pair,
    keyFile: key?.file ?? pair,
    caFile: ca === undefined ? undefined : (ca.file ?? `${folder}${authoritiesFile(kind)}`),
    ...appliedOptions(kind, options),
    outline: [certificate?.text, ca?.text].flatMap((text) =>
      text === undefined ? [] : certificatesIn(text).map(outlineOf),
    ),
  });
}

/** Renders a `tls` block; nothing without one. */
export function tlsLines(tls: TlsBlock | undefined): Lines {
  if (tls === undefined) {
    return [];
  }
  const { certificateFile, keyFile, caFile } = tls;
  return block("tls", [
    ...tls.outline.map(comment),
    ...settings({ cert_file: certificateFile, key_file: keyFile, ca_file: caFile }),
    ...tlsOptionLines(tls),
  ]);
}

/** Renders the options of a `tls` block. */
export function tlsOptionLines({ cipherSuites, curves, pinnedCertificates, ...options }: TlsOptions): Lines {
  const { verify, minVersion, timeout, handshakeFirst } = options;
  return [
    ...settings({ verify, min_version: minVersion, timeout, handshake_first: handshakeFirst }),
    ...texts("cipher_suites", cipherSuites),
    ...texts("curve_preferences", curves),
    ...texts("pinned_certs", pinnedCertificates),
  ];
}
