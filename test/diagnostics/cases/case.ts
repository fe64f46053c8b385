import type * as pulumi from "@pulumi/pulumi";
import type { Code } from "../../../provider/diagnostics/codes";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { valueOf } from "../../support/mocks";

/** An input, and the codes of all problems that it produces. */
export interface DiagnosticCase {
  /** The problem of the input, such as "a subject with a space". */
  readonly name: string;
  /** The code of each diagnostic, in order. */
  readonly codes: readonly Code[];
  /** Runs the public check on the input. */
  readonly find: () => readonly Diagnostic[] | Promise<readonly Diagnostic[]>;
}

/** Returns the diagnostics of several checks. */
export async function joined(outputs: readonly pulumi.Output<readonly Diagnostic[]>[]): Promise<readonly Diagnostic[]> {
  return (await Promise.all(outputs.map(valueOf))).flat();
}
