import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cached, platform } from "../lib/cache";
import { goBuild } from "../lib/go";

const NAME = "oracle";
const sources = join(__dirname, "../modules/oracle");

/** A digest of what the oracle is built from: another one is another part. */
function digest(): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(sources).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(sources, file)));
  }
  return hash.digest("hex").slice(0, 16);
}

/** The program by which tests ask the code of the NATS project itself, built from its modules. */
export async function oracle(): Promise<string> {
  const folder = await cached(`${NAME}-${digest()}-${platform}`, (draft) =>
    goBuild("the tests' oracle", {
      what: "Building the tests' oracle from nats-server's and its JWT library's Go modules: up to a minute, once",
      args: ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", join(draft, NAME), "."],
      cwd: sources,
    }),
  );
  return join(folder, NAME);
}
