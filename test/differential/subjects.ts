import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Permissions } from "../../provider/model/access/permissions";
import { withNeighbours } from "../support/decisions";

/** Number of subjects tested at once: enough to overlap, few enough to test all of them everywhere. */
const MOST = 48;
/** Returns true when the limits of an account do not interfere with trials. Others are only tried for their limits. */
export function roomy({ limits = {} }: AccountDeclaration): boolean {
  return [limits.connections, limits.subscriptions, limits.payload].every((limit) => limit === undefined);
}

/** Returns the subjects to test with a user: those of its permissions, their neighbours, and some of the other ones. */
export function permissionSubjects(
  accounts: readonly AccountDeclaration[],
  { publish, subscribe }: Permissions,
): string[] {
  const own = [publish?.allow, publish?.deny, subscribe?.allow, subscribe?.deny].flatMap((list) => list ?? []);
  return withNeighbours([...own.slice(0, MOST), ...shares(accounts).slice(0, 4)], MOST);
}

/** Returns the subjects to publish between accounts. */
export function flowSubjects(accounts: readonly AccountDeclaration[]): string[] {
  return withNeighbours(shares(accounts), MOST).filter((subject) => !subject.includes(" "));
}

function shares(accounts: readonly AccountDeclaration[]): string[] {
  return accounts.flatMap(({ exports = [], imports = [], mappings = {} }) => [
    ...exports.map(({ subject }) => subject),
    ...imports.flatMap(({ subject, localSubject }) => [subject, (localSubject ?? subject).replace(/\$\d+/g, "x")]),
    ...Object.entries(mappings).flatMap(([source, to]) => [
      source,
      ...to.map(({ subject }) => subject.replace(/\$\d+/g, "x")),
    ]),
  ]);
}
