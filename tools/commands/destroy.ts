import { existsSync } from "node:fs";
import { say } from "../lib/say";
import { prepare, sweep } from "../machine";
import { keptEngine, stopEngine } from "../parts/own-engine";
import { forget, isThere, LocalStack } from "../stack";

/** `npm run destroy`: takes down what `npm start` has set up. Where nothing is set up it does nothing. */
export async function destroy(args: string[]): Promise<number> {
  if (isThere()) {
    const code = await destroyStack(args);
    if (code !== 0) return code;
  } else {
    say("No stack was deployed from this checkout");
  }
  if (existsSync(keptEngine())) {
    say("Stopping the Docker daemon that `npm start` started, and removing its data");
    await stopEngine(keptEngine());
  }
  await sweep();
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
