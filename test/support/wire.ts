import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { KeyPair } from "nkeys.js";
import { keyPairFromSeed } from "../../provider/nkeys/keys";
import { pairTls } from "./pair-tls";

/** What a client shows: a seed for the static server; for the operator server a JWT, too. Other servers accept passwords. */
export interface Proof {
  /** Signs what the server asks to have signed. */
  readonly seed?: string;
  readonly jwt?: string;
  /**
   * The public key that the client sends, or false to send none.
   *
   * @default that of the seed
   */
  readonly nkey?: string | false;
  /** Name and password, without keys. */
  readonly user?: string;
  readonly password?: string;
  /** A token, without keys. */
  readonly token?: string;
  /**
   * Signs, too, as a proxy does that the client comes through.
   *
   * @default no proxy
   */
  readonly proxy?: KeyPair;
}

/** A message: its subject, the subject for an answer, its text, and the id of the subscription that it came by. */
export interface Received {
  readonly subject: string;
  readonly id: number;
  readonly reply: string | undefined;
  readonly text: string;
}

/** What a server did with one command. */
export type Decision = "allowed" | "denied" | "closed";

/** How a client behaves, apart from what it shows. */
export interface ClientOptions {
  /**
   * Receives headers. A server then answers at once, with a message without text, when nobody responds to a request.
   *
   * @default false
   */
  readonly headers?: boolean;
}

/** Servers leave the reply subject of their own messages empty. */
const MESSAGE = /^MSG (?<subject>[^ ]+) (?<id>\d+) (?:(?<reply>[^ ]*) )?(?<length>\d+)$/;
const MESSAGE_WITH_HEADERS = /^HMSG (?<subject>[^ ]+) (?<id>\d+) (?:(?<reply>[^ ]*) )?(?<headers>\d+) (?<length>\d+)$/;

/** How often a login is tried on a machine that is busy. */
const ATTEMPTS = 5;
/** Milliseconds in which a server must respond; only a broken test reaches it. */
const SILENCE = 10_000;

/**
 * A client of the bare protocol. It sends any command, well-formed or not, followed by a PING, so
 * that the server's whole response has arrived with the PONG, without waiting.
 */
export class Wire {
  /** The messages received so far, in order. */
  readonly received: Received[] = [];
  /** The errors received so far, in order. */
  readonly errors: string[] = [];
  #socket: Socket;
  readonly #headers: boolean;
  #buffer = Buffer.alloc(0);
  #closed = false;
  #pongs = 0;
  #wake: () => void = () => undefined;

  private constructor(port: number, { headers = false }: ClientOptions) {
    this.#headers = headers;
    this.#socket = this.#listen(connect(port, "127.0.0.1"));
  }

  #listen<S extends Socket>(socket: S): S {
    socket.setTimeout(SILENCE, () => socket.destroy(new Error("the server says nothing")));
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      this.#read();
      this.#wake();
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#closed = true;
      this.#wake();
    });
    return socket;
  }

  /** Encrypts the connection, if the servers of all pairs do. */
  #encrypt(): void {
    const tls = pairTls();
    if (tls !== undefined && this.#info?.tls_required === true) {
      this.#socket.removeAllListeners("data");
      const { ca, client } = tls;
      this.#socket = this.#listen(connectTls({ socket: this.#socket, ca, host: "127.0.0.1", ...client }));
    }
  }

  /**
   * Logs in. Tries again if this machine was too slow for the server.
   *
   * @throws Error with the server's words when it refuses
   */
  static async open(port: number, proof: Proof = {}, options: ClientOptions = {}): Promise<Wire> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await Wire.#openOnce(port, proof, options);
      } catch (error) {
        if (!String(error).includes("Authentication Timeout") || attempt === ATTEMPTS) throw error;
      }
    }
  }

  static async #openOnce(port: number, proof: Proof, options: ClientOptions): Promise<Wire> {
    const wire = new Wire(port, options);
    await wire.#until(() => wire.#info !== undefined);
    wire.#encrypt();
    const refused = (await wire.send(`CONNECT ${JSON.stringify(wire.#connectOptions(proof))}\r\n`)) !== "allowed";
    if (refused) {
      await wire.close();
      throw new Error(wire.errors.join("; ") || "the server closed the connection");
    }
    return wire;
  }

  /** Sends one command. Returns the server's decision. */
  async send(command: string): Promise<Decision> {
    const [decision] = await this.sendAll([command]);
    return decision ?? "closed";
  }

  /** Sends commands without waiting between them. Returns the server's decision on each. */
  async sendAll(commands: readonly string[]): Promise<Decision[]> {
    const decisions: Decision[] = [];
    const first = this.#pongs;
    this.#socket.write(commands.map((command) => `${command}PING\r\n`).join(""));
    let errors = this.errors.length;
    this.#onPong = () => {
      decisions.push(this.errors.length > errors ? "denied" : "allowed");
      errors = this.errors.length;
    };
    await this.#until(() => this.#pongs - first === commands.length || this.#closed);
    return commands.map((_, index) => decisions[index] ?? "closed");
  }

  /** Closes the connection; resolves once it is closed. */
  async close(): Promise<void> {
    this.#socket.destroy();
    await this.#until(() => this.#closed);
  }

  #info: { nonce?: string; tls_required?: boolean } | undefined;
  #onPong: () => void = () => undefined;

  #connectOptions({ seed, jwt, nkey, proxy, user, password: pass, token: auth_token }: Proof): object {
    const nonce = new TextEncoder().encode(this.#info?.nonce ?? "");
    const by = proxy === undefined ? {} : { proxy_sig: Buffer.from(proxy.sign(nonce)).toString("base64url") };
    const headers = { headers: this.#headers, no_responders: this.#headers };
    const client = { verbose: false, pedantic: false, lang: "test", version: "1", protocol: 1, ...headers };
    const options = { ...client, jwt, user, pass, auth_token, ...by };
    const claimed = nkey === false ? {} : { nkey };
    if (seed === undefined) {
      return { ...options, ...claimed };
    }
    const pair = keyPairFromSeed("user", seed);
    const signature = pair.sign(nonce);
    const own = nkey === undefined ? { nkey: pair.getPublicKey() } : claimed;
    return { ...options, ...own, sig: Buffer.from(signature).toString("base64url") };
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#closed) {
        return;
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #read(): void {
    for (;;) {
      const end = this.#buffer.indexOf("\r\n");
      if (end < 0) {
        return;
      }
      const line = this.#buffer.subarray(0, end).toString();
      const message = (MESSAGE.exec(line) ?? MESSAGE_WITH_HEADERS.exec(line))?.groups;
      const rest = end + 2 + (message === undefined ? 0 : Number(message.length) + 2);
      if (this.#buffer.length < rest) {
        return;
      }
      const text = this.#buffer.toString("utf8", end + 2 + Number(message?.headers ?? 0), rest - 2);
      this.#buffer = this.#buffer.subarray(rest);
      if (message === undefined) {
        this.#control(line);
      } else {
        this.received.push({
          subject: message.subject ?? "",
          id: Number(message.id),
          reply: message.reply === "" ? undefined : message.reply,
          text,
        });
      }
    }
  }

  #control(line: string): void {
    if (line === "PONG") {
      this.#pongs += 1;
      this.#onPong();
    } else if (line === "PING") {
      this.#socket.write("PONG\r\n");
    } else if (line.startsWith("INFO ")) {
      this.#info ??= JSON.parse(line.slice("INFO ".length)) as { nonce?: string; tls_required?: boolean };
    } else if (line.startsWith("-ERR ")) {
      this.errors.push(line.slice("-ERR ".length));
    }
  }
}

/** The command that publishes a message. */
export function publish(subject: string, text = ""): string {
  return `PUB ${subject} ${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** The command that publishes a request. */
export function request(subject: string, reply: string, text = ""): string {
  return `PUB ${subject} ${reply} ${Buffer.byteLength(text)}\r\n${text}\r\n`;
}

/** The command that subscribes. */
export function subscribe(subject: string, id: number, queue?: string): string {
  return `SUB ${[subject, queue, id].filter((part) => part !== undefined).join(" ")}\r\n`;
}

/** The command that ends a subscription. */
export function unsubscribe(id: number): string {
  return `UNSUB ${id}\r\n`;
}
