import { resolve } from "node:path";
import { STACK } from "../backend";
import { printToStderr } from "../lib/terminal";
import { checkout } from "../local-folder";
import { prepareCli } from "../machine";
import { LocalStack } from "../stack";

/** The folder in which the CLI works: that of `-C` or `--cwd`, else the checkout. */
function folderOf(args: string[]): string {
  const at = args.findIndex((arg) => /^(-C|--cwd(=|$))/.test(arg));
  const value = args[at]?.replace(/^(-C=?|--cwd=?)/, "");
  return resolve(checkout, value === "" ? (args[at + 1] ?? "") : (value ?? ""));
}

/**
 * `npm run pulumi -- …`: the Pulumi CLI with the engine, the backend and the passphrase of `npm start`. In the checkout's
 * own folder it works on the stack `local` unless `--stack` names another; elsewhere on the stack that is selected there.
 */
export async function pulumi(args: string[]): Promise<number> {
  printToStderr();
  const stack = new LocalStack(await prepareCli());
  await stack.prepareBackend();
  const local = folderOf(args) === checkout && stack.exists();
  return stack.pulumi(args, local ? { PULUMI_STACK: STACK } : {});
}
