import { findOrigins } from "../config/source-map";
import { errorMessage, ServerRefusal } from "./errors";
import { MAIN_FILE, type ConfigFiles, type Server } from "./server";

/** A configuration that nats-server has accepted in a test, and its digest. */
export interface TestedConfiguration {
  readonly files: ConfigFiles;
  readonly digest: string;
}

/** Tests a configuration without affecting the server. @throws ServerRefusal */
export async function testConfiguration(server: Server, files: ConfigFiles): Promise<TestedConfiguration> {
  return { files, digest: await explainRefusal(files, server.try(files)) };
}

/** A configuration to test, and the server that is to run with it. */
export interface ConfigurationTest {
  readonly server: Server;
  readonly files: ConfigFiles;
}

/**
 * Tests configurations without affecting a server. Where one test proves the same for several servers, it is made once, and its
 * refusal is that of all of them.
 *
 * @returns the result of each test, in their order
 */
export function testConfigurations(tests: readonly ConfigurationTest[]): Promise<TestedConfiguration>[] {
  const made = new Map<string, { readonly expected: string; readonly result: Promise<TestedConfiguration> }>();
  return tests.map(({ server, files }) => {
    const shared = server.sharedTest?.(files);
    const first = shared && made.get(shared.key);
    if (shared === undefined || first === undefined) {
      const result = testConfiguration(server, files);
      if (shared !== undefined) {
        made.set(shared.key, { expected: shared.digest, result });
      }
      return result;
    }
    return first.result.then(({ digest }) =>
      // A version of nats-server that computes digests in another way.
      digest === first.expected ? { files, digest: shared.digest } : testConfiguration(server, files),
    );
  });
}

/** Makes a running server load a tested configuration. @throws ServerRefusal */
export async function reload(server: Server, { files, digest }: TestedConfiguration): Promise<void> {
  await server.put(files);
  await explainRefusal(files, server.reload(digest));
}

/** Adds to a refusal which parts of the program the rejected lines of the configuration come from. */
export async function explainRefusal<T>(files: ConfigFiles, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof ServerRefusal)) {
      throw error;
    }
    const { code, server, problem, output } = error;
    throw new ServerRefusal(code, server, problem, output, findOrigins(files[MAIN_FILE] ?? "", MAIN_FILE, output));
  }
}

/** Waits for all steps, also when one fails, and returns their results. @throws the failures, as one error */
export async function settleAll<T extends readonly unknown[]>(steps: {
  readonly [Key in keyof T]: Promise<T[Key]>;
}): Promise<T> {
  const results = await Promise.allSettled(steps);
  const all = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  const reasons = [...new Set(all)];
  if (reasons.length > 1) {
    throw new AggregateError(reasons, reasons.map(errorMessage).join("\n"));
  }
  if (reasons.length === 1) {
    throw reasons[0];
  }
  return Promise.all(steps);
}
