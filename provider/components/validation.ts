import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostics, type Diagnostic } from "../model/form/diagnostics";

/** Fulfilled once something has been found valid, rejected with all that is wrong with it. */
export type Gate = Promise<void>;

/**
 * Makes one error of all diagnostics of a component. The gate fails with it, and so does everything that waits behind
 * the gate; the rest of the program goes on, so that the problems of other components are reported in the same preview.
 *
 * Diagnostics that a preview cannot know yet let the gate open: what they look at is checked again when it is known.
 *
 * @param what what the diagnostics are about, such as `account "A"`
 * @param resource the component that the error is shown at
 */
export async function valid(
  what: string,
  resource: pulumi.Resource,
  found: readonly pulumi.Output<readonly Diagnostic[]>[],
): Gate {
  const lists = await Promise.all(found.map(valueIfKnown));
  const diagnostics = lists.flatMap((list) => list ?? []);
  if (diagnostics.length > 0) {
    throw new InvalidArguments(formatDiagnostics(what, diagnostics), resource);
  }
}

/** The error that a gate fails with. */
class InvalidArguments extends pulumi.ResourceError {
  constructor(message: string, resource: pulumi.Resource) {
    super(message, resource, true);
    // Everything that waits behind the gate would put the names of its properties in front of the message.
    Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
  }
}

/**
 * A gate that opens when all of these are open. When its own is closed it says so itself; what closed the others has
 * been said by the components that they belong to.
 */
export async function allOpen(own: Gate, others: readonly Gate[]): Gate {
  const results = await Promise.allSettled(others);
  await own;
  const closed = results.find((result) => result.status === "rejected");
  if (closed !== undefined) {
    throw closed.reason;
  }
}

/** A value that is there only behind a gate. It stays as known, secret and dependent as it was. */
export function behind<T>(gate: Gate, value: pulumi.Input<T>): pulumi.Output<T> {
  return pulumi.output(gate.then(() => value)) as pulumi.Output<T>;
}

/** The value of an output, or undefined when a preview cannot know it yet. */
export async function valueIfKnown<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  // The type does not show it, but every output says whether it is known.
  const { isKnown } = output as unknown as { readonly isKnown: Promise<boolean> };
  if (!(await isKnown)) {
    return undefined;
  }
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}
