import { live } from "../lib/run";
import { say, ToolError } from "../lib/say";
import { prepareFor } from "../machine";
import type { DockerMachine } from "../machine";
import { clientImage, serverImage } from "../parts/images";
import { natsServer } from "../parts/nats-server";
import { oracle } from "../parts/oracle";
import { withinRun } from "../run-scope";
import { checkout } from "../local-folder";

/** Runs scripts in order until one fails. @returns the exit code of the last one */
async function inOrder(scripts: string[][], env: NodeJS.ProcessEnv): Promise<number> {
  for (const script of scripts) {
    const code = await live(process.execPath, script, { cwd: checkout, env });
    if (code !== 0) return code;
  }
  return 0;
}

/** The environment by which tests and benchmarks get their machine. */
async function environment({ env, engine: { docker } }: DockerMachine): Promise<NodeJS.ProcessEnv> {
  const image = await serverImage(docker);
  return {
    ...env,
    NATS_IMAGE: image,
    NATS_CLIENT_IMAGE: await clientImage(docker),
    NATS_SERVER: await natsServer(docker, image),
    NATS_ORACLE: await oracle(),
  };
}

/**
 * Runs scripts on a prepared machine, and leaves nothing behind: not the engine that was started for them, no temporary
 * file, no process.
 *
 * @param scripts each the arguments of one Node.js process
 */
export async function onMachine(scripts: string[][]): Promise<number> {
  return prepareFor(async (machine) => {
    const env = await environment(machine);
    return withinRun((variables) => inOrder(scripts, { ...env, ...variables }));
  });
}

/** Lint, format and types, as `npm run lint` says. */
async function lint(): Promise<number> {
  const npm = process.env.npm_execpath;
  if (npm === undefined) throw new ToolError("This is no npm script.", "Use `npm test`.");
  say("Lint, format and types");
  return live(process.execPath, [npm, "run", "--silent", "lint"], { cwd: checkout });
}

/** `npm test`: lint and types, then every test. Arguments are given to mocha in place of the test files. */
export async function test(args: string[]): Promise<number> {
  const code = await lint();
  if (code !== 0) return code;
  const files = args.length > 0 ? args : ["test/**/*.test.ts"];
  return onMachine([[require.resolve("mocha/bin/mocha.js"), ...files]]);
}
