/**
 * Hides members that only this package uses. A program that exports a component writes each enumerable member into the
 * outputs of its stack, where `pulumi stack output` and other stacks see them.
 *
 * @param names the internal members; those without a value are hidden as well
 * @returns the component
 */
export function hideInternals<T extends object>(component: T, names: readonly (keyof T)[]): T {
  for (const name of names) {
    Object.defineProperty(component, name, { enumerable: false });
  }
  return component;
}
