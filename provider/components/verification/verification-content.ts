import * as pulumi from "@pulumi/pulumi";
import { verificationDiagnostics, type VerificationInputs } from "../../dynamic/checks/deployment";
import { UNKNOWN } from "../../dynamic/life-cycle/unknown";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import { mapServers } from "../../model/cluster/servers";
import { getOwn, omitUndefined } from "../../model/form/order";
import { hasShape, isRecord } from "../../model/form/shape";
import { valueIfKnown } from "../validation";
import { CONFIGURATION, declaredNamespace, declaredTargets, type ClusterVerificationArgs } from "./verification-args";

/**
 * Finds problems with the content of what a program sets for a verification, as far as it is known. The handler of the verification
 * checks the same with the values of the configuration.
 */
export async function verificationContentDiagnostics(args: ClusterVerificationArgs): Promise<Diagnostic[]> {
  const { configuration, users, timeout, tls } = args;
  const kubernetes = declaredNamespace(args);
  const inputs = await knownParts({ servers: declaredTargets(args), users, timeout, tls, kubernetes });
  const login = { seed: UNKNOWN, creds: UNKNOWN };
  const { servers, tls: declaredTls, ...rest } = inputs as Declared;
  const options = { ...(declaredTls === undefined ? {} : { tls: withoutOptions(declaredTls) }) };
  return verificationDiagnostics({
    ...rest,
    ...options,
    ...targets(configuration, servers, declaredTls, kubernetes !== undefined),
    login,
  });
}

/** What a program sets, with TLS of single servers. */
interface Declared extends Omit<VerificationInputs, "servers" | "tls"> {
  readonly servers?: Readonly<Record<string, { readonly tls?: unknown }>>;
  readonly tls?: unknown;
}

/** Returns the certificates and keys of TLS, without its options for connections, which the handler checks at each server. */
function withoutOptions(tls: unknown): NonNullable<VerificationInputs["tls"]> {
  if (!isRecord(tls)) {
    return tls as NonNullable<VerificationInputs["tls"]>;
  }
  const { serverName: _serverName, handshakeFirst: _handshakeFirst, ...files } = tls;
  return files;
}

/** Returns the options for connections to a server, as the handler receives them. */
function connectionOptions(tls: unknown): object {
  const { serverName, handshakeFirst } = isRecord(tls) ? tls : {};
  return omitUndefined<object>({ certificateName: serverName, handshakeFirst });
}

/** Returns the servers to verify. Their values in the configuration are not known yet. */
function targets(
  configuration: ClusterVerificationArgs["configuration"],
  declared: Declared["servers"],
  tls: unknown,
  inPods: boolean,
): Pick<VerificationInputs, "servers"> {
  const parts = hasShape(CONFIGURATION, configuration) ? configuration.parts : undefined;
  if (declared === undefined && parts === undefined) {
    // The servers of a malformed configuration are not known.
    return { servers: UNKNOWN as unknown as NonNullable<VerificationInputs["servers"]> };
  }
  const configured = Object.fromEntries(
    (parts?.servers ?? []).map(({ name, mode }) => [name, { mode, url: UNKNOWN, digest: UNKNOWN }]),
  );
  const servers = Object.entries<{ readonly tls?: unknown }>(declared ?? mapServers(configured, () => ({}))).map(
    ([name, { tls: own, ...server }]) => [
      name,
      {
        ...(inPods ? { pod: name, url: UNKNOWN } : {}),
        ...getOwn(configured, name),
        ...server,
        ...connectionOptions(tls),
        ...connectionOptions(own),
      },
    ],
  );
  return declared === undefined && servers.length === 0
    ? {}
    : { servers: Object.fromEntries(servers) as NonNullable<VerificationInputs["servers"]> };
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
