import { removeBackend, listOtherStacks, ownStack, listStacks } from "../backend";
import { rejectConsumedFlags } from "../lib/arguments";
import { detail, say } from "../lib/terminal";
import { checkout, hasLocalFolder } from "../local-folder";
import { prepare, sweep } from "../machine";
import { releaseShared } from "../parts/shared-engine";
import { LocalStack } from "../stack";
import { hasContainers } from "../target";

/** `npm run destroy`: destroys the stack of `npm start`; other stacks on its backend or engine stay. */
export async function destroy(args: string[]): Promise<number> {
  rejectConsumedFlags("npm run destroy", args);
  const code = hasLocalFolder(checkout) ? await destroyStack(args) : nothing();
  if (code !== 0) return code;
  const others = listOtherStacks();
  if (others.length > 0) {
    explainKept(others);
    return 0;
  }
  if (hasLocalFolder(checkout)) say("Removing .pulumi-local: the backend of this checkout and its passphrase");
  await removeBackend();
  await releaseShared();
  await sweep();
  return 0;
}

function nothing(): number {
  say("No stack was deployed from this checkout");
  return 0;
}

async function destroyStack(args: string[]): Promise<number> {
  if (!listStacks().includes(ownStack())) return 0;
  await LocalStack.restoreState();
  const engine = hasContainers() ? "resume" : "none";
  const stack = new LocalStack(await prepare({ engine, server: false }));
  await stack.repair();
  say("pulumi destroy: the stack `local` with both servers, its keys and its state");
  return stack.run("destroy", "--yes", "--remove", ...args);
}

/** Prints why the backend stays, and how to remove it. */
function explainKept(others: string[]): void {
  say("The stack `local` is destroyed. Other stacks have their state in .pulumi-local, so that folder stays, with its");
  detail("passphrase, and so does a Docker Engine that `npm start` started:");
  for (const name of others) {
    detail(
      `  ${name}: npm run pulumi -- -C <folder of ${name.split("/")[0] ?? ""}> destroy --remove --stack ${name.split("/")[1] ?? ""}`,
    );
  }
  detail("Destroy them, then rerun `npm run destroy` to remove the rest.");
}
