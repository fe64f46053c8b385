import type { StateResource } from "./stack";

/** Every JWT in a state, by the resource that it belongs to. */
export function tokensOf(resources: readonly StateResource[]): Record<string, string> {
  return Object.fromEntries(
    resources.flatMap(({ urn, outputs }) => {
      const jwt = outputs?.jwt;
      return typeof jwt === "string" ? [[urn, jwt]] : [];
    }),
  );
}
