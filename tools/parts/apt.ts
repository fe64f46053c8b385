import { existsSync } from "node:fs";
import { which } from "../lib/path";
import { attempt, capture } from "../lib/run";
import { longStep, say, ToolError } from "../lib/say";
import { NoEngine } from "./engine";

const PACKAGES = ["docker.io", "iptables", "ca-certificates"];

/** Says why there is no engine, and what the person can do about it. */
function unavailable(tried: string[], why: string, cause?: unknown): NoEngine {
  const where = tried.length === 0 ? "" : ` Tried: ${tried.join("; ")}.`;
  return new NoEngine(
    `No Docker Engine answers, and none can be started here: ${why}.${where}`,
    "Install and start Docker (https://docs.docker.com/engine/install) or Podman with its socket, or set DOCKER_HOST.",
    { cause },
  );
}

/**
 * Makes sure that `dockerd` is there, by apt where it is not.
 *
 * @param tried what was wrong with the engines of this machine, for the error
 * @throws ToolError where this machine or this user cannot have one
 */
export async function installDocker(tried: string[]): Promise<void> {
  if (process.platform !== "linux") throw unavailable(tried, "a Docker daemon runs on Linux only");
  if (process.getuid?.() !== 0) throw unavailable(tried, "this needs root");
  if (which("dockerd") !== undefined) return;
  if (which("apt-get") === undefined) throw unavailable(tried, "dockerd is not installed, and there is no apt-get");
  say(`dockerd is missing: installing ${PACKAGES.join(", ")} as root with apt-get; they stay on this machine`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) =>
    capture("apt-get", ["-q", "-y", "-o", "DPkg::Lock::Timeout=300", ...args], { env });
  await longStep("Reading the package lists and installing: one to three minutes, once", async () => {
    await apt("update");
    await apt("install", "--no-install-recommends", ...PACKAGES);
  }).catch((error: unknown) => {
    throw error instanceof ToolError ? unavailable(tried, "apt-get cannot install it", error) : error;
  });
  await stopService();
}

/** The package starts its own service where there is systemd; the engine here is one of our own, which can be taken away. */
async function stopService(): Promise<void> {
  if (!existsSync("/run/systemd/system")) return;
  await attempt("systemctl", ["disable", "--now", "docker.service", "docker.socket", "containerd.service"]);
}
