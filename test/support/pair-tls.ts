import { authoritiesFile, pairFile, tlsBlocks, type TlsBlocks } from "../../provider/config/tls";
import { TLS_LISTENERS, type ServerTls } from "../../provider/model/cluster/tls";
import { Authority, type Issued } from "./certificates";

/** TLS of the servers of a pair, and of their clients. */
export interface PairTls {
  readonly ca: string;
  readonly server: Issued;
  /** The certificate of clients; undefined if servers require none. */
  readonly client: Issued | undefined;
}

let current: PairTls | undefined;

/** The TLS of all pairs; undefined without any. */
export function pairTls(): PairTls | undefined {
  return current;
}

/** Creates certificates, with which all pairs encrypt clients and routes until {@link disableTls} is called. */
export async function enableTls(kind: "server" | "mutual"): Promise<PairTls> {
  const authority = await Authority.create();
  const server = await authority.issue();
  const client = kind === "mutual" ? await authority.issue({ hosts: [], purposes: ["clientAuth"] }) : undefined;
  current = { ca: authority.cert, server, client };
  return current;
}

export function disableTls(): void {
  current = undefined;
}

/** The `tls` blocks of a server of a pair. */
export function pairBlocks({ client }: PairTls): TlsBlocks {
  const source = { path: "", diagnostics: [] };
  const listener = { path: "", certificate: source, key: source, ca: source, options: {} };
  const clients = { ...listener, options: client === undefined ? {} : { verify: true } };
  const protocols = { leafNodes: listener, websocket: listener, mqtt: listener };
  return tlsBlocks({ clients, routes: listener, ...protocols, monitoring: false } satisfies ServerTls, "");
}

/** The files with certificates and keys of a server of a pair. */
export function pairFiles({ ca, server }: PairTls): Record<string, string> {
  return Object.fromEntries(
    TLS_LISTENERS.flatMap((kind) => [
      [pairFile(kind), server.cert + server.key],
      [authoritiesFile(kind), ca],
    ]),
  );
}
