import * as pulumi from "@pulumi/pulumi";
import { withoutDependencies } from "../join-outputs";

/** The state of a resource, as the engine returns it. */
interface FoundResource {
  readonly state: object;
}

/**
 * Returns a function that corrects the settings of a provider of the program, by name: in a preview, the SDK leaves those unknown that
 * the state does not have, as if the update could set them.
 */
export function presentSettings(
  provider: pulumi.ProviderResource,
): <T>(name: string, value: pulumi.Output<T>) => pulumi.Output<T | undefined> {
  // In the preview that creates a provider, its id is unknown, and so would be what depends on it.
  const urn = withoutDependencies(provider.urn);
  const found = pulumi.runtime.invokeOutput<FoundResource>("pulumi:pulumi:getResource", { urn });
  // Only the state must be known.
  const present = pulumi.unsecret(found).state.apply((state) => Object.keys(state));
  return (name, value) => present.apply((names) => (names.includes(name) ? value : undefined)) as typeof value;
}
