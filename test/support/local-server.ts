import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LAME_DUCK_GRACE } from "../../provider/servers/lame-duck";
import { complaints, eventually, reloadOutcome, saysReady, triedDigest } from "../../provider/servers/log";
import {
  MAIN_FILE,
  ServerRefusal,
  type ConfigFiles,
  type Server,
  type ServerState,
} from "../../provider/servers/server";

const READY_TIMEOUT = 10_000;
const STOP_TIMEOUT = 5_000;

/** The nats-server executable that `npm test` prepares. */
export function natsServer(): string {
  const path = process.env.NATS_SERVER;
  if (path === undefined || path === "") {
    throw new Error("NATS_SERVER, the path of a nats-server executable, is not set: run `npm test`, which provides it");
  }
  return path;
}

/** What is still there of servers: killed and removed when the test run ends in the middle of a test. */
const running = new Set<ChildProcess>();
const folders = new Set<string>();

process.once("exit", () => {
  running.forEach((child) => child.kill("SIGKILL"));
  folders.forEach((folder) => {
    rmSync(folder, { recursive: true, force: true });
  });
});

/** A new folder that only this user can read. */
function privateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "nats-auth-test-"));
  folders.add(folder);
  return folder;
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  folders.delete(folder);
}

/** Has nats-server read a configuration without running it. */
export async function tryConfig(files: ConfigFiles): Promise<{ digest: string | undefined; output: string }> {
  const folder = privateFolder();
  try {
    write(folder, files);
    const output = await new Promise<string>((resolve) => {
      execFile(natsServer(), ["-t", "-c", join(folder, MAIN_FILE)], (_error, stdout, stderr) => {
        resolve(stdout + stderr);
      });
    });
    return { digest: triedDigest(output), output };
  } finally {
    removeFolder(folder);
  }
}

/** A nats-server that runs as a process of this machine, behind the interface by which the package handles servers. */
export class LocalServer implements Server {
  readonly #folder = privateFolder();
  #process: ChildProcess | undefined;
  #log = "";

  /** @param older its predecessors */
  constructor(
    readonly name: string,
    private readonly older: readonly LocalServer[] = [],
  ) {}

  /** What the server has logged since it was started last. */
  get log(): string[] {
    return this.#log.split("\n");
  }

  state(): Promise<ServerState> {
    const files = readdirSync(this.#folder).map((file) => [file, readFileSync(join(this.#folder, file), "utf8")]);
    return Promise.resolve({
      process: this.#process === undefined ? "stopped" : "running",
      files: Object.fromEntries(files) as ConfigFiles,
    });
  }

  async try(files: ConfigFiles): Promise<string> {
    const { digest, output } = await tryConfig(files);
    if (digest === undefined) {
      throw new ServerRefusal(this.name, "does not accept the configuration", complaints(output.split("\n")));
    }
    return digest;
  }

  put(files: ConfigFiles): Promise<void> {
    write(this.#folder, files);
    return Promise.resolve();
  }

  async start(): Promise<void> {
    if (this.#process !== undefined) {
      return;
    }
    this.#log = "";
    const child = spawn(natsServer(), ["-c", join(this.#folder, MAIN_FILE)], { stdio: ["ignore", "ignore", "pipe"] });
    this.#process = child;
    running.add(child);
    child.stderr.on("data", (chunk: Buffer) => (this.#log += chunk.toString()));
    child.once("close", () => {
      this.#process = undefined;
      running.delete(child);
    });
    const ready = await eventually(
      () => Promise.resolve(saysReady(this.log) || (this.#process === undefined ? false : undefined)),
      READY_TIMEOUT,
    );
    if (ready !== true) {
      await this.stop();
      throw new ServerRefusal(this.name, "did not start", complaints(this.log));
    }
  }

  async reload(digest: string): Promise<void> {
    const seen = this.log.length - 1;
    this.#process?.kill("SIGHUP");
    const outcome = await eventually(() => Promise.resolve(reloadOutcome(this.log.slice(seen))), READY_TIMEOUT);
    if (outcome === undefined || "refused" in outcome || outcome.digest !== digest) {
      throw new ServerRefusal(this.name, "did not take the configuration", complaints(this.log.slice(seen)));
    }
  }

  async stop(): Promise<void> {
    this.#process?.kill("SIGUSR2");
    await eventually(() => Promise.resolve(this.#process === undefined ? true : undefined), LAME_DUCK_GRACE);
    await this.#end("SIGINT");
  }

  predecessors(): Promise<Server[]> {
    return Promise.resolve([...this.older]);
  }

  async removePredecessors(): Promise<void> {
    await Promise.all(this.older.map((older) => older.remove()));
  }

  /** Stops the server for good, and takes its folder away. */
  async remove(): Promise<void> {
    await this.#end("SIGTERM");
    removeFolder(this.#folder);
  }

  async #end(signal: "SIGINT" | "SIGTERM"): Promise<void> {
    const child = this.#process;
    if (child === undefined) {
      return;
    }
    const closed = once(child, "close");
    child.kill(signal);
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT);
    await closed;
    clearTimeout(force);
  }
}

function write(folder: string, files: ConfigFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  }
}
