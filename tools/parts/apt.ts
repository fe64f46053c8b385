import { existsSync } from "node:fs";
import { which } from "../lib/path";
import { attempt, capture } from "../lib/run";
import { longStep, say, ToolError } from "../lib/terminal";
import { NoEngine } from "./engine";

const DOCKER = ["docker.io", "iptables", "ca-certificates"];

/** The programs of a Kubernetes node that come from the system, and their packages. */
const NODE: Readonly<Record<string, string>> = {
  containerd: "containerd",
  runc: "runc",
  iptables: "iptables",
  ip: "iproute2",
  sysctl: "procps",
};

/** Returns the error for a machine without an engine, with its remedy. */
function noEngine(tried: string[], why: string, cause?: unknown): NoEngine {
  const where = tried.length === 0 ? "" : ` Tried: ${tried.join("; ")}.`;
  return new NoEngine(
    `No Docker Engine answers, and none can be started: ${why}.${where}`,
    "Install and start Docker (https://docs.docker.com/engine/install) or Podman with its socket, or set DOCKER_HOST.",
    { cause },
  );
}

/**
 * Installs `dockerd` with apt where it is missing.
 *
 * @param tried the engines that did not answer and why, for the error
 * @throws NoEngine where this machine or this user cannot run one
 */
export async function installDocker(tried: string[]): Promise<void> {
  if (process.platform !== "linux") throw noEngine(tried, "dockerd runs on Linux only");
  if (process.getuid?.() !== 0) throw noEngine(tried, "this requires root");
  if (which("dockerd") !== undefined) return;
  if (which("apt-get") === undefined) throw noEngine(tried, "dockerd is not installed, and apt-get is missing");
  say(`dockerd is missing: installing ${DOCKER.join(", ")} with apt-get as root; the packages stay on this machine`);
  await install(DOCKER).catch((error: unknown) => {
    throw error instanceof ToolError ? noEngine(tried, "apt-get cannot install it", error) : error;
  });
  await stopServices("docker.service", "docker.socket", "containerd.service");
}

/** Runs apt-get. @throws ToolError when that fails, or takes longer than `timeout` milliseconds */
function apt(args: string[], timeout?: number): Promise<string> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = timeout === undefined ? { env } : { env, timeout };
  return capture("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", ...args], options);
}

/** Installs packages with apt. @throws ToolError when that fails */
async function install(packages: string[]): Promise<void> {
  await longStep("Reading the package lists and installing: one to three minutes, once", async () => {
    await apt(["update"]);
    await apt(["install", "--no-install-recommends", ...packages]);
  });
}

/** Chromium without a window: Debian's smallest package. */
const CHROMIUM = "chromium-headless-shell";
/** Milliseconds after which a download is given up: tests run without a browser then. */
const DOWNLOAD = 60_000;

/** Installs Chromium with apt. @throws ToolError where that is not possible in a short time */
export async function installChromium(): Promise<void> {
  if (process.platform !== "linux" || which("apt-get") === undefined) throw new ToolError("apt-get is missing.");
  if (process.getuid?.() !== 0) throw new ToolError("apt-get requires root.");
  say(`Chromium is missing: installing ${CHROMIUM} with apt-get as root; the packages stay on this machine`);
  const command = ["install", "--no-install-recommends", CHROMIUM];
  await longStep("Downloading 100 MB and installing: half a minute, once", async () => {
    // A server that does not answer must not hold up the tests.
    const quick = ["-o", "Acquire::http::Timeout=10", "-o", "Acquire::Retries=1"];
    await apt([...quick, "update"], DOWNLOAD);
    await apt([...quick, "--download-only", ...command], DOWNLOAD);
    // Installing is not interrupted: the system's packages would be left unconfigured.
    await apt(command);
  });
}

/** Installs what a Kubernetes node needs of the system, with apt, where it is missing. */
export async function installNodePackages(): Promise<void> {
  const missing = Object.entries(NODE).filter(([program]) => which(program) === undefined);
  if (missing.length === 0) return;
  const [programs, packages] = [missing.map(([program]) => program), missing.map(([, name]) => name)];
  if (which("apt-get") === undefined) {
    throw new ToolError(`A Kubernetes node requires ${programs.join(", ")}.`, "Install these programs.");
  }
  say(
    `${programs.join(", ")} are missing: installing ${packages.join(", ")} with apt-get; the packages stay on this machine`,
  );
  await install(packages);
  if (programs.includes("containerd")) await stopServices("containerd.service");
}

/** Stops services that packages start under systemd. These tools start daemons of their own, which can be removed. */
async function stopServices(...services: string[]): Promise<void> {
  if (!existsSync("/run/systemd/system")) return;
  await attempt("systemctl", ["disable", "--now", ...services]);
}
