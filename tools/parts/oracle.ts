import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureCached, platform } from "../lib/cache";
import { goBuild } from "../lib/go";

const NAME = "oracle";
const sources = join(__dirname, "../modules/oracle");

/** Returns a digest of the oracle's sources, which is part of its name in the cache. */
function digestSources(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(sources).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(sources, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** Builds the program with which tests call the Go libraries of the NATS project. @returns its path */
export async function oracle(): Promise<string> {
  const folder = await ensureCached(`${NAME}-${digestSources()}-${platform}`, (draft) =>
    goBuild("the tests' oracle", {
      what: "Building the tests' oracle from nats-server's and its JWT library's Go modules: up to a minute, once",
      args: ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", join(draft, NAME), "."],
      cwd: sources,
    }),
  );
  return join(folder, NAME);
}
