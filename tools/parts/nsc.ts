import { join } from "node:path";
import { ensureCached, platform } from "../lib/cache";
import { digestOf } from "../lib/digest";
import { goBuild } from "../lib/go";
import { which } from "../lib/path";

const NAME = "nsc";
const module = join(__dirname, "../modules/nsc");

/** Returns the nsc command from PATH, else builds it: benchmarks compare with it. @returns its path */
export async function nsc(): Promise<string> {
  const present = which(NAME);
  if (present !== undefined) return present;
  const folder = await ensureCached(`${NAME}-${digestOf(module)}-${platform}`, (draft) =>
    goBuild(NAME, {
      what: "Building nsc from its Go module: about a minute, once",
      args: ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", join(draft, NAME), "github.com/nats-io/nsc/v2"],
      cwd: module,
    }),
  );
  return join(folder, NAME);
}
