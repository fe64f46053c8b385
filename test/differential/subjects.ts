import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Permissions } from "../../provider/model/access/permissions";
import { around } from "../support/decisions";

/** Subjects asked about at once: enough to meet each other, few enough to ask about all of them everywhere. */
const MOST = 48;
/** Characters of the longest subject asked about: a server takes none that is too long for one line of the protocol. */
const LONGEST = 2_100;

/** True when the limits of an account leave a trial room; others are tried for their limits alone. */
export function roomy({ limits = {} }: AccountDeclaration): boolean {
  return [limits.connections, limits.subscriptions, limits.payload].every((limit) => limit === undefined);
}

/** The subjects to ask a user about: those of its permissions and those around them, and some of the rest of the model. */
export function permissionSubjects(
  accounts: readonly AccountDeclaration[],
  { publish, subscribe }: Permissions,
): string[] {
  const own = [publish?.allow, publish?.deny, subscribe?.allow, subscribe?.deny].flatMap((list) => list ?? []);
  return some([...own.slice(0, MOST), ...shares(accounts).slice(0, 4)]);
}

/** The subjects to let flow between accounts. */
export function flowSubjects(accounts: readonly AccountDeclaration[]): string[] {
  return some(shares(accounts)).filter((subject) => !subject.includes(" "));
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

/** Named subjects and what is around each of them: of the latter evenly as many as there is room for. */
function some(named: readonly string[]): string[] {
  const first = [...new Set(named)].filter((subject) => subject.length <= LONGEST);
  const rest = [...new Set(["x", ...first].flatMap(around))].filter((subject) => !first.includes(subject));
  const room = Math.max(0, MOST - first.length);
  const step = Math.max(1, rest.length / room);
  const spread = Array.from(
    { length: Math.min(room, rest.length) },
    (_, index) => rest[Math.floor(index * step)] ?? "x",
  );
  return [...first, ...spread];
}
