import { refuseEaten } from "../lib/arguments";
import { say } from "../lib/say";
import { readyStack } from "./start";

/** `npm run preview`: what `npm start` would change, property by property. */
export async function preview(args: string[]): Promise<number> {
  refuseEaten("npm run preview", args);
  const { stack, options } = await readyStack(args);
  say("pulumi preview: what `npm start` would change in the stack `local`; no resource is changed now");
  return stack.run("preview", "--diff", ...options);
}
