import type * as kubernetes from "@pulumi/kubernetes";

/** The package that creates objects in Kubernetes. */
export type Kubernetes = typeof kubernetes;

/** The package that reads and changes what runs in pods. Only the handlers of resources load it. */
const CLIENT = "@kubernetes/client-node";

/** Returns the packages that resources of Kubernetes need, and that are not installed: they are optional dependencies. */
export function missingPackages(): string[] {
  return [...(loadKubernetes() === undefined ? ["@pulumi/kubernetes"] : []), ...missingClient()];
}

/** Returns the package that reaches pods, if it is not installed. */
export function missingClient(): string[] {
  return isInstalled(CLIENT) ? [] : [CLIENT];
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch (error) {
    return !isMissing(error);
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
}

/**
 * Loads the package that creates objects in Kubernetes. Programs for other platforms neither need nor load it.
 *
 * @returns undefined if it is not installed
 */
export function loadKubernetes(): Kubernetes | undefined {
  try {
    // Bundlers accept that a package is missing where it is required in a `try` block.
    // oxlint-disable-next-line typescript/no-require-imports -- a constructor cannot wait for an import
    return require("@pulumi/kubernetes") as Kubernetes;
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}
