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

/** Ports of a server on which another one listens until its turn. */
export interface OccupiedPorts {
  /** The argument of the server. */
  readonly path: string;
  /** The server that listens on them. */
  readonly holder: string;
  /** By the argument that sets each, such as `clientPort`. */
  readonly ports: Readonly<Record<string, number>>;
}

/** Returns the diagnostics for servers on the ports of servers that leave: these stop only after the others run. */
export function occupiedPortsDiagnostics(occupied: readonly OccupiedPorts[]): Diagnostic[] {
  return occupied.flatMap(({ path, holder, ports }) => {
    const { listed, one, other, its } = describePorts(ports);
    return diagnose({
      code: "NA1743",
      path,
      problem:
        listed === ""
          ? undefined
          : `cannot listen on ${one} of server ${holder} (${listed}), which leaves the cluster: it stops only after the other servers run`,
      remedy: `Choose ${other}, or remove ${holder} in one update and use its ${its} in the next one.`,
    });
  });
}

/** Returns the diagnostics for servers on the ports of servers that move to others later in the same update. */
export function passedPortsDiagnostics(occupied: readonly OccupiedPorts[]): Diagnostic[] {
  return occupied.flatMap(({ path, holder, ports }) => {
    const { listed, one, other, its } = describePorts(ports);
    return diagnose({
      code: "NA1744",
      path,
      problem:
        listed === ""
          ? undefined
          : `cannot listen on ${one} of server ${holder} (${listed}), which changes after this one: servers change one after the other`,
      remedy: `Choose ${other}, or change those of ${holder} in one update and use its ${its} in the next one.`,
    });
  });
}

/** Describes ports for a message. */
function describePorts(ports: OccupiedPorts["ports"]) {
  const all = sortEntries(ports).map(([argument, port]) => `${argument} ${port}`);
  const listed = all.join(", ");
  return all.length === 1
    ? { listed, one: "the port", other: "a different port", its: "port" }
    : { listed, one: "the ports", other: "different ports", its: "ports" };
}
