import { diagnose, joinPath, type Diagnostic } from "../diagnostics/diagnostic";
import { checkShape, stringShape, unshown } from "../model/form/shape";

/** How a program names a Kubernetes cluster. */
type Access = Readonly<Partial<Record<"context" | "kubeconfig", unknown>>>;

/** The diagnostics for a program without packages that other platforms do not need. @param path the path of what needs them */
export function packagesDiagnostics(path: string, missing: readonly string[]): Diagnostic[] {
  return diagnose({
    code: "NA2204",
    path,
    problem: missing.length === 0 ? undefined : `requires packages that are not installed: ${missing.join(", ")}`,
    remedy: `Run \`npm install ${missing.map(toInstall).join(" ")}\` in the folder of the program.`,
  });
}

/** Returns what to install: a version for each version of Node.js that this package supports. */
function toInstall(name: string): string {
  return name === "@kubernetes/client-node" ? `${name}@1` : name;
}

/** Finds a Kubernetes cluster without a name: the current context can change at any time. @param path the path of the access */
export function unnamedDiagnostics(path: string, { context, kubeconfig }: Access): Diagnostic[] {
  return diagnose({
    code: "NA2200",
    path,
    problem:
      context !== undefined || kubeconfig !== undefined
        ? undefined
        : "names neither a context nor a kubeconfig, so it is unknown which cluster is meant",
    remedy: "Set `context` to the name of a context of your kubeconfig, or set `kubeconfig`.",
  });
}

/**
 * Checks the name of a context, or the content of a kubeconfig, which is not shown.
 *
 * @param path the path of the access
 */
export function accessDiagnostics(path: string, key: keyof Access, value: unknown): Diagnostic[] {
  const shape = key === "kubeconfig" ? unshown(stringShape) : stringShape;
  return value === undefined
    ? []
    : checkShape(joinPath(path, key), shape, value, () =>
        diagnose({
          code: "NA2200",
          path: "",
          problem: value === "" ? "is empty, so it is unknown which cluster is meant" : undefined,
          remedy: "Use the name of a context of your kubeconfig, or the content of a kubeconfig.",
        }),
      );
}
