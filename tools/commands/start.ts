import { exchange } from "../exchange";
import type { ClientUrls } from "../exchange";
import { refuseEaten } from "../lib/arguments";
import { duration, say } from "../lib/say";
import { prepare, type Machine } from "../machine";
import { NoEngine } from "../parts/engine";
import { serverImage } from "../parts/images";
import { LocalStack } from "../stack";
import { configuredTarget, hasContainers, hasEndedProcess, takeTarget, type Target } from "../target";

/** A stack that can be deployed. */
export interface Ready {
  stack: LocalStack;
  /** Options for Pulumi: those of the person, and `--refresh` where what really runs has to be looked at. */
  options: string[];
}

/** Prepares everything and makes the local stack. @param args what the person said */
export async function readyStack(args: string[]): Promise<Ready> {
  await LocalStack.mend();
  const { target: asked, rest } = takeTarget(args);
  const { machine, target } = await machineFor(asked ?? configuredTarget());
  const stack = new LocalStack(machine);
  const before = await stack.ready();
  await stack.useTarget(target);
  if (target === "docker" && machine.engine !== undefined)
    await stack.useImage(await serverImage(machine.engine.docker));
  // As after a reboot: what was deployed does not run, and the state does not know it yet.
  const look = before && (machine.engine?.fresh === true || hasEndedProcess());
  if (look) say("What was deployed does not run any more: looking at all of it first (`--refresh`)");
  return { stack, options: [...(look ? ["--refresh"] : []), ...rest] };
}

/** A machine for the target that somebody has chosen, else for containers where they can be had. */
async function machineFor(chosen: Target | undefined): Promise<{ machine: Machine; target: Target }> {
  const processes = { engine: hasContainers(), server: true };
  if (chosen === "process") return { machine: await prepare(processes), target: "process" };
  try {
    return { machine: await prepare({ engine: true, server: false }), target: "docker" };
  } catch (error) {
    if (!(error instanceof NoEngine) || chosen !== undefined || hasContainers()) throw error;
    const how =
      "For containers: install Docker (https://docs.docker.com/engine/install), then `npm start -- --target docker`.";
    say(`${error.message.split("\n")[0] ?? ""} The servers run as processes of this machine instead. ${how}`);
    return { machine: await prepare(processes), target: "process" };
  }
}

/** `npm start`: deploys the example for real and shows with real clients that it works. */
export async function start(args: string[]): Promise<number> {
  refuseEaten("npm start", args);
  const { stack, options } = await readyStack(args);
  say(
    "pulumi up: a preview and then the deployment of examples/mixed-auth as the stack `local`, state in .pulumi-local",
  );
  const code = await stack.run("up", "--yes", ...options);
  if (code !== 0) return code;
  const urls = await exchange(await stack.outputs());
  // Counted from the start of this process, which has also installed and compiled what was missing.
  console.log(`\nReady in ${duration(performance.now())}. To try next:\n${toTryNext(urls)}`);
  return 0;
}

/** A line that writes a user's secret to a file which this person alone can read. */
function intoFile(output: string, user: string, file: string): string {
  const pick = `node -pe 'JSON.parse(fs.readFileSync(0))["${user}"]'`;
  return `(umask 077; npm run -s pulumi -- stack output ${output} --show-secrets --json | ${pick} > ${file})`;
}

/** Lines to copy: a responder on one server, a request on the other, and how to go on. */
function toTryNext(urls: ClientUrls): string {
  const [seed, creds] = [".pulumi-local/a.nk", ".pulumi-local/b.creds"];
  return `
  # A/test answers on the static server, with its seed
  ${intoFile("seeds", "A/test", seed)}
  npm run -s nats -- --server ${urls.static} --nkey ${seed} reply test --echo

  # B/test asks on the operator server, with its creds, in another terminal
  ${intoFile("creds", "B/test", creds)}
  npm run -s nats -- --server ${urls.operator} --creds ${creds} request test hello

  npm run pulumi -- stack                     # the very Pulumi CLI, with this stack's state and passphrase
  npm run preview                             # after a change of examples/mixed-auth; then npm start
  npm start -- --config staticPort=14222      # another port
  npm run destroy                             # take everything down`;
}
