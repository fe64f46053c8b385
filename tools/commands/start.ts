import { exchange } from "../exchange";
import { duration, say } from "../lib/say";
import { prepare } from "../machine";
import { serverImage } from "../parts/images";
import { LocalStack } from "../stack";

/** Prepares everything and makes the local stack. */
export async function readyStack(): Promise<LocalStack> {
  const machine = await prepare();
  const image = await serverImage(machine.docker);
  const stack = new LocalStack(machine);
  await stack.ready();
  await stack.useImage(image);
  return stack;
}

/** `npm start`: deploys the example for real and shows with real clients that it works. */
export async function start(args: string[]): Promise<number> {
  const begin = performance.now();
  const stack = await readyStack();
  say("pulumi up: the stack `local` of examples/mixed-auth, with its state in .pulumi-local");
  const code = await stack.run("up", "--yes", ...args);
  if (code !== 0) return code;
  await exchange(await stack.outputs());
  console.log(`
Ready in ${duration(performance.now() - begin)}. To try next:
  change examples/mixed-auth, then   npm run preview   and   npm start
  other ports                        npm start -- --config staticPort=14222
  take everything down               npm run destroy`);
  return 0;
}
