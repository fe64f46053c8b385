import { randomInt } from "node:crypto";
import { pathWith } from "./path";
import { attempt, capture } from "./run";
import { ToolError } from "./terminal";

/** Numbers of subnets. */
const COUNT = 254;

/** An ordinary user's PATH leaves `ip` out. Its messages are read. */
const environment = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: "C", PATH: pathWith() });

/** Runs `ip`. @returns its stdout */
export const ip = (...args: string[]): Promise<string> => capture("ip", args, { env: environment() });

/** Returns the numbers of all subnets in random order, so that the first one is probably free. */
function allNumbers(): number[] {
  const first = randomInt(COUNT);
  return Array.from({ length: COUNT }, (_, index) => 1 + ((first + index) % COUNT));
}

/**
 * Takes a subnet that no route of this machine leads to, by adding a route. The kernel refuses a second route to the same subnet, so
 * processes that do this at the same time take different ones. The subnet is free again when the device of its route is removed.
 *
 * @param route the destination of the route to a subnet, and its device, which must be up
 * @param numbers the numbers to try, in order
 * @returns the number of the subnet
 * @throws ToolError if all are taken
 */
export async function takeSubnet(
  route: (number: number) => string[],
  numbers: readonly number[] = allNumbers(),
): Promise<number> {
  for (const number of numbers) {
    const { code, stderr } = await attempt("ip", ["route", "add", ...route(number)], { env: environment() });
    if (code === 0) return number;
    if (!stderr.includes("File exists")) {
      throw new ToolError(`\`ip route add ${route(number).join(" ")}\` failed (exit code ${code}):\n${stderr.trim()}`);
    }
  }
  throw new ToolError(
    "All subnets for networks on this machine are taken.",
    "End other tests and clusters that use them: see `ip route`.",
  );
}
