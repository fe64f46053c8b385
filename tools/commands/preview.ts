import { rejectConsumedFlags } from "../lib/arguments";
import { say } from "../lib/terminal";
import { readyStack } from "./start";

/** `npm run preview`: shows the properties that `npm start` would change. */
export async function preview(args: string[]): Promise<number> {
  rejectConsumedFlags("npm run preview", args);
  const { stack, options } = await readyStack(args);
  say("pulumi preview: the changes that `npm start` would make to the stack `local`");
  return stack.run("preview", "--diff", ...options);
}
