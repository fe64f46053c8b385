import { join } from "node:path";
import { ensureCached, platform } from "../lib/cache";
import { digestOf } from "../lib/digest";
import { goBuild } from "../lib/go";

const NAME = "oracle";
const sources = join(__dirname, "../modules/oracle");

/** Builds the program with which tests call the Go libraries of the NATS project. @returns its path */
export async function oracle(): Promise<string> {
  const folder = await ensureCached(`${NAME}-${digestOf(sources)}-${platform}`, (draft) =>
    goBuild("the tests' oracle", {
      what: "Building the tests' oracle from nats-server's and its JWT library's Go modules: up to a minute, once",
      args: ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", join(draft, NAME), "."],
      cwd: sources,
    }),
  );
  return join(folder, NAME);
}
