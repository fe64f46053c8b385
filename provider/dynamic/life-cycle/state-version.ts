import { ServerError } from "../../servers/errors";

/** The state of a resource, of any version. */
export type Stored = Readonly<Record<string, unknown>>;

/** Converts a state of the previous version, by the version that it becomes. Versions without a change are left out. */
export type Migrations = Readonly<Record<number, (state: Stored) => Stored>>;

/**
 * The version of the shape of states, one for all resources. It increases when a shape changes so that existing states must
 * be migrated. A state without a version has version 1.
 */
export const STATE_VERSION = 6;

/**
 * Migrates a state to the current shape.
 *
 * @throws ServerError when a newer version of this package wrote it
 */
export function migrate(state: Stored, migrations: Migrations): Stored {
  const from = getVersion(state);
  if (from > STATE_VERSION) {
    throw new ServerError(
      "NA5023",
      `the state was written by a newer version of pulumi-nats-auth: its version is ${from}, but this package supports ` +
        `versions up to ${STATE_VERSION}`,
      ["Install the newer version again. This resource was not changed."],
    );
  }
  return Object.entries(migrations)
    .map(([version, change]) => ({ version: Number(version), change }))
    .filter(({ version }) => version > from)
    .sort((a, b) => a.version - b.version)
    .reduce((migrated, { change }) => change(migrated), state);
}

/** Adds the current version to a state. */
export function stamped<State extends object>(state: State): State {
  return { ...state, stateVersion: STATE_VERSION };
}

function getVersion({ stateVersion }: Stored): number {
  return typeof stateVersion === "number" ? stateVersion : 1;
}
