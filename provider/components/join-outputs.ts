import * as pulumi from "@pulumi/pulumi";
import { partsOf } from "../resources/later-parts";

/** The outputs of some values. */
type Outputs<Values extends readonly unknown[]> = { readonly [Index in keyof Values]: pulumi.Output<Values[Index]> };

/**
 * Applies a function to the values of several outputs. Unlike `pulumi.all`, it does not search and copy the values, which takes
 * long for thousands of users and keeps nothing of maps and classes.
 */
export function joinOutputs<Values extends readonly unknown[], Result>(
  outputs: Outputs<Values>,
  join: (...values: Values) => pulumi.Input<Result>,
): pulumi.Output<Result> {
  // Pulumi leaves functions as they are.
  const hidden = outputs.map((output: pulumi.Output<unknown>) => output.apply((value) => () => value));
  return pulumi
    .all(hidden)
    .apply((all) => join(...(all.map((value) => value()) as unknown as Values))) as pulumi.Output<Result>;
}

/** Returns an output of a value that is not searched and copied. */
export function plainOutput<T>(value: T): pulumi.Output<T> {
  return pulumi.output(0).apply<T>(() => value);
}

/**
 * Returns an output of the same value that depends on no resource. The engine stores the dependencies of each resource, and a
 * resource without them is still registered once the value is known.
 */
export function withoutDependencies<T>(output: pulumi.Output<T>): pulumi.Output<T> {
  const parts = partsOf(output);
  const value = Promise.all([parts.promise(true), parts.isKnown, parts.isSecret]);
  const independent = value.then(([known, isKnown, isSecret]) => {
    const own = isKnown ? known : (pulumi.unknown as T);
    return isSecret ? pulumi.secret(own) : own;
  });
  return pulumi.output(independent) as pulumi.Output<T>;
}
