import { exchange } from "../exchange";
import type { ClientUrls } from "../exchange";
import { refuseEaten } from "../lib/arguments";
import { duration, say } from "../lib/say";
import { prepare } from "../machine";
import { serverImage } from "../parts/images";
import { LocalStack } from "../stack";

/** A stack that can be deployed. */
export interface Ready {
  stack: LocalStack;
  /**
   * Options of the engine by which it looks at what really runs: needed where a stack was deployed before, and the Docker
   * daemon was started anew since then, as after a reboot.
   */
  look: string[];
}

/** Prepares everything and makes the local stack. */
export async function readyStack(): Promise<Ready> {
  const machine = await prepare();
  const image = await serverImage(machine.docker);
  const stack = new LocalStack(machine);
  const before = await stack.ready();
  await stack.useImage(image);
  return { stack, look: before && machine.fresh ? ["--refresh"] : [] };
}

/** `npm start`: deploys the example for real and shows with real clients that it works. */
export async function start(args: string[]): Promise<number> {
  refuseEaten("npm start", args);
  const { stack, look } = await readyStack();
  say(
    "pulumi up: a preview and then the deployment of examples/mixed-auth as the stack `local`, state in .pulumi-local",
  );
  const code = await stack.run("up", "--yes", ...look, ...args);
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
