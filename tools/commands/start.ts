import { existsSync } from "node:fs";
import { join } from "node:path";
import { CERTIFICATE_FILES, ensureCertificates } from "../certificates";
import { exchange } from "../exchange";
import type { ClientUrls } from "../exchange";
import { rejectConsumedFlags } from "../lib/arguments";
import { detail, duration, say, ToolError } from "../lib/terminal";
import { checkout, localFolder } from "../local-folder";
import { prepare, type Machine } from "../machine";
import { findEngine, NoEngine } from "../parts/engine";
import { ensureServerImage } from "../parts/images";
import { sharedAddress } from "../parts/shared-engine";
import { CONTEXT_VARIABLE } from "../parts/kubernetes/cluster";
import { exchangeInPods, startOnPrivateCluster } from "../pods";
import { LocalStack } from "../stack";
import { configuredTarget, hasContainers, hasEndedProcess, parseTarget, type Target } from "../target";

/** Turns on TLS, with certificates of an authority that is created for it. */
const TLS_FLAG = "--tls";

/** A stack that can be deployed. */
export interface Ready {
  stack: LocalStack;
  target: Target;
  /** Options for Pulumi: those of the command line, and `--refresh` where servers have stopped. */
  options: string[];
}

/** Prepares this machine and the local stack. @param args the command line */
export async function readyStack(args: string[]): Promise<Ready> {
  await LocalStack.restoreState();
  const { target: asked, rest: all } = parseTarget(args);
  const rest = all.filter((arg) => arg !== TLS_FLAG);
  const { machine, target } = await machineFor(asked);
  const stack = new LocalStack(machine);
  const before = await stack.ready();
  await stack.useTarget(target);
  if (target === "docker" && machine.engine !== undefined)
    await stack.useImage(await ensureServerImage(machine.engine.docker));
  const { [CONTEXT_VARIABLE]: context } = process.env;
  if (target === "kubernetes" && context !== undefined) await stack.configure("context", context);
  // For example after a reboot: servers have stopped, and the state does not show it yet.
  const stopped = before && (machine.engine?.fresh === true || hasEndedProcess());
  if (stopped) say("Deployed servers have stopped: refreshing the state first (`--refresh`)");
  const folder = join(localFolder(checkout), "tls");
  const encrypts = all.includes(TLS_FLAG);
  if (encrypts || existsSync(folder)) await ensureCertificates(folder);
  const config = encrypts ? ["--config", `tlsFolder=${folder}`] : [];
  return { stack, target, options: [...(stopped ? ["--refresh"] : []), ...config, ...rest] };
}

/**
 * Prepares this machine for a target: the one of the command line, else the configured one, else containers where the stack
 * has some or a Docker Engine answers, else processes. Only `--target docker` installs and starts a Docker Engine.
 */
async function machineFor(asked: Target | undefined): Promise<{ machine: Machine; target: Target }> {
  const target = asked ?? configuredTarget() ?? (await defaultTarget());
  if (target === "docker") {
    return { machine: await prepare({ engine: asked === undefined ? "resume" : "start", server: false }), target };
  }
  const engine = hasContainers() ? "resume" : "none";
  const isInPods = target === "kubernetes";
  return { machine: await prepare({ engine, server: !isInPods, kubernetes: isInPods }), target };
}

/** Containers where the stack has some or a Docker Engine answers, else processes. */
async function defaultTarget(): Promise<Target> {
  if (hasContainers()) return "docker";
  try {
    const { engine } = await findEngine(sharedAddress());
    if (engine !== undefined) return "docker";
    say("No Docker Engine answers, so the servers run as processes of this machine.");
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    say(`${error.message} The servers run as processes of this machine.`);
  }
  detail(
    "For containers, start Docker, or let `npm start -- --target docker` install and start it (as root on Debian).",
  );
  return "process";
}

/** `npm start`: deploys examples/mixed-auth and shows with real clients that both servers work as one cluster. */
export async function start(args: string[]): Promise<number> {
  rejectConsumedFlags("npm start", args);
  const { target: asked, rest } = parseTarget(args);
  if (asked === "kubernetes" && args.includes(TLS_FLAG)) {
    throw new ToolError(
      `${TLS_FLAG} creates certificates for addresses of this machine, which pods do not have.`,
      "docs/kubernetes.md shows how cert-manager issues those of pods.",
    );
  }
  if (asked === "kubernetes" && process.env[CONTEXT_VARIABLE] === undefined) return startOnPrivateCluster(rest);
  const { stack, target, options } = await readyStack(args);
  say("pulumi up: previews and deploys examples/mixed-auth as the stack `local`, with its state in .pulumi-local");
  const code = await stack.run("up", "--yes", ...options);
  if (code !== 0) return code;
  const outputs = await stack.readOutputs();
  if (target === "kubernetes") {
    await exchangeInPods(outputs, await stack.readConfiguration("context"), await stack.readConfiguration("namespace"));
    return 0;
  }
  const urls = await exchange(outputs);
  // Counted from the start of this process, installation and compilation included.
  console.log(`\nReady in ${duration(performance.now())}. To try next:\n${toTryNext(urls)}`);
  return 0;
}

/** A command line that writes a user's secret to a file that only this user can read. */
function writeSecret(output: string, user: string, file: string): string {
  const pick = `node -pe 'JSON.parse(fs.readFileSync(0))["${user}"]'`;
  return `(umask 077; npm run -s pulumi -- stack output ${output} --show-secrets --json | ${pick} > ${file})`;
}

/** Commands to copy: a responder on one server, a request on the other, and next steps. */
function toTryNext(urls: ClientUrls): string {
  const [seed, creds] = [".pulumi-local/a.nk", ".pulumi-local/b.creds"];
  const tls = urls.static.startsWith("tls:") ? ` --tlsca .pulumi-local/tls/${CERTIFICATE_FILES.ca}` : "";
  return `
  # A/test answers on the static server, with its seed
  ${writeSecret("seeds", "A/test", seed)}
  npm run -s nats -- --server ${urls.static}${tls} --nkey ${seed} reply test --echo

  # B/test asks on the operator server, with its creds, in another terminal
  ${writeSecret("creds", "B/test", creds)}
  npm run -s nats -- --server ${urls.operator}${tls} --creds ${creds} request test hello

  npm run pulumi -- stack                     # the Pulumi CLI, with this stack's state and passphrase
  npm run preview                             # after a change of examples/mixed-auth; then npm start
  npm start -- --config staticPort=14222      # another port
  npm start -- --tls                          # encrypted connections
  npm run destroy                             # remove everything`;
}
