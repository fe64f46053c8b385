/**
 * One changed permission among 1,000 users in 100 accounts: the time from the start of `up` until both servers have it, as a
 * ratio to an `up` of the same stack that changes nothing; and for how long the two servers disagree.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "../support/local-server";
import { PulumiCli } from "../support/stack-cli";
import { freePorts } from "../support/stack-ports";
import { median, printRatio, seconds } from "./measure";

const ROUNDS = 3;
const STACK = "bench";
const PROGRAM = join(__dirname, "programs/change");
const RELOADED = /^\[\d+\] (\S+) (\S+) \[INF\] Reloaded server configuration/gm;

/** When each server has reloaded last, in milliseconds since 1970, by the log of every place below a folder. */
async function reloads(home: string): Promise<number[]> {
  const names = await readdir(home, { recursive: true });
  const logs = names.filter((name) => name.endsWith("nats.log"));
  return Promise.all(
    logs.map(async (name) => {
      const last = [...(await readFile(join(home, name), "utf8")).matchAll(RELOADED)].at(-1);
      return last === undefined ? 0 : Date.parse(`${last[1]?.replaceAll("/", "-") ?? ""}T${last[2] ?? ""}`);
    }),
  );
}

async function main(): Promise<void> {
  const backend = temporaryFolder("bench");
  const home = join(backend, "home");
  const cli = new PulumiCli("bench-change", {
    PULUMI_BACKEND_URL: `file://${join(backend, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(16).toString("hex"),
    XDG_STATE_HOME: home,
    BENCH_PORTS: (await freePorts(4)).join(","),
  });
  const run = async (args: readonly string[], subject = "before") => {
    const { code, output } = await cli.run(PROGRAM, [...args, "--stack", STACK], { BENCH_SUBJECT: subject });
    if (code !== 0) {
      throw new Error(output);
    }
  };
  const up = (subject: string) => run(["up", "--yes", "--skip-preview"], subject);
  try {
    await mkdir(join(backend, "state"));
    await run(["stack", "init"]);
    await up("before");
    const [unchanged, inForce, whole, apart]: number[][] = [[], [], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const subject = `after.${round}`;
      const start = Date.now();
      whole?.push(await seconds(() => up(subject)));
      const times = await reloads(home);
      inForce?.push((Math.max(...times) - start) / 1000);
      apart?.push(Math.max(...times) - Math.min(...times));
      unchanged?.push(await seconds(() => up(subject)));
    }
    printRatio(
      "one permission of 1,000 users, until in force, seconds",
      "up without a change",
      inForce ?? [],
      unchanged ?? [],
    );
    printRatio("one permission of 1,000 users, whole up, seconds", "up without a change", whole ?? [], unchanged ?? []);
    console.log(`the servers disagree for ${median(apart ?? []).toFixed(1)} ms`);
  } finally {
    await run(["destroy", "--yes", "--skip-preview"]).catch(() => undefined);
    await cli.kill();
    await rm(backend, { recursive: true, force: true });
    await rm(join(PROGRAM, `Pulumi.${STACK}.yaml`), { force: true });
  }
}

void main();
