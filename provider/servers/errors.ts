import { indented } from "../config/syntax";
import type { Code } from "../diagnostics/codes";

/** Returns the message of an error, or the text of any other thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Joins a message and its list: a refresh shows a changed text of several lines without what it was before. */
export function toLine(message: string): string {
  const [problem = "", ...list] = message.split("\n");
  return [problem, list.map((line) => line.replace(/^ *- /, "")).join("; ")].join(" ").trim();
}

/** A failure at run time. Its message ends its first line with the code. */
export class ServerError extends Error {
  override readonly name: string = "ServerError";

  /**
   * @param problem what failed, as a clause
   * @param details more lines, such as the output of a server or what to do
   */
  constructor(
    readonly code: Code,
    problem: string,
    details: readonly string[] = [],
    options?: ErrorOptions,
  ) {
    super([`${problem} [${code}]${details.length === 0 ? "" : ":"}`, ...details].join("\n"), options);
  }
}

/** A server did not accept a configuration, or did not start or reload with it. */
export class ServerRefusal extends ServerError {
  override readonly name = "ServerRefusal";
  /** The server's output, without passwords of routes. */
  readonly output: readonly string[];

  /**
   * @param code the kind of refusal
   * @param server the server's name in the program
   * @param problem what the server did not do, as a clause without subject
   * @param output what the server, or what runs it, printed
   * @param origins the parts of the program that the output refers to, as far as known
   */
  constructor(
    code: Code,
    readonly server: string,
    readonly problem: string,
    output: readonly string[] = [],
    origins: readonly string[] = [],
  ) {
    const redacted = output.map(redactPasswords);
    const inProgram = origins.length === 0 ? [] : ["In the program:", ...indented(origins)];
    super(code, `the ${server} server ${problem}`, [...indented(redacted), ...inProgram]);
    this.output = redacted;
  }
}

/**
 * Removes passwords from URLs: nats-server prints the whole URL of a route or remote that it cannot parse. A password ends at the last
 * `@` of the URL.
 */
export function redactPasswords(line: string): string {
  return line.replace(/(\w+:\/\/[^\s:/@]*:)\S*@/g, "$1…@");
}
