/** Something that others made is not what it should be: a token, a credentials file, a configuration. */
export class Unreadable extends Error {
  readonly code = "UNREADABLE";

  /**
   * @param what what cannot be read, such as `nats.conf, line 3`
   * @param problem why, as a clause. What may be secret, such as a text that stands there, is not repeated
   */
  constructor(
    readonly what: string,
    readonly problem: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${what} cannot be read: ${problem}`, options);
    this.name = "Unreadable";
  }
}
