import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { ensureCached, platform } from "../../lib/cache";
import { digestOf } from "../../lib/digest";
import { captureGo, goBuild } from "../../lib/go";

const RELOADER = "nats-server-config-reloader";
const CONTROLLER = "jetstream-controller";
const NACK = "github.com/nats-io/nack";
const module = join(__dirname, "../../modules/nack");

/** What a cluster needs to run the controller, in the folder `deploy` of its Go module. */
const MANIFESTS = ["crds.yml", "rbac.yml"];

/** Builds a program of NACK's Go module in a folder. */
function build(name: string, what: string, folder: string): Promise<void> {
  return goBuild(name, {
    what,
    args: ["build", "-v", "-trimpath", "-ldflags", "-s -w", "-o", join(folder, name), `${NACK}/cmd/${name}`],
    cwd: module,
  });
}

const cached = (name: string, make: (folder: string) => Promise<void>) =>
  ensureCached(`${name}-${digestOf(module)}-${platform}`, make);

/** Builds the program that the chart of NATS runs beside each server, which makes it reload changed files. @returns its folder */
export function configReloader(): Promise<string> {
  return cached(RELOADER, (folder) =>
    build(RELOADER, "Building the reloader of the Helm chart of NATS from its Go module: seconds, once", folder),
  );
}

/** Builds NACK, the JetStream controller for Kubernetes. @returns the folder of its program, and of the manifests of its module */
export function jetStreamController(): Promise<string> {
  return cached(CONTROLLER, async (folder) => {
    await build(CONTROLLER, "Building NACK, the JetStream controller, from its Go module: 2 minutes, once", folder);
    const source = (await captureGo(CONTROLLER, ["list", "-m", "-f", "{{.Dir}}", NACK], module)).trim();
    for (const name of MANIFESTS) await copyFile(join(source, "deploy", name), join(folder, name));
  });
}
