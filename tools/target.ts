import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { keptResources, STACK } from "./backend";
import { startedFrom } from "./lib/processes";
import { checkout } from "./local-folder";

/** Where the servers of the example run: in containers, or as processes of this machine. */
export type Target = "docker" | "process";

const isTarget = (text: string | undefined): text is Target => text === "docker" || text === "process";

/** The target that the stack's configuration says, which lies beside the project. */
export function configuredTarget(): Target | undefined {
  const file = join(checkout, `Pulumi.${STACK}.yaml`);
  const said = existsSync(file) ? /^ +\S+:target: *(\S+)$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return isTarget(said) ? said : undefined;
}

/** What a person said about the target, and what is left of the arguments for Pulumi. */
export interface Asked {
  target?: Target;
  rest: string[];
}

/**
 * Takes `--target docker` or `--target process` out of arguments, and `--config target=…`, which says the same. A target
 * of Pulumi's own is a URN, and stays.
 */
export function takeTarget(args: string[]): Asked {
  for (const [at, arg] of args.entries()) {
    const [whole, flag, joined] = /^(--target|--config|-c)(?:=(.*))?$/.exec(arg) ?? [];
    if (whole === undefined) continue;
    const value = joined ?? args[at + 1];
    const target = flag === "--target" ? value : /^target=(.*)$/.exec(value ?? "")?.[1];
    if (isTarget(target)) return { target, rest: args.toSpliced(at, joined === undefined ? 2 : 1) };
  }
  return { rest: args };
}

/** Whether something that is deployed needs a Docker Engine. */
export function hasContainers(): boolean {
  return keptResources().some(({ type }) => type.startsWith("docker:"));
}

/** Whether a server that is deployed as a process does not run, as after a reboot, or that cannot be told. */
export function hasEndedProcess(): boolean {
  return keptResources()
    .filter(({ type }) => type.endsWith(":ServerProcess"))
    .some(({ id }) => id !== undefined && startedFrom(id).length === 0);
}
