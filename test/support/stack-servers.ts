import type { Side } from "../../provider/servers/places";

/** Where the servers of a stack run. */
export type TargetName = "docker" | "process";

/** Every place where servers can run. */
export const TARGETS: readonly TargetName[] = ["docker", "process"];

/** What is compared of a server that must not have been touched. */
export interface Life {
  /** Its container, or its folder. */
  readonly id: string;
  readonly startedAt: string;
}

/** The two servers of a stack, as somebody sees and handles them who has access to where they run. */
export interface StackServers {
  /** How many resources there are for the places of a cluster's servers, of those that a program with one cluster has. */
  readonly placeResources: number;
  /** The type of the resource that is the place of one server. */
  readonly placeType: "Container" | "ServerProcess";

  /** Where the two servers run, and since when. */
  lives(): Promise<Record<Side, Life>>;
  /** The files of a server's configuration, as they lie where it runs, by name. */
  configuration(side: Side): Promise<Record<string, string>>;
  /** Both servers' configurations. */
  configurations(): Promise<Record<Side, Record<string, string>>>;
  /** Every file that a server has, whoever put it there, by its path. */
  allFiles(side: Side): Promise<Record<string, string>>;
  /** What a server has written to its log. */
  log(side: Side): Promise<string>;
  /** All that can be seen of a server from outside, beside its files. */
  seen(side: Side): Promise<string>;
  /** The addresses, with ports, of this machine at which the servers can be reached. */
  listening(): Promise<string[]>;

  /** Ends a server as a crash does. */
  crash(side: Side): Promise<void>;
  /** Makes a server do nothing, without ending it. */
  pause(side: Side): Promise<void>;
  /** Writes something else into a server's configuration. */
  edit(side: Side, config: string): Promise<void>;
  /** Takes a server away with all that it has. */
  remove(side: Side): Promise<void>;

  /** What the stack has where its servers run, in words; nothing when it was destroyed. */
  belongings(): Promise<string[]>;
  /** Of that, what there is beyond one running server for each side and what the two need. */
  leftOvers(): Promise<string[]>;
  /** Removes what the stack has, and nothing of anybody else. */
  clear(): Promise<void>;
}

/** A describe block for each of these targets. */
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
