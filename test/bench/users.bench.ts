/**
 * Sets of users on the real engine and on the two servers: 10,000 users in one set against as many `User` resources, which are
 * extrapolated from 1,000, and against `nsc add user` in a loop; then what changes cost, beside an empty set. And the servers
 * alone with as many static users, which is the physical limit.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { statSync, watch } from "node:fs";
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
import { cost, printCosts, printLoad, printRatio, seconds, type Cost } from "./measure";
import type { Figures } from "./models/figures";
import { measured, middle } from "./models/measured";

const STACK = "bench";
const STATE_FILE = `${STACK}.json`;
const USERS = 10_000;
/** As many users as are measured one by one, and extrapolated. */
const SINGLE = 1_000;
const ADDED_BY_NSC = 200;

type Command = "up" | "preview" | "destroy";

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

  /** Runs a command with a number of users. @returns what it costs */
  measure(command: Command, users: number): Promise<Cost> {
    const args = command === "preview" ? [command] : [command, "--yes", "--skip-preview"];
    return cost(() => this.#run(args, { BENCH_USERS: String(users) }));
  }

  /** Runs a command as {@link measure} does. @returns the sizes of the state that it writes, one by one, in bytes */
  async measureWrites(command: Command, users: number): Promise<{ readonly cost: Cost; readonly writes: number[] }> {
    const writes: number[] = [];
    const watcher = watch(this.#states, (event, name) => {
      if (event === "rename" && name === STATE_FILE) {
        writes.push(statSync(join(this.#states, STATE_FILE), { throwIfNoEntry: false })?.size ?? 0);
      }
    });
    try {
      return { cost: await this.measure(command, users), writes };
    } finally {
      watcher.close();
    }
  }

  async stateBytes(): Promise<number> {
    return (await stat(join(this.#states, STATE_FILE))).size;
  }

  get #states(): string {
    return join(this.#backend, `state/.pulumi/stacks/bench-${this.program}`);
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

/** What the steps in the life of a set cost. */
interface SetLife {
  readonly steps: Readonly<Record<"up" | "again" | "added" | "preview" | "destroy", Cost>>;
  readonly bytes: number;
  /** How often an update writes a state that is at least half as large as the final one. */
  readonly writes: Readonly<Record<"up" | "added", number>>;
}

/** Deploys a set of a size, and one more user. */
async function lifeOfSet(users: number): Promise<SetLife> {
  const stack = new BenchStack("fleet");
  try {
    await stack.prepare();
    const up = await stack.measureWrites("up", users);
    const bytes = await stack.stateBytes();
    const again = await stack.measure("up", users);
    const added = await stack.measureWrites("up", users + 1);
    const preview = await stack.measure("preview", users + 1);
    const destroy = await stack.measure("destroy", users + 1);
    const large = (writes: readonly number[]) => writes.filter((size) => size > bytes / 2).length;
    return {
      steps: { up: up.cost, again, added: added.cost, preview, destroy },
      bytes,
      writes: { up: large(up.writes), added: large(added.writes) },
    };
  } finally {
    await stack.measure("destroy", users).catch(() => undefined);
    await stack.remove();
  }
}

/** Deploys single users, without servers. @returns what the first update costs */
async function upOfSingleUsers(): Promise<Cost> {
  const stack = new BenchStack("users");
  try {
    await stack.prepare();
    return await stack.measure("up", SINGLE);
  } finally {
    await stack.remove();
  }
}

/** Adds users with nsc. @returns what each user costs */
async function addByNsc(): Promise<Cost> {
  const folder = temporaryFolder("nsc");
  const env = { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, NSC_HOME: folder, NKEYS_PATH: folder };
  const nsc = (...args: string[]) => execFileSync(process.env.NSC ?? "nsc", args, { env, stdio: "ignore" });
  try {
    nsc("add", "operator", "O");
    nsc("add", "account", "A");
    const all = await cost(() => {
      for (let index = 0; index < ADDED_BY_NSC; index++) {
        nsc("add", "user", `d-${index}`);
      }
      return Promise.resolve();
    });
    return times(all, 1 / ADDED_BY_NSC);
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

/** Returns a multiple of a cost. */
function times({ wall, cpu }: Cost, factor: number): Cost {
  return { wall: wall * factor, cpu: cpu === undefined ? undefined : cpu * factor };
}

async function main(): Promise<void> {
  printLoad();
  const empty = await lifeOfSet(0);
  const set = await lifeOfSet(USERS);
  const { up, again, added } = set.steps;
  const singles = times(await upOfSingleUsers(), USERS / SINGLE);
  printCosts("first up of 10,000 users in one set", "10,000 `User` resources, extrapolated", [up], [singles]);
  const byNsc = times(await addByNsc(), USERS);
  printCosts("first up of 10,000 users in one set", "`nsc add user` in a loop", [up], [byNsc]);
  printCosts("one user added to 10,000, in force", "up without a change", [added], [again]);
  for (const [step, name] of [
    ["again", "up without a change"],
    ["preview", "preview"],
    ["destroy", "destroy"],
  ] as const) {
    printCosts(`${name} with 10,000 users`, "an empty set", [set.steps[step]], [empty.steps[step]]);
  }
  printRatio("state bytes a user", "goal", [(set.bytes - empty.bytes) / USERS], [900]);
  printRatio("writes of the whole state, first up", "one user added", [set.writes.up], [set.writes.added]);
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
  printLoad();
}

void main();
