import * as pulumi from "@pulumi/pulumi";
import { formatDiagnostic, formatDiagnostics, type Diagnostic } from "../diagnostics/diagnostic";
import { shortenDiagnostics } from "../model/users/set-users";

/** Resolves once a component is valid; rejects with all of its problems. */
export type Gate = Promise<void>;

/**
 * Reports all diagnostics of a component as one error. The gate rejects with it, and so does everything that waits for
 * the gate. The rest of the program continues, so that one preview reports the problems of every component.
 *
 * Diagnostics that are unknown during a preview leave the gate open: the resources check those values again once they are
 * known.
 *
 * @param subject what the diagnostics are about, such as `account "A"`
 * @param resource the component that the error is reported for
 */
export async function validate(
  subject: string,
  resource: pulumi.Resource,
  checks: readonly pulumi.Output<readonly Diagnostic[]>[],
): Gate {
  const lists = await Promise.all(checks.map(valueIfKnown));
  // Pods with the same arguments have the same problems.
  const found = lists.flatMap((list) => list ?? []).map((one) => [formatDiagnostic(one), one] as const);
  const diagnostics = [...new Map(found).values()];
  if (diagnostics.length > 0) {
    throw new InvalidArgumentsError(subject, resource, diagnostics);
  }
}

/**
 * Warns of what a check finds in a valid component, as far as a preview knows it. Secret values are not shown.
 *
 * @param find returns the diagnostics of the values; it is called once the component is valid
 */
export async function warn<T>(
  { subject, resource, gate }: { readonly subject: string; readonly resource: pulumi.Resource; readonly gate: Gate },
  values: pulumi.Output<T>,
  find: (known: T) => readonly Diagnostic[],
): Promise<void> {
  await gate;
  const [known, isSecret] = await Promise.all([valueIfKnown(values), pulumi.isSecret(values)]);
  const found = known === undefined || isSecret ? [] : find(known);
  if (found.length > 0) {
    await pulumi.log.warn(formatDiagnostics(subject, found), resource);
  }
}

/** Joins the checks of many users into one with a short list of problems. */
export function joinChecks(
  checks: readonly pulumi.Output<readonly Diagnostic[]>[],
): pulumi.Output<readonly Diagnostic[]> {
  const lists = Promise.all(checks.map(valueIfKnown));
  return pulumi.output(lists.then((all) => shortenDiagnostics(all.flatMap((list) => list ?? []))));
}

/** An error about something that an {@link InvalidArgumentsError} reports. */
export class ReportedError extends Error {}

/** The error that a gate rejects with: the problems of one component. */
export class InvalidArgumentsError extends pulumi.ResourceError {
  constructor(
    subject: string,
    readonly component: pulumi.Resource,
    readonly diagnostics: readonly Diagnostic[],
  ) {
    const message = formatDiagnostics(subject, diagnostics);
    super(message, component, true);
    // Pulumi would prefix the message with the name of each property that waits for the gate.
    Object.defineProperty(this, "message", { get: () => message, set: () => undefined });
  }
}

/**
 * Opens when a component's own gate and all other gates are open. A closed gate of its own comes first; the components
 * that the other gates belong to report their problems themselves.
 */
export async function waitForGates(own: Gate, others: readonly Gate[]): Gate {
  // All at once: a gate that closes while another one is awaited would have no handler.
  const [, ...results] = await Promise.allSettled([own, ...others]);
  await own;
  const closed = results.find((result) => result.status === "rejected");
  if (closed !== undefined) {
    throw closed.reason;
  }
}

/** Holds a value back until the gate opens. The value keeps its secretness, its dependencies, and whether it is known. */
export function afterGate<T>(gate: Gate, value: pulumi.Input<T>): pulumi.Output<T> {
  return pulumi.output(gate.then(() => value)) as pulumi.Output<T>;
}

/**
 * Checks that an argument that the program sets has a value, such as the output of another stack. Pulumi would omit it, and
 * a new key would be generated in place of the existing one.
 */
export function missingValueDiagnostics(
  path: string,
  input: pulumi.Input<unknown>,
): pulumi.Output<readonly Diagnostic[]>[] {
  if (input === undefined) {
    return [];
  }
  const problem = "is an output without a value; a new key would be generated in its place";
  const remedy = "Correct the name of the output or setting that it comes from, or remove the argument.";
  const missing: Diagnostic = { code: "NA4052", path, problem, remedy };
  const output = pulumi.output(input) as pulumi.Output<unknown>;
  return [output.apply((value) => (value === undefined ? [missing] : []))];
}

/** Returns the value of an output, or undefined while a preview does not know it. */
export async function valueIfKnown<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  // The public type lacks `isKnown`, but every output has it.
  const { isKnown } = output as unknown as { readonly isKnown: Promise<boolean> };
  if (!(await isKnown)) {
    return undefined;
  }
  return new Promise((resolve) => {
    output.apply(resolve);
  });
}

/** Returns the value of an output, or another one while a preview does not know it. */
export function asKnown<T>(output: pulumi.Output<T>, unknown: T): pulumi.Output<T> {
  return pulumi.output(valueIfKnown(output).then((value) => value ?? unknown)) as pulumi.Output<T>;
}
