import { diagnose, keyPath, type Diagnostic } from "../../diagnostics/diagnostic";
import { matching, type Shape } from "../form/shape";

/**
 * How a server decides who may do what: by accounts and nkeys in its configuration, or by the JWTs of an operator that it
 * trusts.
 */
export type Mode = "static" | "operator";

/** Both modes. */
export const MODES: readonly Mode[] = ["static", "operator"];

/** The shape of a mode. */
export const MODE_SHAPE: Shape = matching('"static" or "operator"', "Use one of these values.", (value) =>
  (MODES as readonly unknown[]).includes(value),
);

/** The servers of a cluster whose program names none: one of each mode, called by its mode. */
export type DefaultServer = Mode;

/** A value for each server of a cluster, by the server's name. */
export type PerServer<T, Name extends string = string> = Readonly<Record<Name, T>>;

/** Creates a value for each server. */
export function perServer<Server extends { readonly name: string }, T>(
  servers: readonly Server[],
  create: (server: Server) => T,
): PerServer<T, Server["name"]> {
  const entries = servers.map((server) => [server.name, create(server)] as const);
  return Object.fromEntries(entries) as PerServer<T, Server["name"]>;
}

/** Creates a record with the same names and other values. */
export function mapServers<T, U>(values: PerServer<T>, map: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value, name)]));
}

/** Returns the `server_name` of a server. */
export function serverName(clusterName: string, name: string): string {
  return `${clusterName}-${name}`;
}

/** A DNS label in lower case: the name of a server is also its host name and the name of its folder. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Names that states use for something else, next to the configurations of servers. */
const RESERVED_NAMES: readonly string[] = ["applied", "condition", "discarded", "id", "leaving", "restarts", "urn"];

/** Finds problems with the names of a cluster's servers; paths are relative to the cluster's arguments. */
export function serversDiagnostics(names: readonly string[]): Diagnostic[] {
  return [
    ...diagnose({
      code: "NA1741",
      path: "servers",
      problem: names.length === 0 ? "must contain at least one server" : undefined,
      remedy: "Add a server, or remove the argument to run one server of each mode.",
    }),
    ...names.flatMap((name) =>
      diagnose({
        code: "NA1740",
        path: keyPath("servers", name),
        problem: nameProblem(name),
        remedy: "Rename the server.",
      }),
    ),
  ];
}

function nameProblem(name: string): string | undefined {
  return RESERVED_NAMES.includes(name) ? "is a reserved name" : labelProblem("server", name);
}

/** Things that have a DNS label as their name. */
export type Labelled =
  | "host"
  | "remote"
  | "server"
  | "release"
  | "namespace"
  | "prefix"
  | "account"
  | "Secret"
  | "pod"
  | "StatefulSet";

/** Returns why a name is not a DNS label, as a clause, or undefined if it is one. */
export function labelProblem(kind: Labelled, name: string): string | undefined {
  return NAME.test(name)
    ? undefined
    : `is not a valid name of a ${kind}: it must have at most 63 lower-case letters, digits and hyphens, and begin and end with a letter or digit`;
}
