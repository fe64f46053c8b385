import { originsOf } from "../config/origins";
import { MAIN_FILE, ServerRefusal, type ConfigFiles, type Server } from "./server";
import { wordsOf } from "./words";

/** A configuration that a server's program has read without a complaint, and the digest by which the server takes it. */
export interface Tried {
  readonly files: ConfigFiles;
  readonly digest: string;
}

/** Has a server's program read a configuration, without touching the server. @throws ServerRefusal */
export async function tried(server: Server, files: ConfigFiles): Promise<Tried> {
  return { files, digest: await explained(files, server.try(files)) };
}

/** Has a server that runs take a configuration that was tried before. @throws ServerRefusal */
export async function reload(server: Server, { files, digest }: Tried): Promise<void> {
  await server.put(files);
  await explained(files, server.reload(digest));
}

/** Lets a refusal say which parts of the program the refused configuration has them from. */
export async function explained<T>(files: ConfigFiles, step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (error) {
    if (!(error instanceof ServerRefusal)) {
      throw error;
    }
    const { server, what, words } = error;
    throw new ServerRefusal(server, what, words, originsOf(files[MAIN_FILE] ?? "", MAIN_FILE, words));
  }
}

/** What several steps return. Waits for all of them, also when one fails. @throws what they threw, as one error */
export async function all<T extends readonly unknown[]>(steps: {
  readonly [Key in keyof T]: Promise<T[Key]>;
}): Promise<T> {
  const results = await Promise.allSettled(steps);
  const reasons = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (reasons.length > 1) {
    throw new AggregateError(reasons, reasons.map(wordsOf).join("\n"));
  }
  if (reasons.length === 1) {
    throw reasons[0];
  }
  return Promise.all(steps);
}
