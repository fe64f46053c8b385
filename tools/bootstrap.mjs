/**
 * The entry of every npm script: `node tools/bootstrap.mjs <command>`.
 *
 * It runs on a checkout where nothing is installed yet, so it is plain JavaScript without a dependency. It installs what
 * package-lock.json asks for, compiles the package, and then continues in main.ts within this same process, so that a
 * signal or an exit code needs no passing on.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const OLDEST_NODE = [20, 19];
const root = dirname(import.meta.dirname ?? "");
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    console.error(`Node.js ${process.versions.node} is too old: install Node.js ${OLDEST_NODE.join(".")} or newer.`);
    process.exit(1);
  }
}

/** True where node_modules holds what the lock file asks for; npm writes its own record last, after a whole install. */
function installed() {
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
/** What such a command writes to stdout is the command's own: a secret to put into a file, an answer to read. */
const passesThrough = command === "pulumi" || command === "nats";

function say(text) {
  if (passesThrough) console.error(`· ${text}`);
  else console.log(`· ${text}`);
}

function npm(...args) {
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli === undefined ? ["npm", []] : [process.execPath, [cli]];
  execFileSync(command, [...prefix, ...args], {
    cwd: root,
    stdio: ["ignore", passesThrough ? 2 : "inherit", "inherit"],
  });
}

/** A digest of everything that the compiled package is made from. */
function sources() {
  const hash = createHash("sha256");
  for (const file of readdirSync(join(root, "provider"), { recursive: true }).map(String).sort()) {
    if (!/\.(ts|json)$/.test(file)) continue;
    hash.update(`${file}\0`).update(readFileSync(join(root, "provider", file)));
  }
  for (const file of ["tsconfig.json", "package-lock.json"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

const main = join(root, "dist/index.js");
const cache = join(root, "node_modules/.cache/pulumi-nats-auth");
const stamp = join(cache, "built");

/** Notes what the compiled package was made from. */
function remember() {
  mkdirSync(cache, { recursive: true });
  writeFileSync(stamp, sources());
}

function install() {
  say("Installing the npm packages of package-lock.json, then compiling the package: half a minute or more, once");
  const begin = Date.now();
  npm("ci");
  // npm ci runs `prepare`, which compiles, unless this person has forbidden scripts.
  if (existsSync(main) && statSync(main).mtimeMs >= begin) remember();
}

function build() {
  if (existsSync(stamp) && existsSync(main) && readFileSync(stamp, "utf8") === sources()) return;
  say("Compiling the package to dist/: a few seconds");
  npm("run", "--silent", "build");
  remember();
}

/** What failed here has already said why on the terminal; a stack trace of this file would only hide it. */
function step(work) {
  try {
    work();
  } catch (error) {
    if (typeof error?.status !== "number" && error?.signal === undefined) throw error;
    console.error("\nerror: This step failed, for the reason above; nothing after it was begun.");
    process.exit(error.status ?? 1);
  }
}

checkNode();
const tsx = join(root, "node_modules/tsx/package.json");
// Taking down what was never set up must not install anything first.
if (command === "destroy" && !existsSync(join(root, ".pulumi-local"))) {
  if (!existsSync(tsx)) {
    console.log("Nothing is installed in this checkout, so there is nothing to take down.");
    process.exit(0);
  }
} else if (passesThrough && !existsSync(tsx)) {
  console.error("error: Nothing is installed in this checkout.\n       Run `npm start` first.");
  process.exit(1);
} else {
  if (!installed() || !existsSync(tsx)) step(install);
  step(build);
}
await import("tsx");
await import("./main.ts");
