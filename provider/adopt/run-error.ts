import { Unreadable } from "../diagnostics/unreadable";

/**
 * Runs a function of the public interface. Pulumi shows an error of it without a stack trace, like a `RunError`, which it
 * recognizes by this property.
 */
export function withoutStack<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) {
      Object.defineProperty(error, "__pulumiRunError", { value: true });
    }
    throw error;
  }
}
