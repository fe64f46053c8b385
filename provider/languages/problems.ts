import type * as pulumi from "@pulumi/pulumi";
import { formatDiagnostics, prefixPaths, type Diagnostic } from "../diagnostics/diagnostic";
import { InvalidArgumentsError } from "../components/validation";
import type { Part } from "./create-model";

/** The problems of a component and of all components inside of it, with paths in its arguments. */
export class ProblemsError extends Error {
  constructor(subject: string, diagnostics: readonly Diagnostic[]) {
    super(formatDiagnostics(subject, diagnostics));
  }
}

/**
 * Waits until the arguments of all components are checked.
 *
 * @param own problems of the arguments that no other component has
 * @throws ProblemsError with the problems of all of them
 */
export async function checkParts(subject: string, own: readonly Diagnostic[], parts: readonly Part[]): Promise<void> {
  const results = await Promise.allSettled(parts.map(({ component }) => component.gate));
  const reasons = new Set(
    results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : [])),
  );
  const paths = new Map<pulumi.Resource, string>(parts.map(({ component, path }) => [component, path]));
  const found = [...reasons].flatMap((reason) => {
    if (!(reason instanceof InvalidArgumentsError)) {
      throw reason;
    }
    return prefixPaths(paths.get(reason.component) ?? "", reason.diagnostics);
  });
  throwProblems(subject, [...own, ...found]);
}

/** @throws ProblemsError if there are problems */
export function throwProblems(subject: string, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length > 0) {
    throw new ProblemsError(subject, diagnostics);
  }
}
