/**
 * A set of 10,000 users on the real engine and on the two servers against as many `User` resources, which are extrapolated from 1,000,
 * and against `nsc add user` in a loop. Then JWTs and models, and the servers alone with as many static users, which is the physical
 * limit.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { scopedUserClaims } from "../../provider/jwt/claims";
import { signSetTokens, type SetToken } from "../../provider/jwt/set-jwts";
import { generateKeyPair } from "../../provider/nkeys/keys";
import { Oracle } from "../oracle/oracle";
import { keyOf, pairOf, seedOf } from "../support/keys";
import { temporaryFolder } from "../support/local-server";
import { freePorts } from "../support/stack-ports";
import { BenchStack } from "./bench-stack";
import { cost, printCosts, printLoad, printRatio, seconds, type Cost } from "./measure";
import type { Figures } from "./models/figures";
import { measured, middle } from "./models/measured";

const USERS = 10_000;
/** As many users as are measured one by one, and extrapolated. */
const SINGLE = 1_000;
const ADDED_BY_NSC = 200;

/** Deploys a set of users on two servers. @returns what the first update costs, and the memory that it takes in bytes */
async function upOfSet(): Promise<{ readonly cost: Cost; readonly bytes: number }> {
  const stack = new BenchStack("fleet", { BENCH_PORTS: (await freePorts(4)).join(",") });
  try {
    await stack.init();
    return await stack.measureMemory("up", { BENCH_USERS: `${USERS}` });
  } finally {
    await stack.dispose();
  }
}

/** Deploys single users, without servers. @returns what the first update costs */
async function upOfSingleUsers(): Promise<Cost> {
  const stack = new BenchStack("users");
  try {
    await stack.init();
    return await stack.measure("up", { BENCH_USERS: `${SINGLE}` });
  } finally {
    await stack.dispose();
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
  const { cost: up, bytes } = await upOfSet();
  const singles = times(await upOfSingleUsers(), USERS / SINGLE);
  printCosts("first up of 10,000 users in one set", "10,000 `User` resources, extrapolated", [up], [singles]);
  const byNsc = times(await addByNsc(), USERS);
  printCosts("first up of 10,000 users in one set", "`nsc add user` in a loop", [up], [byNsc]);
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
  console.log(`peak memory of the CLI, its plugins, the program and both servers: ${Math.round(bytes / 2 ** 20)} MB`);
  printLoad();
}

void main();
