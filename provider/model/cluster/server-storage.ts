import { size } from "../form/limit-values";
import type { Size } from "../form/quantities";
import { term, Terms } from "../form/terms";

/** What a server may store of all streams of all accounts: sizes are numbers of bytes, or texts such as `"10GiB"`. */
export interface ServerStorage {
  /**
   * Memory.
   *
   * @default three quarters of the memory that the server finds
   */
  readonly memoryStorage?: Size;
  /**
   * Files.
   *
   * @default three quarters of the disk space that the server finds, or 1 TiB where it finds none
   */
  readonly fileStorage?: Size;
}

const TERMS = new Terms<ServerStorage>({ memoryStorage: size(), fileStorage: size() });

/** The storage of a server as one of the things that a cluster says; without a limit it is there all the same. */
export const SERVER_STORAGE = term<ServerStorage>(
  TERMS.keys,
  (storage) => TERMS.diagnostics(storage),
  (storage) => TERMS.normal(storage),
);
