import { resolve } from "node:path";
import { STACK } from "../backend";
import { leaveStdout, ToolError } from "../lib/say";
import { checkout, isThere } from "../local-folder";
import { present } from "../machine";
import { LocalStack } from "../stack";

/** The folder that the CLI is told to work in. */
function folderOf(args: string[]): string {
  const at = args.findIndex((arg) => /^(-C|--cwd(=|$))/.test(arg));
  const given = args[at]?.replace(/^(-C=?|--cwd=?)/, "");
  return resolve(checkout, given === "" ? (args[at + 1] ?? "") : (given ?? ""));
}

/**
 * `npm run pulumi -- …`: the CLI with the engine, the backend and the passphrase of `npm start`. In the checkout's own
 * folder it works on the stack `local` unless `--stack` says otherwise; in another one on what is selected there.
 */
export async function pulumi(args: string[]): Promise<number> {
  leaveStdout();
  if (!isThere(checkout)) throw new ToolError("Nothing was deployed from this checkout.", "Run `npm start` first.");
  const stack = new LocalStack(await present());
  const local = folderOf(args) === checkout && stack.exists();
  return stack.pulumi(args, local ? { PULUMI_STACK: STACK } : {});
}
