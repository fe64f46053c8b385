/**
 * Sets of users on the real engine and on the two servers: 10,000 users in one set against as many `User` resources, which are
 * extrapolated from 1,000, and against `nsc add user` in a loop; then what changes cost, beside an empty set. And the servers
 * alone with as many static users, which is the physical limit.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { signSetTokens, type SetToken } from "../../provider/jwt/set-jwts";
import { generateKeyPair } from "../../provider/nkeys/keys";
import { Oracle } from "../oracle/oracle";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { freePorts } from "../support/stack-ports";
import { printRatio, seconds } from "./measure";
import type { Figures } from "./models/figures";
import { measured, middle } from "./models/measured";

const STACK = "bench";
const USERS = 10_000;
/** As many users as are measured one by one, and extrapolated. */
const SINGLE = 1_000;
const ADDED_BY_NSC = 200;

/** A stack of a benchmark's program. */
class BenchStack {
  readonly #backend = temporaryFolder("bench");
  readonly #folder: string;
  #cli: PulumiCli | undefined;

  constructor(readonly program: string) {
    this.#folder = join(__dirname, "programs", program);
  }

  async prepare(): Promise<void> {
    await mkdir(join(this.#backend, "state"));
    this.#cli = new PulumiCli(`bench-${this.program}`, {
      PULUMI_BACKEND_URL: `file://${join(this.#backend, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
      XDG_STATE_HOME: join(this.#backend, "home"),
      BENCH_PORTS: (await freePorts(4)).join(","),
    });
    await this.#run(["stack", "init"]);
  }

  /** Runs a command with a number of users. @returns its seconds */
  measure(command: "up" | "preview" | "destroy", users: number): Promise<number> {
    const args = command === "preview" ? [command] : [command, "--yes", "--skip-preview"];
    return seconds(() => this.#run(args, { BENCH_USERS: String(users) }));
  }

  async stateBytes(): Promise<number> {
    return (await stat(join(this.#backend, `state/.pulumi/stacks/bench-${this.program}/${STACK}.json`))).size;
  }

  async remove(): Promise<void> {
    await this.#cli?.kill();
    await rm(this.#backend, { recursive: true, force: true });
    await rm(join(this.#folder, `Pulumi.${STACK}.yaml`), { force: true });
  }

  async #run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<void> {
    const result = await this.#cli?.run(this.#folder, [...args, "--stack", STACK], env);
    if (result?.code !== 0) {
      throw new Error(result?.output);
    }
  }
}

/** Deploys sets of a size, and one more user. */
async function lifeOfSet(users: number): Promise<Record<string, number>> {
  const stack = new BenchStack("fleet");
  try {
    await stack.prepare();
    const up = await stack.measure("up", users);
    const bytes = await stack.stateBytes();
    const again = await stack.measure("up", users);
    const added = await stack.measure("up", users + 1);
    const preview = await stack.measure("preview", users + 1);
    const destroy = await stack.measure("destroy", users + 1);
    return { up, bytes, again, added, preview, destroy };
  } finally {
    await stack.measure("destroy", users).catch(() => undefined);
    await stack.remove();
  }
}

/** Deploys single users, without servers. @returns seconds of the first update */
async function upOfSingleUsers(): Promise<number> {
  const stack = new BenchStack("users");
  try {
    await stack.prepare();
    return await stack.measure("up", SINGLE);
  } finally {
    await stack.remove();
  }
}

/** Adds users with nsc. @returns seconds for each user */
async function addByNsc(): Promise<number> {
  const folder = temporaryFolder("nsc");
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, NSC_HOME: folder, NKEYS_PATH: folder };
  const nsc = (...args: string[]) => execFileSync(process.env.NSC ?? "nsc", args, { env, stdio: "ignore" });
  try {
    nsc("add", "operator", "O");
    nsc("add", "account", "A");
    const all = await seconds(() => {
      for (let index = 0; index < ADDED_BY_NSC; index++) {
        nsc("add", "user", `d-${index}`);
      }
      return Promise.resolve();
    });
    return all / ADDED_BY_NSC;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Signs the JWTs of a set, and the same claims with Go's JWT library. @returns how many a second */
async function signing(): Promise<{ readonly ours: number; readonly byGo: number }> {
  const users = Array.from({ length: USERS }, (_, index): SetToken => ({
    name: `d-${index}`,
    publicKey: keyOf("user", String(index)),
    account: keyOf("account", "A"),
    issuedAt: 1_800_000_000,
    tags: [`site:${index % 100}`],
  }));
  const signer = pairOf("account", "role");
  const ours = USERS / (await seconds(() => signSetTokens(users, signer)));
  const oracle = new Oracle();
  try {
    const claims = users.map(({ name, publicKey, account, tags = [] }) =>
      scopedUserClaims({ name, publicKey, account, tags }),
    );
    const { count, seconds: time } = await oracle.sign(claims, seedOf("account", "role"));
    return { ours, byGo: count / time };
  } finally {
    oracle.end();
  }
}

/** Starts and reloads a server with static users. */
async function serverAlone(users: number): Promise<{ readonly start: number; readonly reload: number }> {
  const folder = temporaryFolder("server");
  const [port = 0] = await freePorts(1);
  const log = join(folder, "log");
  const config = join(folder, "nats.conf");
  const entries = Array.from({ length: users }, (_, index) => {
    const key = generateKeyPair("user", randomBytes).getPublicKey();
    return `{ nkey: ${key}, permissions: { publish: { allow: ["${index % 100}.d-${index}"] }, subscribe: { allow: ["_INBOX.>"] } } }`;
  });
  const text = `port: ${port}\nlog_file: "${log}"\naccounts { A { users: [\n${entries.join("\n")}\n] } }\n`;
  await writeFile(config, text);
  const until = async (line: string) => {
    while (!(await readFile(log, "utf8").catch(() => "")).includes(line)) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  let server: ReturnType<typeof spawn> | undefined;
  try {
    const start = await seconds(() => {
      server = spawn(process.env.NATS_SERVER ?? "nats-server", ["-c", config], { stdio: "ignore" });
      return until("Server is ready");
    });
    await writeFile(config, text.replace("accounts {", "accounts { B {},"));
    const reload = await seconds(() => {
      server?.kill("SIGHUP");
      return until("Reloaded server configuration");
    });
    return { start, reload };
  } finally {
    server?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

/** Prints what a model of 100,000 users costs, and how that grows from one of 10,000. */
function printModels(): void {
  const [small, large] = [100, 1_000].map((accounts) => measured({ accounts, users: 100 * accounts }, 1));
  const cost = (figures: readonly Figures[] = []) => middle(figures, "checking") + middle(figures, "rendering");
  printRatio(
    "model of 100,000 users in 1,000 accounts, checking and rendering, seconds",
    "10,000 users in 100 accounts (goal at most 12)",
    [cost(large)],
    [cost(small)],
  );
  printRatio("its memory, MB", "goal", [middle(large ?? [], "megabytes")], [2_000]);
}

async function main(): Promise<void> {
  const empty = await lifeOfSet(0);
  const set = await lifeOfSet(USERS);
  const of = (figures: Record<string, number>, step: string) => [figures[step] ?? NaN];
  const singles = ((await upOfSingleUsers()) * USERS) / SINGLE;
  printRatio("first up of 10,000 users in one set, seconds", "10,000 `User` resources, extrapolated", of(set, "up"), [
    singles,
  ]);
  printRatio("first up of 10,000 users in one set, seconds", "`nsc add user` in a loop", of(set, "up"), [
    (await addByNsc()) * USERS,
  ]);
  printRatio("one user added to 10,000, in force, seconds", "up without a change", of(set, "added"), of(set, "again"));
  for (const [step, name] of [
    ["again", "up without a change"],
    ["preview", "preview"],
    ["destroy", "destroy"],
  ] as const) {
    printRatio(`${name} with 10,000 users, seconds`, "an empty set", of(set, step), of(empty, step));
  }
  const bytes = ((set.bytes ?? NaN) - (empty.bytes ?? NaN)) / USERS;
  printRatio("state bytes a user", "goal", [bytes], [900]);
  const { ours, byGo } = await signing();
  printRatio("JWTs of a set signed per second", "Go's JWT library", [ours], [byGo]);
  printModels();
  for (const users of [10_000, 100_000]) {
    const { start, reload } = await serverAlone(users);
    printRatio(
      `nats-server with ${users.toLocaleString("en")} static users, start, seconds`,
      "reload",
      [start],
      [reload],
    );
  }
  console.log(`peak memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
}

void main();
