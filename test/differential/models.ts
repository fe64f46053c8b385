import fc from "fast-check";
import { accountDiagnostics, type AccountDeclaration } from "../../provider/model/account";
import { clusterDiagnostics } from "../../provider/model/cluster";
import type { Export } from "../../provider/model/exports";
import type { DeclaredImport } from "../../provider/model/imports";
import type { AccountLimits } from "../../provider/model/limits";
import type { Permissions } from "../../provider/model/permissions";
import { exported, FREE_PERMISSIONS, FREE_USER, permissions, renamedTo, wantedOf } from "../support/arbitraries";
import { without } from "./repair";
import { diagnosticsOf } from "./validation";

/** An import before it is known what there is to import. */
interface DrawnImport {
  /** Chooses one of everything that is exported elsewhere. */
  readonly choice: number;
  /** Imports less than what is exported, where that has wildcards. */
  readonly narrow: boolean;
  /** How it is called locally: 0 as there, 1 by another name, 2 by another name with references. */
  readonly naming: number;
  readonly prefix: string;
  /** Sets what only a stream, or only a service, can have. */
  readonly flag: boolean;
}

/** An account before it is known what the others export. */
interface DrawnAccount {
  readonly users: readonly (Permissions | undefined)[];
  readonly exports: readonly Export[];
  readonly imports: readonly DrawnImport[];
  readonly limits: AccountLimits | undefined;
}

const drawnImport: fc.Arbitrary<DrawnImport> = fc.record({
  choice: fc.nat(100),
  narrow: fc.boolean(),
  naming: fc.nat(2),
  prefix: fc.constantFrom("local", "a", "x.y"),
  flag: fc.boolean(),
});

const limits = fc.record(
  {
    connections: fc.nat(4),
    subscriptions: fc.nat(4),
    payload: fc.constantFrom(0, 1, 10, 2_000_000),
    leafNodes: fc.nat(1),
  },
  { requiredKeys: [] },
);

const drawnAccount: fc.Arbitrary<DrawnAccount> = fc.record({
  users: fc.array(fc.option(permissions, { nil: undefined, freq: 6 }), { maxLength: 3 }),
  exports: fc.array(exported, { maxLength: 4 }),
  imports: fc.array(drawnImport, { maxLength: 5 }),
  limits: fc.option(limits, { nil: undefined, freq: 4 }),
});

/** How often a drawing is repaired before it is given up. */
const TURNS = 4;

const NAMES = ["one", "two", "three", "four", "five"];

/**
 * Valid models of a few accounts. What does not fit together is taken out, so that little is drawn in vain; a drawing
 * gets smaller part by part, and so does the model that it stands for.
 */
export const models: fc.Arbitrary<AccountDeclaration[]> = fc
  .array(drawnAccount, { minLength: 1, maxLength: NAMES.length })
  .map((drawn) => repaired(drawn.map((account, index) => accountOf(account, NAMES[index] ?? "", drawn))))
  .filter((model) => diagnosticsOf(model).length === 0);

function accountOf(drawn: DrawnAccount, name: string, all: readonly DrawnAccount[]): AccountDeclaration {
  const users = drawn.users.map(
    (own, index) => [`user ${index}`, own === undefined ? {} : { permissions: own }] as const,
  );
  const offers = all.flatMap(({ exports }, index) =>
    NAMES[index] === name ? [] : exports.map((entry) => ({ ...entry, account: NAMES[index] ?? "" })),
  );
  return {
    name,
    users: { [FREE_USER]: { permissions: FREE_PERMISSIONS }, ...Object.fromEntries(users) },
    exports: drawn.exports,
    imports: drawn.imports.flatMap((entry) => importOf(entry, offers)),
    ...(drawn.limits === undefined ? {} : { limits: drawn.limits }),
  };
}

function importOf(drawn: DrawnImport, offers: readonly (Export & { account: string })[]): DeclaredImport[] {
  const offer = offers[drawn.choice % Math.max(1, offers.length)];
  if (offer === undefined) {
    return [];
  }
  const wanted = wantedOf(offer, drawn.narrow);
  const flag = offer.type === "stream" ? { allowTrace: drawn.flag } : { share: drawn.flag };
  const terms = { account: offer.account, subject: wanted, type: offer.type, ...flag };
  const localSubject = renamedTo(wanted, drawn.prefix, drawn.naming === 2);
  return [drawn.naming === 0 ? terms : { ...terms, localSubject }];
}

/** The model without what the validation complains about. Taking out one thing can make another wrong, so a few times. */
function repaired(model: readonly AccountDeclaration[]): AccountDeclaration[] {
  let current = [...model];
  for (let turn = 0; turn < TURNS && diagnosticsOf(current).length > 0; turn += 1) {
    const between = clusterDiagnostics(current);
    current = current.map((account, index) => {
      const place = new RegExp(`^accounts\\[${index}\\](\\(".*?"\\))?\\.`);
      const fromOutside = between.filter(({ path }) => place.test(path)).map(({ path }) => path.replace(place, ""));
      return without(account, [...accountDiagnostics(account).map(({ path }) => path), ...fromOutside]);
    });
  }
  return current;
}
