import { say } from "../lib/say";
import { checkout, isThere } from "../local-folder";
import { prepare, sweep } from "../machine";
import { releaseKept } from "../parts/kept-engine";
import { forget, LocalStack } from "../stack";

/** `npm run destroy`: takes down what `npm start` has set up. Where nothing is set up it does nothing. */
export async function destroy(args: string[]): Promise<number> {
  const code = isThere(checkout) ? await destroyStack(args) : nothing();
  if (code !== 0) return code;
  await releaseKept();
  await sweep();
  return 0;
}

function nothing(): number {
  say("No stack was deployed from this checkout");
  return 0;
}

async function destroyStack(args: string[]): Promise<number> {
  const stack = new LocalStack(await prepare());
  if (await stack.exists()) {
    const code = await stack.run("destroy", "--yes", "--remove", ...args);
    if (code !== 0) return code;
  }
  await forget();
  return 0;
}
