import type { Side } from "./sides";

/** Where the servers of a stack run. */
export type TargetName = "docker" | "process";

/** Every place where servers can run. */
export const TARGETS: readonly TargetName[] = ["docker", "process"];

/** Identity of a running server, to assert that it was neither replaced nor restarted. */
export interface Life {
  /** Container or folder. */
  readonly id: string;
  readonly startedAt: string;
}

/** The two servers of a stack, as an administrator of their host manages them. */
export interface StackServers {
  /** Number of resources for the places of the servers, in a program with one cluster. */
  readonly placeResources: number;
  /** Type of the resource for the place of one server. */
  readonly placeType: "Container" | "ServerProcess" | "StatefulSet";

  /** Returns the place and the start of each server. */
  lives(): Promise<Record<Side, Life>>;
  /** Returns the files of a server's configuration, read from its place, by name. */
  configuration(side: Side): Promise<Record<string, string>>;
  /** Returns the configurations of both servers. */
  configurations(): Promise<Record<Side, Record<string, string>>>;
  /** Returns all files of a server by path. */
  allFiles(side: Side): Promise<Record<string, string>>;
  /** Returns the log of a server. */
  log(side: Side): Promise<string>;
  /** Returns everything that is visible of a server from outside, except its files. */
  seen(side: Side): Promise<string>;
  /** Returns the addresses of this machine, with ports, on which the servers listen. */
  listening(): Promise<string[]>;

  /** Kills a server, as a crash does. */
  crash(side: Side): Promise<void>;
  /** Pauses a server. */
  pause(side: Side): Promise<void>;
  /** Replaces a server's configuration. */
  edit(side: Side, config: string): Promise<void>;
  /** Removes a server and everything that belongs to it. */
  remove(side: Side): Promise<void>;

  /** Describes everything that belongs to the stack where its servers run. Empty after the stack was destroyed. */
  belongings(): Promise<string[]>;
  /** Describes belongings other than one running server for each side and its requirements. */
  leftOvers(): Promise<string[]>;
  /** Removes only what belongs to the stack. */
  clear(): Promise<void>;
}

/** Creates a describe block for each of these targets. */
export function describeOn(
  targets: readonly TargetName[],
  title: string,
  tests: (this: Mocha.Suite, target: TargetName) => void,
): void {
  for (const target of targets) {
    describe(`${title} (${target})`, function () {
      tests.call(this, target);
    });
  }
}
