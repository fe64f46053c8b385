import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { sortEntries } from "../form/order";

/** Ports on the host by the path of the argument that sets them; undefined where none is set. */
export type Ports = Readonly<Record<string, number | undefined>>;

const LARGEST_PORT = 65_535;

/** Finds ports that are out of range or used twice. */
export function portsDiagnostics(ports: Ports): Diagnostic[] {
  const set = sortEntries(ports).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return set.flatMap(([path, port], index) => {
    if (!Number.isInteger(port) || port < 1 || port > LARGEST_PORT) {
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
