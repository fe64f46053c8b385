import type { TargetName } from "./stack-servers";

/** Timeout for several engine commands on a slow machine, in milliseconds. No test relies on it to pass. */
export const STEP_TIMEOUT = 300_000;

/** Options of a test stack by itself. */
export interface SingleStackOptions {
  /** Where its servers run, first and later: see {@link TestStack.target}. @default processes alone */
  readonly targets?: readonly [TargetName, ...TargetName[]];
  /** Passphrase of the secrets in its state. @default none if the stack is hosted: the key service serves it; else random */
  readonly passphrase?: string;
  /**
   * Runs the project as its users do: in its folder, from source, in a process of its own for each command.
   *
   * @default false: runs a copy that is compiled once
   */
  readonly fromSource?: boolean;
  /**
   * Runs the compiled program and its dynamic resources in two processes that serve the commands of all stacks. This takes
   * most of a command's time away, but changes what the CLI shows of their errors. When a command is to be killed, its
   * dynamic resources have a process of their own.
   *
   * @default true
   */
  readonly hosted?: boolean;
  /**
   * Whether the CLI logs to files, which takes a fifth of the CPU time of its commands.
   *
   * @default true unless the stack is hosted
   */
  readonly logs?: boolean;
}
