/** What a resource keeps in the state, of whichever version. */
export type Stored = Readonly<Record<string, unknown>>;

/** By version, how a state of the version before becomes one of it; versions that change nothing are left out. */
export type Migrations = Readonly<Record<number, (state: Stored) => Stored>>;

/**
 * The version of the shape of what resources keep in the state, one for all of them: counted up when a shape changes so
 * that what was kept before must be brought forward. A state that says none is of the first.
 */
export const STATE_VERSION = 2;

/**
 * Brings what a resource kept to the present shape.
 *
 * @throws Error when a later version of this package has written it
 */
export function migrate(state: Stored, migrations: Migrations): Stored {
  const from = versionOf(state);
  if (from > STATE_VERSION) {
    throw new Error(
      `the state was written by a later version of pulumi-nats-auth (its shape is version ${from}, and this one knows ` +
        `${STATE_VERSION} at most); install that version again, nothing was changed`,
    );
  }
  return Object.entries(migrations)
    .map(([version, change]) => ({ version: Number(version), change }))
    .filter(({ version }) => version > from)
    .sort((a, b) => a.version - b.version)
    .reduce((brought, { change }) => change(brought), state);
}

/** The same state, saying that it has the present shape. */
export function stamped<State extends object>(state: State): State {
  return { ...state, stateVersion: STATE_VERSION };
}

function versionOf({ stateVersion }: Stored): number {
  return typeof stateVersion === "number" ? stateVersion : 1;
}
