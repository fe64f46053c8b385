import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cached, inCache, platform } from "../lib/cache";
import { goBuild } from "../lib/go";
import { isExecutable, which } from "../lib/path";
import { attempt } from "../lib/run";
import { detail, longStep, reason, say } from "../lib/say";
import { versions } from "../versions";

/** The variable by which the CLI built here finds the language host of the checkout that it works for. */
export const HOST_VARIABLE = "PULUMI_NATS_AUTH_LANGUAGE_HOST";

/** Compares two versions such as `3.259.0`. */
function isOlder(version: string, than: string): boolean {
  return version.localeCompare(than, "en", { numeric: true }) < 0;
}

/** The CLI on PATH, when it is new enough for the SDK and has its Node.js parts. */
async function installedCli(): Promise<string | undefined> {
  const cli = which("pulumi");
  if (cli === undefined) return undefined;
  const { stdout } = await attempt(cli, ["version"], { env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
  const version = stdout.trim().replace(/^v/, "");
  if (which("pulumi-language-nodejs") === undefined) {
    say(`${cli} is without its Node.js language host: another one is used`);
  } else if (isOlder(version, versions.pulumi)) {
    say(`${cli} is ${version}, older than the SDK (${versions.pulumi}): another one is used`);
  } else {
    return dirname(cli);
  }
  return undefined;
}

/** Downloads the vendor's release into a folder. @returns whether that worked */
async function download(folder: string): Promise<boolean> {
  // Loading the Automation API takes a second, so only where it is needed.
  const { PulumiCommand } = await import("@pulumi/pulumi/automation/index.js");
  try {
    await longStep(`Downloading the Pulumi CLI ${versions.pulumi} from its vendor: a minute or two, once`, () =>
      PulumiCommand.install({ root: folder }),
    );
    return true;
  } catch (error) {
    detail(`not to be had: ${reason(error)}`);
    return false;
  }
}

const HOST_SHIM = `#!/bin/sh
# Beside the engine, where it looks for its language hosts; the host itself belongs to the checkout.
exec "\${${HOST_VARIABLE}:?is set by tools/}" "$@"
`;

/** Builds the CLI from its own Go module, and puts beside it what a release has there for Node.js. */
async function build(folder: string): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const version = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${versions.pulumi}`;
  await goBuild("the Pulumi CLI", {
    what: `Building the Pulumi CLI ${versions.pulumi} from its Go module: 5 to 10 minutes on two cores, once`,
    args: [
      ...["build", "-v", "-trimpath", "-tags", "osusergo,grpcnotrace", "-ldflags", `-s -w -X ${version}`],
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

/** The same as {@link pulumiCli}, when it is there already. */
export async function presentCli(): Promise<string | undefined> {
  const part = inCache(PART);
  return (await installedCli()) ?? (part === undefined ? undefined : join(part, "bin"));
}

/** The folder that holds `pulumi`, its Node.js language host and its plugin for dynamic providers. */
export async function pulumiCli(): Promise<string> {
  const folder = (await installedCli()) ?? join(await cached(PART, make), "bin");
  if (!isExecutable(join(folder, "pulumi"))) throw new Error(`no pulumi in ${folder}`);
  return folder;
}

async function make(folder: string): Promise<void> {
  if (!(await download(folder))) await build(folder);
}
