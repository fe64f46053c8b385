/** The version of the claims' schema (nats-io/jwt v2). */
export const VERSION = 2;

/** Claims of one kind of token, under `nats` in the token, and who they are about. */
export interface Claims {
  /** The name for people. */
  readonly name: string;
  /** The public key that the token is about. */
  readonly sub: string;
  /** What the token says. */
  readonly nats: Readonly<Record<string, unknown>>;
}
