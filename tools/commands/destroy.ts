import { forget, otherStacks } from "../backend";
import { refuseEaten } from "../lib/arguments";
import { detail, say } from "../lib/say";
import { checkout, isThere } from "../local-folder";
import { prepare, sweep } from "../machine";
import { releaseKept } from "../parts/kept-engine";
import { LocalStack } from "../stack";
import { hasContainers } from "../target";

/**
 * `npm run destroy`: takes down what `npm start` has set up, and nothing that anybody else has made with it. Where nothing
 * is set up it does nothing.
 */
export async function destroy(args: string[]): Promise<number> {
  refuseEaten("npm run destroy", args);
  const code = isThere(checkout) ? await destroyStack(args) : nothing();
  if (code !== 0) return code;
  const others = otherStacks();
  if (others.length > 0) {
    keep(others);
    return 0;
  }
  await forget();
  await releaseKept();
  await sweep();
  return 0;
}

function nothing(): number {
  say("No stack was deployed from this checkout");
  return 0;
}

async function destroyStack(args: string[]): Promise<number> {
  await LocalStack.mend();
  const stack = new LocalStack(await prepare({ engine: hasContainers(), server: false }));
  if (!stack.exists()) return 0;
  await stack.repair();
  say("pulumi destroy: the stack `local` with both servers, its keys and its state");
  return stack.run("destroy", "--yes", "--remove", ...args);
}

/** Says why the backend stays, and what to do so that it can go. */
function keep(others: string[]): void {
  say(
    "The stack `local` is gone. Other stacks have their state in .pulumi-local, so that folder stays, with the passphrase",
  );
  detail("of their secrets, and so does a Docker Engine that `npm start` has started:");
  for (const name of others) {
    detail(
      `  ${name}: npm run pulumi -- -C <folder of ${name.split("/")[0] ?? ""}> destroy --remove --stack ${name.split("/")[1] ?? ""}`,
    );
  }
  detail("When they are gone, too, `npm run destroy` removes the rest.");
}
