import { readyStack } from "./start";

/** `npm run preview`: what `npm start` would change, property by property. */
export async function preview(args: string[]): Promise<number> {
  const { stack, look } = await readyStack();
  return stack.run("preview", "--diff", ...look, ...args);
}
