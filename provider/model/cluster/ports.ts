import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { sortEntries } from "../form/order";

/** Ports on the host by the path of the argument that sets them; undefined where none is set. */
export type Ports = Readonly<Record<string, number | undefined>>;

const LARGEST_PORT = 65_535;

/** True for a number that can be a port. */
export function isPortNumber(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= LARGEST_PORT;
}

/** Finds ports that are out of range or used twice. */
export function portsDiagnostics(ports: Ports): Diagnostic[] {
  const set = sortEntries(ports).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return set.flatMap(([path, port], index) => {
    if (!isPortNumber(port)) {
      const problem = `must be a whole number from 1 to ${LARGEST_PORT}`;
      return diagnose({
        code: "NA1008",
        path,
        value: port,
        problem,
        remedy: "Use a free port of the host, such as 4222.",
      });
    }
    const first = set.slice(0, index).find(([, other]) => other === port)?.[0];
    const problem = first === undefined ? undefined : `is already used by ${first}`;
    return diagnose({ code: "NA1711", path, value: port, problem, remedy: "Choose a different port." });
  });
}

/** Ports of a server on which another one still listens, which leaves the cluster. */
export interface OccupiedPorts {
  /** The argument of the server. */
  readonly path: string;
  /** The server that leaves. */
  readonly leaving: string;
  /** By the argument that sets each, such as `clientPort`. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Returns the diagnostics for servers on the ports of servers that leave: these stop only after the others run. */
export function occupiedPortsDiagnostics(occupied: readonly OccupiedPorts[]): Diagnostic[] {
  return occupied.flatMap(({ path, leaving, ports }) => {
    const listed = sortEntries(ports).map(([argument, port]) => `${argument} ${port}`);
    const [one, other] = listed.length === 1 ? ["the port", "a different port"] : ["the ports", "different ports"];
    return diagnose({
      code: "NA1743",
      path,
      problem:
        listed.length === 0
          ? undefined
          : `cannot listen on ${one} of server ${leaving} (${listed.join(", ")}), which leaves the cluster: it stops only after the other servers run`,
      remedy: `Choose ${other}, or remove ${leaving} in one update and use its ${listed.length === 1 ? "port" : "ports"} in the next one.`,
    });
  });
}
