import { live } from "../lib/run";
import { checkout } from "../local-folder";
import { prepare } from "../machine";
import { ensureLocalServer } from "../parts/nats-server";
import { sdkGenerator } from "../parts/sdk-generator";
import { withinRun } from "../run-scope";
import { runner } from "./test";

/**
 * `npm run languages`: generates the packages for Python and Go, checks the examples and pages against them, and runs the examples on
 * the engine. It needs Python, Go and, for its tests, Maven.
 */
export async function languages(args: string[]): Promise<number> {
  const { env } = await prepare({ engine: "none", server: true });
  const own = {
    NATS_SERVER: await ensureLocalServer(),
    SDK_GENERATOR: await sdkGenerator(),
  };
  return withinRun((marks) =>
    live(process.execPath, runner(args.some((arg) => arg.startsWith("test/")) ? args : ["test/sdks", ...args]), {
      cwd: checkout,
      env: { ...env, ...own, ...marks },
    }),
  );
}
