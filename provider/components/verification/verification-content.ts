import * as pulumi from "@pulumi/pulumi";
import { verificationDiagnostics, type VerificationInputs } from "../../dynamic/checks/deployment";
import { UNKNOWN } from "../../dynamic/life-cycle/unknown";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { getOwn } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { valueIfKnown } from "../validation";
import { CONFIGURATION, declaredTargets, type ClusterVerificationArgs } from "./verification-args";

/**
 * Finds problems with the content of what a program sets for a verification, as far as it is known. The handler of the verification
 * checks the same with the values of the configuration.
 */
export async function verificationContentDiagnostics(args: ClusterVerificationArgs): Promise<Diagnostic[]> {
  const { configuration, users, timeout, tls } = args;
  const inputs = await knownParts({ servers: declaredTargets(args), users, timeout, tls });
  const login = { seed: UNKNOWN, creds: UNKNOWN };
  const { servers, ...rest } = inputs as VerificationInputs;
  return verificationDiagnostics({ ...rest, ...targets(configuration, servers), login });
}

/** Returns the servers to verify. Their values in the configuration are not known yet. */
function targets(
  configuration: ClusterVerificationArgs["configuration"],
  declared: VerificationInputs["servers"],
): Pick<VerificationInputs, "servers"> {
  const parts = hasShape(CONFIGURATION, configuration) ? configuration.parts : undefined;
  const configured = Object.fromEntries(
    (parts?.servers ?? []).map(({ name, mode }) => [name, { mode, url: UNKNOWN, digest: UNKNOWN }]),
  );
  if (declared !== undefined) {
    const merged = Object.entries(declared).map(([name, server]) => [name, { ...getOwn(configured, name), ...server }]);
    return { servers: Object.fromEntries(merged) as VerificationInputs["servers"] & object };
  }
  // The servers of a malformed configuration are not known.
  const servers = parts === undefined ? (UNKNOWN as unknown as typeof configured) : configured;
  return Object.keys(servers).length === 0 ? {} : { servers };
}

/** Returns a value without outputs. Those that a preview does not know are replaced by the engine's marker. */
async function knownParts(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) {
    const known = await valueIfKnown(pulumi.output(value).apply((one: unknown) => [one]));
    return known === undefined ? UNKNOWN : known[0];
  }
  if (Array.isArray(value)) {
    return Promise.all(value.map(knownParts));
  }
  if (!isRecord(value)) {
    return value;
  }
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const known = members.map(async ([key, member]) => [key, await knownParts(member)] as const);
  return Object.fromEntries(await Promise.all(known));
}
