import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { listResources, STACK } from "./backend";
import { startedFrom } from "./lib/processes";
import { checkout } from "./local-folder";

/** Where the servers of the example run: in containers, as processes of this machine, or as pods of Kubernetes. */
export type Target = (typeof TARGETS)[number];

const TARGETS = ["docker", "process", "kubernetes"] as const;

const isTarget = (text: string | undefined): text is Target => TARGETS.some((target) => target === text);

/** The target in the stack's configuration, which is stored beside the project. */
export function configuredTarget(): Target | undefined {
  const file = join(checkout, `Pulumi.${STACK}.yaml`);
  const value = existsSync(file) ? /^ +\S+:target: *(\S+)$/m.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  return isTarget(value) ? value : undefined;
}

/** The arguments of a command line. */
export interface Arguments {
  /** The target that they choose, if any. */
  target?: Target;
  /** The other arguments, which are for Pulumi. */
  rest: string[];
}

/**
 * Separates `--target docker`, `--target process`, `--target kubernetes` and `--config target=…` from the other arguments. A URN after `--target` is
 * an option of Pulumi and stays.
 */
export function parseTarget(args: string[]): Arguments {
  for (const [at, arg] of args.entries()) {
    const [whole, flag, joined] = /^(--target|--config|-c)(?:=(.*))?$/.exec(arg) ?? [];
    if (whole === undefined) continue;
    const value = joined ?? args[at + 1];
    const target = flag === "--target" ? value : /^target=(.*)$/.exec(value ?? "")?.[1];
    if (isTarget(target)) return { target, rest: args.toSpliced(at, joined === undefined ? 2 : 1) };
  }
  return { rest: args };
}

/** Whether a deployed resource needs a Docker Engine. */
export function hasContainers(): boolean {
  return listResources().some(({ type }) => type.startsWith("docker:"));
}

/** Whether a server that is deployed as a process does not run, for example after a reboot. True where this cannot be found out. */
export function hasEndedProcess(): boolean {
  return listResources()
    .filter(({ type }) => type.endsWith(":ServerProcess"))
    .some(({ id }) => id !== undefined && startedFrom(id).length === 0);
}
