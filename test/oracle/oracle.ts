import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

/** What Go's JWT library reads in a token. */
export interface TokenAnswer {
  readonly claims: unknown;
  readonly findings: readonly { readonly problem: string; readonly blocking: boolean }[];
  /** Paths of what the library does not know. */
  readonly unknown: readonly string[];
}

/** What nats-server makes of a configuration. */
export interface ConfigAnswer {
  readonly systemAccount: string;
  readonly accounts: Readonly<Record<string, unknown>>;
  readonly users: Readonly<Record<string, unknown>>;
  /** The service that a static server asks about clients. */
  readonly callout: unknown;
}

/** How long Go's JWT library took to sign claims. */
export interface SigningAnswer {
  readonly count: number;
  readonly seconds: number;
  readonly tokens: readonly string[];
}

/** A question to the oracle, which is in tools/modules/oracle. */
type Question =
  | { readonly ask: "token"; readonly token: string }
  | { readonly ask: "config"; readonly file: string; readonly accounts: readonly string[] }
  | { readonly ask: "sign"; readonly claims: readonly object[]; readonly seed: string };

/** What the oracle was shown is nothing that the code of the NATS project accepts: its words. */
export class OracleRefusal extends Error {
  override readonly name = "OracleRefusal";
}

/** The code of the NATS project itself, as a process that answers questions one after the other. */
export class Oracle {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #lines: Interface;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const path = process.env.NATS_ORACLE;
    if (path === undefined || path === "") {
      throw new Error("NATS_ORACLE, the path of the tests' oracle, is not set: run `npm test`, which provides it");
    }
    this.#process = spawn(path);
    this.#process.stderr.resume();
    this.#lines = createInterface(this.#process.stdout);
  }

  /** What Go's JWT library reads in a token. @throws OracleRefusal when it cannot read it */
  token(token: string): Promise<TokenAnswer> {
    return this.#ask({ ask: "token", token });
  }

  /** What nats-server makes of a configuration file, and of these accounts. @throws OracleRefusal when it refuses */
  config(file: string, accounts: readonly string[]): Promise<ConfigAnswer> {
    return this.#ask({ ask: "config", file, accounts });
  }

  /** Signs the claims of accounts and users with Go's JWT library. */
  sign(claims: readonly object[], seed: string): Promise<SigningAnswer> {
    return this.#ask({ ask: "sign", claims, seed });
  }

  /** Ends the process. */
  end(): void {
    this.#process.kill();
  }

  #ask<T>(question: Question): Promise<T> {
    const answer = this.#last.then(() => this.#next<T>(question));
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async #next<T>(question: Question): Promise<T> {
    const line = new Promise<string>((resolve, reject) => {
      this.#lines.once("line", resolve);
      this.#process.once("exit", () => {
        reject(new Error("the oracle has ended"));
      });
    });
    this.#process.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = JSON.parse(await line) as T | { readonly error: string };
    this.#process.removeAllListeners("exit");
    if (typeof answer === "object" && answer !== null && "error" in answer) {
      throw new OracleRefusal(answer.error);
    }
    return answer;
  }
}
