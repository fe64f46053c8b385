import type { Proof } from "../support/wire";
import { Wire, type ClientOptions } from "../support/wire";

/** A client of the original server and of the adopted servers. */
export interface Client {
  /** `account/user`, or what else identifies it. */
  readonly name: string;
  readonly account: string;
  /** The property paths by which diagnostics can refer to the account. */
  readonly accountPaths: readonly string[];
  /** Those by which they can refer to the client, or to its role. */
  readonly paths: readonly string[];
  /**
   * Whether limits stop it: then it takes no part in the exchange of messages. If it may have no subscription, a server closes
   * each of its connections after a moment, before or after the first answer, so that nothing else can be asked.
   */
  readonly limits: "none" | "some" | "no subscriptions";
}

/** A server, and what each client shows to it. */
export interface Place {
  readonly name: string;
  readonly port: number;
  /** What a client shows; undefined for a client that has nothing to show there. */
  readonly proofOf: (client: Client) => Proof | undefined;
  /** What this server calls an account: a name, or a public key. */
  readonly accountId: (name: string) => string | undefined;
}

/** Milliseconds in which a connection that is over must be over for the server, too. */
const PATIENCE = 2_000;

/**
 * Logs in. Where the account or the server may have just so many connections, one that was closed may still count for a moment.
 *
 * @returns undefined when the server refuses it
 */
export async function logIn(place: Place, client: Client, options: ClientOptions = {}): Promise<Wire | undefined> {
  const proof = place.proofOf(client);
  for (const deadline = performance.now() + (client.limits === "none" ? 0 : PATIENCE); ;) {
    try {
      return proof === undefined ? undefined : await Wire.open(place.port, proof, options);
    } catch (error) {
      if (!/maximum (?:account active )?connections/i.test(String(error)) || performance.now() > deadline) {
        return undefined;
      }
    }
  }
}

const REFERENCE = /\{(?<name>[^{}]+)\}/g;

/** Replaces references to accounts, as in `$SYS.ACCOUNT.{ONE}.CONNECT`, with the names that a server has for them. */
export function toWire({ accountId }: Place, subject: string): string {
  return subject.replaceAll(REFERENCE, (reference, name: string) => accountId(name) ?? reference);
}

/** Replaces what a server calls accounts by their names. */
export function fromWire({ accountId }: Place, subject: string, accounts: readonly string[]): string {
  const names = new Map(accounts.map((name) => [accountId(name), name]));
  return subject
    .split(".")
    .map((token) => names.get(token) ?? token)
    .join(".");
}
