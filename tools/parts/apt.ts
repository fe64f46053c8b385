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

/** Installs packages with apt. @throws ToolError when that fails */
async function install(packages: string[]): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) =>
    capture("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", ...args], { env });
  await longStep("Reading the package lists and installing: one to three minutes, once", async () => {
    await apt("update");
    await apt("install", "--no-install-recommends", ...packages);
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
