import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";

/** A JWT as the Go library decodes it. */
export interface TokenAnswer {
  readonly claims: unknown;
  readonly findings: readonly { readonly problem: string; readonly blocking: boolean }[];
  /** Paths of claims that the library does not support. */
  readonly unknown: readonly string[];
}

/** A configuration as nats-server loads it. */
export interface ConfigAnswer {
  readonly systemAccount: string;
  readonly accounts: Readonly<Record<string, unknown>>;
  readonly users: Readonly<Record<string, unknown>>;
  /** Auth callout of a static server. */
  readonly callout: unknown;
}

/** JWTs that the Go library signed, and how long it took. */
export interface SigningAnswer {
  readonly count: number;
  readonly seconds: number;
  readonly tokens: readonly string[];
}

/** A request to the oracle, whose source is in tools/modules/oracle. */
type Question =
  | { readonly ask: "token"; readonly token: string }
  | { readonly ask: "config"; readonly file: string; readonly accounts: readonly string[] }
  | { readonly ask: "sign"; readonly claims: readonly object[]; readonly seed: string };

/** The error of the NATS project's code when it rejects a JWT or a configuration. */
export class OracleRefusal extends Error {
  override readonly name = "OracleRefusal";
}

/** The NATS project's own code, as a process that answers one request after the other. */
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

  /** Decodes a JWT with the Go library. @throws OracleRefusal when the library rejects it */
  token(token: string): Promise<TokenAnswer> {
    return this.#ask({ ask: "token", token });
  }

  /** Loads a configuration file and these accounts with nats-server. @throws OracleRefusal when it rejects them */
  config(file: string, accounts: readonly string[]): Promise<ConfigAnswer> {
    return this.#ask({ ask: "config", file, accounts });
  }

  /** Signs the claims of accounts and users with the Go library. */
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
