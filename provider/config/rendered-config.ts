import { originsOf, separated, textOf, type Lines } from "./lines";
import { PROTOCOL_PORT } from "../model/cluster/protocols";
import type { Listener } from "./listener";

/** A rendered configuration and its content. */
export interface RenderedConfig {
  readonly text: string;
  /** Public keys of the accounts in it. */
  readonly accounts: readonly string[];
  /** Ports that the server listens on. */
  readonly ports: readonly number[];
  /**
   * For each line of the text, the part of the program it comes from, outermost name first: `account "B"`, `user "test"`,
   * `permissions`, `publish`. What belongs to the server itself begins with the name of its setting.
   */
  readonly origins: readonly (readonly string[])[];
}

/** The part of a configuration about accounts: who may log in, and what they may do. */
export interface Authorized {
  readonly sections: readonly Lines[];
  /** Public keys of the accounts in it. */
  readonly accounts: readonly string[];
}

/**
 * A configuration of sections, with an empty line between them. Empty sections disappear.
 *
 * @param listener what the server listens on; undefined if the configuration is a part of another one
 */
export function renderConfig(
  sections: readonly Lines[],
  accounts: readonly string[],
  listener?: Listener,
): RenderedConfig {
  const lines = separated(sections);
  const ports = listener === undefined ? [] : portsOf(listener);
  return {
    text: textOf(lines),
    accounts,
    ports,
    get origins() {
      return originsOf(lines);
    },
  };
}

function portsOf(listener: Listener): number[] {
  const { clientPort, monitoringPort, clusterPort } = listener;
  const others = Object.values(PROTOCOL_PORT).map((name) => listener[name]);
  return [clientPort, monitoringPort, clusterPort, ...others].filter((port) => port !== undefined);
}
