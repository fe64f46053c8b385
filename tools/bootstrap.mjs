/**
 * The entry of every npm script: `node tools/bootstrap.mjs <command>`.
 *
 * It must run in a fresh checkout, so it is plain JavaScript without dependencies. It installs the packages of
 * package-lock.json, compiles the package, and continues in main.ts in the same process, so that signals and exit codes need
 * no forwarding.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const OLDEST_NODE = [20, 19];
const RECOMMENDED_NODE = 22;
const root = dirname(import.meta.dirname ?? "");
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(`Node.js ${process.versions.node} is too old: install Node.js ${OLDEST_NODE.join(".")} or newer.`);
    process.exit(1);
  }
}

/** Whether node_modules matches the lock file. npm writes its record of it last, after a complete install. */
function isInstalled() {
  const record = join(root, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const present = json(record).packages;
  const wanted = Object.entries(json(join(root, "package-lock.json")).packages).filter(([path]) => path !== "");
  return wanted.every(([path, { version, optional, resolved }]) => {
    const found = present[path];
    return found === undefined ? optional === true : found.version === version && found.resolved === resolved;
  });
}

const [command] = process.argv.slice(2);
/** Whether stdout belongs to the command: its output may be a secret that goes into a file. */
const ownsStdout = command === "pulumi" || command === "nats";

function say(text) {
  if (ownsStdout) console.error(`· ${text}`);
  else console.log(`· ${text}`);
}

function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli === undefined ? ["npm", []] : [process.execPath, [cli]];
  execFileSync(command, [...prefix, ...args], {
    cwd: root,
    stdio: ["ignore", ownsStdout ? 2 : "inherit", "inherit"],
  });
}

/** Returns a digest of everything that the package is compiled from. */
function digestSources() {
  const hash = createHash("sha256");
  for (const file of readdirSync(join(root, "provider"), { recursive: true }).map(String).sort()) {
    if (!/\.(ts|json)$/.test(file)) continue;
    hash.update(`${file}\0`).update(readFileSync(join(root, "provider", file)));
  }
  for (const file of ["tsconfig.json", "package-lock.json"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

const tsx = join(root, "node_modules/tsx/package.json");
const main = join(root, "dist/index.js");
const cache = join(root, "node_modules/.cache/pulumi-nats-auth");
const stamp = join(cache, "built");

/** Records from which sources the package was compiled. */
function recordBuild() {
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, digestSources());
}

function install() {
  say("Installing the npm packages of package-lock.json, then compiling the package: half a minute or more, once");
  const begin = Date.now();
  if (Number.parseInt(process.versions.node, 10) < RECOMMENDED_NODE) {
    say(
      `Node.js ${process.versions.node} works, but ${RECOMMENDED_NODE} or newer is recommended: older ones get no fixes`,
    );
  }
  // On Node.js 20 npm would warn of two packages that ask for 22.
  npm("ci", "--loglevel=error");
  // npm ci runs `prepare`, which compiles, unless this user has disabled scripts.
  if (existsSync(main) && statSync(main).mtimeMs >= begin) recordBuild();
}

function build() {
  if (existsSync(stamp) && existsSync(main) && readFileSync(stamp, "utf8") === digestSources()) return;
  say("Compiling the package to dist/: a few seconds");
  npm("run", "--silent", "build");
  recordBuild();
}

/** Runs a step and exits when its command fails. The command has printed why; a stack trace would hide that. */
function step(work) {
  try {
    work();
  } catch (error) {
    if (typeof error?.status !== "number" && error?.signal === undefined) throw error;
    console.error("\nerror: This step failed for the reason above; later steps were not started.");
    process.exit(error.status ?? 1);
  }
}

checkNode();
// `destroy` installs nothing where nothing was deployed.
if (command === "destroy" && !existsSync(join(root, ".pulumi-local"))) {
  if (!existsSync(tsx)) {
    console.log("Nothing is installed in this checkout, so there is nothing to destroy.");
    process.exit(0);
  }
} else {
  if (!isInstalled() || !existsSync(tsx)) step(install);
  step(build);
}
await import("tsx");
await import("./main.ts");
