import { join } from "node:path";
import { ensureCached, platform } from "../../lib/cache";
import { digestOf } from "../../lib/digest";
import { goBuild } from "../../lib/go";

const NAME = "nats-server-config-reloader";
const module = join(__dirname, "../../modules/reloader");

/** Builds the program that the chart of NATS runs beside each server, which makes it reload changed files. @returns its folder */
export function configReloader(): Promise<string> {
  return ensureCached(`${NAME}-${digestOf(module)}-${platform}`, (draft) =>
    goBuild(NAME, {
      what: "Building the reloader of the Helm chart of NATS from its Go module: seconds, once",
      args: [
        ...["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", join(draft, NAME)],
        `github.com/nats-io/nack/cmd/${NAME}`,
      ],
      cwd: module,
    }),
  );
}
