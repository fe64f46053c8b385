import type { Adopted } from "../../provider/adopt";
import type { Proof } from "../support/wire";
import type { Client } from "./places";
import type { Program } from "./program";

/** A server that is compared with the original one; `renewed`: the operator server, with the JWTs of the program. */
export type AdoptedPlace = "static" | "operator" | "renewed";

/** A store or configuration, the server that has it, and its clients. */
export interface Original {
  /** The configuration of the original server. */
  readonly config: (port: number) => string;
  /** Whether it stores streams. */
  readonly jetstream: boolean;
  /** The names of the accounts. */
  readonly accounts: readonly string[];
  /** The name of the system account, if it has clients. */
  readonly systemAccount: string | undefined;
  /** Subjects of permissions, exports, imports and mappings. */
  readonly subjects: readonly string[];
  readonly clients: readonly Client[];
  /** The servers that its clients are tried on: those that docs/adopt.md promises something of. */
  readonly places: readonly AdoptedPlace[];
  /** What clients show to each server. */
  readonly proofs: (
    program: Program | undefined,
  ) => Readonly<Record<AdoptedPlace | "original", (client: Client) => Proof | undefined>>;
  /** What the original or the adopted servers call an account. */
  readonly accountIds: (program: Program | undefined) => (name: string) => string | undefined;
  /** True for a client outside of the store: only the operator server, by its keys, can admit it. */
  readonly absent: (place: AdoptedPlace, client: Client) => boolean;
  /** Adopts it. */
  readonly read: () => Adopted;
}
