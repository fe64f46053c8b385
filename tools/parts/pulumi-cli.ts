import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ensureCached, platform } from "../lib/cache";
import { goBuild } from "../lib/go";
import { isExecutable } from "../../provider/servers/process/executable";
import { which } from "../lib/path";
import { attempt } from "../lib/run";
import { detail, longStep, reason, say } from "../lib/terminal";
import { versions } from "../versions";

/** The build tags of everything that is built from Pulumi's packages: with the same ones, Go compiles shared packages once. */
export const PULUMI_TAGS = ["-tags", "osusergo,grpcnotrace"] as const;

/** The variable with the path of the checkout's language host, for a CLI that was built here. */
export const HOST_VARIABLE = "PULUMI_NATS_AUTH_LANGUAGE_HOST";

/** Compares two versions such as `3.259.0`. */
function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) < 0;
}

/** Returns the folder of the CLI on PATH, if it is new enough for the SDK and has its Node.js language host. */
async function findInstalledCli(): Promise<string | undefined> {
  const cli = which("pulumi");
  if (cli === undefined) return undefined;
  const { stdout } = await attempt(cli, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  const version = stdout.trim().replace(/^v/, "");
  if (which("pulumi-language-nodejs") === undefined) {
    say(`${cli} has no Node.js language host beside it: using another CLI`);
  } else if (isOlder(version, versions.pulumi)) {
    say(`${cli} is ${version}, older than the SDK (${versions.pulumi}): using another CLI`);
  } else {
    return dirname(cli);
  }
  return undefined;
}

/** Downloads the vendor's release to a folder. @returns whether that succeeded */
async function download(folder: string): Promise<boolean> {
  // Loaded here because loading the Automation API takes a second.
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  try {
    await longStep(`Downloading the Pulumi CLI ${versions.pulumi} from its vendor: a minute or two, once`, () =>
      PulumiCommand.install({ root: folder }),
    );
    return true;
  } catch (error) {
    detail(`not available: ${reason(error)}`);
    return false;
  }
}

const HOST_SHIM = `#!/bin/sh
# The engine looks for language hosts in its own folder; this one runs the host of the checkout.
exec "\${${HOST_VARIABLE}:?is not set; run npm run pulumi in the checkout of pulumi-nats-auth}" "$@"
`;

/** Builds the CLI from its Go module, and adds the Node.js parts of a release. */
async function build(folder: string): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`;
  await goBuild("the Pulumi CLI", {
    what: `Building the Pulumi CLI ${versions.pulumi} from its Go module: 5 to 10 minutes on two cores, once`,
    args: [
      ...["build", "-v", "-trimpath", ...PULUMI_TAGS, "-ldflags", `-s -w -X ${version}`],
      ...["-o", join(bin, "pulumi"), "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
    ],
    cwd: join(__dirname, "../modules/pulumi-cli"),
  });
  const dynamicProviders = "pulumi-resource-pulumi-nodejs";
  await copyFile(require.resolve(`@pulumi/pulumi/${dynamicProviders}`), join(bin, dynamicProviders));
  await writeFile(join(bin, "pulumi-language-nodejs"), HOST_SHIM);
  for (const script of [dynamicProviders, "pulumi-language-nodejs"]) await chmod(join(bin, script), 0o755);
}

const PART = `pulumi-${versions.pulumi}-${platform}`;

/** Finds, downloads or builds the Pulumi CLI. @returns the folder with `pulumi` and its Node.js parts */
export async function ensureCli(): Promise<string> {
  const folder = (await findInstalledCli()) ?? join(await ensureCached(PART, make), "bin");
  if (!isExecutable(join(folder, "pulumi"))) throw new Error(`${folder} does not contain pulumi`);
  return folder;
}

async function make(folder: string): Promise<void> {
  if (!(await download(folder))) await build(folder);
}
