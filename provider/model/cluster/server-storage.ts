import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { size } from "../form/limit-values";
import type { Size } from "../form/quantities";
import { stringShape } from "../form/shape";
import { term, Terms } from "../form/terms";

/** Storage of a server for the streams of all accounts. Sizes are numbers of bytes, or strings such as `"10GiB"`. */
export interface ServerStorage {
  /**
   * Size of streams in memory.
   *
   * @default three quarters of the memory that the server detects
   */
  readonly memoryStorage?: Size;
  /**
   * Size of streams in files.
   *
   * @default three quarters of the disk space that the server detects, or 1 TiB where it detects none
   */
  readonly fileStorage?: Size;
  /**
   * JetStream domain (`jetstream.domain`): the name by which leaf nodes and servers behind them address the API, as
   * `$JS.<domain>.API`. Servers that are connected by leaf nodes and run JetStream need a domain each. Streams are kept. A change
   * restarts the servers.
   *
   * @default none
   */
  readonly domain?: string;
}

/** A token of a subject. nats-server rejects white space, dots and wildcards. */
const DOMAIN = /^[^\s.*>\p{Cc}]{1,255}$/u;

function domainDiagnostics(value: string): Diagnostic[] {
  const problem = DOMAIN.test(value) ? undefined : "is not a token of a subject: it is part of `$JS.<domain>.API`";
  return diagnose({ code: "NA1766", value, problem, remedy: "Use letters, digits, `-` and `_`." });
}

const TERMS = new Terms<ServerStorage>({
  memoryStorage: size(),
  fileStorage: size(),
  domain: term(stringShape, domainDiagnostics),
});

/** The storage of a server, as a term of a cluster. An empty object has an effect: it enables JetStream. */
export const SERVER_STORAGE = term<ServerStorage>(
  TERMS.keys,
  (storage) => TERMS.diagnostics(storage),
  (storage) => TERMS.normalize(storage),
);
