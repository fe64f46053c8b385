/**
 * Records the folder `stores` next to this file with commands of nsc:
 *
 *     npx tsx test/read/nsc/record.ts <path of an nsc executable>
 *
 * The keys are derived from labels, as in all tests, so that no seeds are stored here. Tests add the seeds to the stores.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KeyKind } from "../../../provider/nkeys/key-kinds";
import { keyOf, seedOf } from "../../support/keys";
import { temporaryFolder } from "../../support/local-server";
import { NSC_KEYS } from "./keys";

const [nsc = "nsc"] = process.argv.slice(2);
const folder = temporaryFolder("nsc-record");
const home = join(folder, "home");

function run(...args: string[]): void {
  execFileSync(nsc, ["-H", home, ...args], { stdio: ["ignore", "inherit", "inherit"] });
}

function key(kind: KeyKind, label: string): string {
  return keyOf(kind, `nsc ${label}`);
}

/** An operator with accounts and users signed by identity keys, the default of nsc. */
function plain(): void {
  run("add", "account", "-n", "SYS", "-k", key("account", "SYS"));
  run("edit", "operator", "--system-account", "SYS");
  run("add", "user", "-a", "SYS", "-n", "sys", "-k", key("user", "SYS/sys"));

  run("add", "account", "-n", "A", "-k", key("account", "A"));
  run(
    "add",
    "export",
    "-a",
    "A",
    "-n",
    "test",
    "-s",
    "test",
    "-r",
    "--latency",
    "latency.on.test",
    "--sampling",
    "100",
  );
  run("add", "export", "-a", "A", "-s", "slow.*", "-r", "--response-type", "Stream", "--response-threshold", "5s");
  run("add", "export", "-a", "A", "-s", "private.>", "-p");
  run("edit", "account", "-n", "A", "--conns", "100", "--payload", "65536", "--description", "What A offers");
  run("edit", "account", "-n", "A", "--info-url", "https://example.com/a", "--tag", "tenant:blue");
  run(
    "add",
    "user",
    "-a",
    "A",
    "-n",
    "test",
    "-k",
    key("user", "A/test"),
    "--allow-pub",
    "_INBOX.>,_R_.>,test.>",
    "--allow-sub",
    "_INBOX.>,test,test.> workers",
    "--deny-sub",
    "test.secret",
  );
  run(
    "add",
    "user",
    "-a",
    "A",
    "-n",
    "answers",
    "-k",
    key("user", "A/answers"),
    "--allow-sub",
    "test",
    "--allow-pub-response=3",
    "--response-ttl",
    "5s",
  );
  run(
    "add",
    "user",
    "-a",
    "A",
    "-n",
    "narrow",
    "-k",
    key("user", "A/narrow"),
    "--source-network",
    "127.0.0.0/8,10.1.0.0/16",
    "--tag",
    "team:one",
  );
  run(
    "edit",
    "user",
    "-a",
    "A",
    "-n",
    "narrow",
    "--time",
    "08:00:00-17:30:00",
    "--locale",
    "Europe/Berlin",
    "--subs",
    "10",
    "--conn-type",
    "STANDARD,WEBSOCKET",
  );
  run("add", "user", "-a", "A", "-n", "bearer", "-k", key("user", "A/bearer"), "--bearer");
  run("add", "user", "-a", "A", "-n", "gone", "-k", key("user", "A/gone"));
  run("revocations", "add-user", "-a", "A", "-n", "gone", "--at", "1760000000");

  const activation = join(folder, "activation.jwt");
  run("add", "account", "-n", "B", "-k", key("account", "B"), "--allow-pub", "b.>,_INBOX.>", "--deny-sub", "b.secret");
  run("generate", "activation", "-a", "A", "-s", "private.>", "-t", key("account", "B"), "-o", activation);
  run(
    "add",
    "import",
    "-a",
    "B",
    "--src-account",
    key("account", "A"),
    "--remote-subject",
    "test",
    "--service",
    "-n",
    "test",
  );
  run("add", "import", "-a", "B", "-u", activation, "-s", "from.a.>");
  run(
    "edit",
    "account",
    "-n",
    "B",
    "--js-mem-storage",
    "1Mib",
    "--js-disk-storage",
    "1Gib",
    "--js-streams",
    "10",
    "--js-consumer",
    "50",
    "--js-max-bytes-required",
  );
  run("edit", "account", "-n", "B", "--trace-context-subject", "trace.b", "--trace-context-sampling", "50");
  run("add", "mapping", "-a", "B", "-f", "old.*", "-t", "new.$1", "--weight", "60");
  run("add", "mapping", "-a", "B", "-f", "old.*", "-t", "newer.$1", "--weight", "40");
  run("add", "user", "-a", "B", "-n", "test", "-k", key("user", "B/test"));
}

/** An operator that requires signing keys, so that identity keys can stay offline. */
function strict(): void {
  const sign = (...args: string[]): void => {
    run("-K", key("operator", "STRICT signing"), ...args);
  };
  run("-K", seedOf("operator", "nsc STRICT"), "add", "operator", "-n", "STRICT");
  run("edit", "operator", "--sk", seedOf("operator", "nsc STRICT signing"), "--service-url", "nats://127.0.0.1:4222");
  sign("add", "account", "-n", "SYS", "-k", key("account", "STRICT SYS"));
  sign("edit", "account", "-n", "SYS", "--sk", seedOf("account", "nsc STRICT SYS signing"), "--js-disable");
  run(
    "edit",
    "operator",
    "--system-account",
    "SYS",
    "--require-signing-keys",
    "--account-jwt-server-url",
    "nats://127.0.0.1:4222",
  );

  sign("add", "account", "-n", "C", "-k", key("account", "C"));
  sign(
    "edit",
    "account",
    "-n",
    "C",
    "--sk",
    seedOf("account", "nsc C signing"),
    "--js-tier",
    "1",
    "--js-disk-storage",
    "1Gib",
  );
  sign(
    "edit",
    "signing-key",
    "-a",
    "C",
    "--sk",
    seedOf("account", "nsc C reader"),
    "--role",
    "reader",
    "--description",
    "Reads",
    "--allow-sub",
    "c.{{tag(team)}}.>",
    "--deny-pub",
    ">",
  );
  sign(
    "edit",
    "signing-key",
    "-a",
    "C",
    "--sk",
    seedOf("account", "nsc C lost"),
    "--role",
    "lost",
    "--allow-pub",
    "lost.>",
  );
  run(
    "-K",
    key("account", "C signing"),
    "add",
    "user",
    "-a",
    "C",
    "-n",
    "plain",
    "-k",
    key("user", "C/plain"),
    "--allow-pubsub",
    "c.>,_INBOX.>",
  );
  run("-K", "reader", "add", "user", "-a", "C", "-n", "reader", "-k", key("user", "C/reader"), "--tag", "team:one");
  run("-K", "lost", "add", "user", "-a", "C", "-n", "lost", "-k", key("user", "C/lost"));
}

try {
  const seeds = join(folder, "seeds");
  mkdirSync(seeds);
  NSC_KEYS.forEach(({ kind, label }) => {
    writeFileSync(join(seeds, `${key(kind, label)}.nk`), seedOf(kind, `nsc ${label}`));
  });
  run("-K", seedOf("operator", "nsc KO"), "add", "operator", "-n", "KO");
  run("import", "keys", "-d", seeds);
  plain();
  strict();
  for (const operator of ["KO", "STRICT"]) {
    cpSync(join(home, operator), join(__dirname, "stores", operator), { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
