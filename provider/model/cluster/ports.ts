import type { Diagnostic } from "../form/diagnostics";
import { shown } from "../form/diagnostics";
import { sortedEntries } from "../form/order";

/** Ports of the host by the path of the argument that asks for them; undefined where none is asked for. */
export type Ports = Readonly<Record<string, number | undefined>>;

const LARGEST_PORT = 65_535;

/** Ports that are none, and ports that are asked for twice. */
export function portsDiagnostics(ports: Ports): Diagnostic[] {
  const asked = sortedEntries(ports).filter((entry): entry is [string, number] => entry[1] !== undefined);
  return asked.flatMap(([path, port], index) => {
    if (!Number.isInteger(port) || port < 1 || port > LARGEST_PORT) {
      const problem = `is not a port; a port is a whole number from 1 to ${LARGEST_PORT}`;
      return [{ path, value: shown(port), problem, remedy: "Write a free port of the host, such as 4222." }];
    }
    const earlier = asked.find(([, other], at) => at < index && other === port)?.[0];
    return earlier === undefined
      ? []
      : [
          {
            path,
            value: shown(port),
            problem: `is the port of ${earlier} already`,
            remedy: "Give each of them a port of its own.",
          },
        ];
  });
}
