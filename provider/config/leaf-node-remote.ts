import { block, element, list, settings, textOf, texts } from "./lines";

/** How a leaf node connects to servers. */
export interface LeafNodeRemote {
  /** The URLs of servers that accept the same credentials. */
  readonly urls: readonly string[];
  /** Account of the leaf node's own server that is connected. @default its global account */
  readonly account?: string;
  /** Seed of the user that it logs in as, for servers in static mode. */
  readonly nkey?: string;
  /** Path of a file with the creds of the user, for servers in operator mode. */
  readonly credentials?: string;
  /** Path of a file with the certificates of authorities. @default those of the system */
  readonly ca?: string;
  /** Path of a file with the certificate of the leaf node. @default none */
  readonly certificate?: string;
  /** Path of a file with the private key of the certificate. */
  readonly keyFile?: string;
  /** True if the handshake precedes the first protocol message, as the servers require it. @default false */
  readonly handshakeFirst?: boolean;
}

/** Renders the `leafnodes` block for the configuration of a leaf node. */
export function renderLeafNodeRemote({ urls, ...login }: LeafNodeRemote): string {
  const { account, nkey, credentials, ca, certificate, keyFile, handshakeFirst } = login;
  return textOf(
    block(
      "leafnodes",
      list(
        "remotes",
        element(
          [
            ...texts("urls", urls),
            ...settings({ account, nkey, credentials }),
            ...block(
              "tls",
              settings({ cert_file: certificate, key_file: keyFile, ca_file: ca, handshake_first: handshakeFirst }),
            ),
          ],
          "braces",
        ),
      ),
    ),
  );
}
