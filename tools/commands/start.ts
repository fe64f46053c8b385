import { exchange } from "../exchange";
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
  const begin = performance.now();
  const { stack, look } = await readyStack();
  say("pulumi up: the stack `local` of examples/mixed-auth, with its state in .pulumi-local");
  const code = await stack.run("up", "--yes", ...look, ...args);
  if (code !== 0) return code;
  await exchange(await stack.outputs());
  console.log(`
Ready in ${duration(performance.now() - begin)}. To try next:
  change examples/mixed-auth, then   npm run preview   and   npm start
  other ports                        npm start -- --config staticPort=14222
  take everything down               npm run destroy`);
  return 0;
}
