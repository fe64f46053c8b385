import { size } from "../form/limit-values";
import type { Size } from "../form/quantities";
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
}

const TERMS = new Terms<ServerStorage>({ memoryStorage: size(), fileStorage: size() });

/** The storage of a server, as a term of a cluster. An empty object has an effect: it enables JetStream. */
export const SERVER_STORAGE = term<ServerStorage>(
  TERMS.keys,
  (storage) => TERMS.diagnostics(storage),
  (storage) => TERMS.normalize(storage),
);
