import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Connection } from "./connection";
import { EndedCommand, withTimeout } from "./ended-command";
import { CONTAINER } from "./layout";

/** The output of a command, and whether it succeeded. */
export interface CommandResult {
  readonly output: string;
  readonly succeeded: boolean;
}

/** The only protocol in which the input of a command ends before the command does: Kubernetes has it since 1.30. */
const ENDING_INPUT = "v5.channel.k8s.io";

/**
 * Runs a command in the container of a pod.
 *
 * @param input what the command reads from its standard input; undefined for none
 * @returns undefined, without a result, if the API server cannot end the input
 */
export async function exec(
  { library, config }: Connection,
  namespace: string,
  pod: string,
  command: readonly string[],
  input?: string,
): Promise<CommandResult | undefined> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = input === undefined ? null : new PassThrough();
  const output = Promise.all([text(stdout), text(stderr)]);
  const ended = new EndedCommand();
  const socket = await withTimeout(
    new library.Exec(config).exec(namespace, pod, CONTAINER, [...command], stdout, stderr, stdin, false, ended.set),
  );
  socket.onclose = ended.setClosed;
  try {
    if (stdin !== null && socket.protocol !== ENDING_INPUT) {
      return undefined;
    }
    stdin?.end(input);
    const { status } = await withTimeout(ended.status);
    return { output: (await output).join(""), succeeded: status === "Success" };
  } finally {
    socket.close();
  }
}
