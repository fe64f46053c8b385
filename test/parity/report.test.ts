import assert from "node:assert/strict";
import fc from "fast-check";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { normalTerms } from "../../provider/model/account/account-terms";
import { normalImports } from "../../provider/model/shares/imports";
import type { Mappings } from "../../provider/model/subjects/mappings";
import { defined } from "../../provider/model/form/order";
import { parityDiagnostics } from "../../provider/parity/findings";
import { parityHtml } from "../../provider/parity/html";
import { parityMarkdown } from "../../provider/parity/markdown";
import { parityReport } from "../../provider/parity/report";
import { models } from "../differential/models";
import { hostileText } from "../support/arbitraries";

const OPERATOR = { name: "KO", systemAccount: "SYS" };
const report = (accounts: readonly AccountDeclaration[]) => parityReport({ operator: OPERATOR, accounts });

const namesOf = (declared: readonly AccountDeclaration[]) => report(declared).rows.map(({ name }) => name);

/** Some accounts with names as hostile as they come. */
const hostileAccounts: fc.Arbitrary<AccountDeclaration[]> = fc
  .tuple(models, fc.uniqueArray(hostileText, { minLength: 10, maxLength: 10 }), fc.string())
  .map(([declared, names, description]) =>
    declared.map(({ users, ...account }, index): AccountDeclaration => {
      const [name = "", user = ""] = names.slice(index * 2);
      return {
        ...account,
        name,
        description,
        users: { ...users, [user]: { permissions: { publish: { deny: [name] } } } },
      };
    }),
  );

describe("the parity report of a model", () => {
  it("should have one row for each claim, under a name of its own, whatever things are called", () => {
    fc.assert(
      fc.property(hostileAccounts, (declared) => {
        const names = namesOf(declared);
        assert.equal(new Set(names).size, names.length);
        assert.equal(names.length, claimsIn({ operators: [OPERATOR], accounts: declared.map(normal) }));
      }),
    );
  });

  it("should say a time to answer with its unit, whether it is written as a number or as a text", () => {
    const consequenceOf = (responseThreshold: string | number) => {
      const exports = [{ subject: "s", type: "service", responseThreshold }] as const;
      const { rows } = report([{ name: "A", exports }]);
      return rows.find(({ name }) => name.endsWith(".responseThreshold"))?.consequence;
    };
    assert.match(consequenceOf(5) ?? "", /^service s of A has 5s to answer: /);
    assert.match(consequenceOf("500ms") ?? "", /^service s of A has 500ms to answer: /);
  });

  it("should say the same when lists and names come in another order", () => {
    fc.assert(
      fc.property(models, (declared) => {
        assert.deepEqual(report(declared.map(reversed).toReversed()), report(declared));
      }),
    );
  });
});

describe("the parity report of 10,000 users", () => {
  it("should be made, accepted and written down in seconds", function () {
    this.timeout(60_000);
    const names = Array.from({ length: 10_000 }, (_, index) => `user${index}`);
    const users = Object.fromEntries(names.map((name) => [name, { sourceNetworks: ["10.0.0.0/8"] }]));
    const accept = Object.fromEntries(names.map((name) => [`A.users.${name}.sourceNetworks`, "A private network."]));
    const made = parityReport({ operator: OPERATOR, accounts: [{ name: "A", users }] }, { accept });
    assert.deepEqual([made.summary.accepted, made.summary.open], [10_000, 0]);
    assert.deepEqual(parityDiagnostics(made, { accept }), []);
    assert.equal(parityHtml(made).match(/<tr data-class/g)?.length, made.rows.length);
    assert.ok(parityMarkdown(made).includes("`A.users.user9999.sourceNetworks`"));
  });
});

/** The account without what says the same as saying nothing. */
function normal({ name, users, roles, imports, ...terms }: AccountDeclaration): object {
  return { name, ...defined({ users, roles, imports: normalImports(imports) }), ...normalTerms(terms) };
}

/** The keys that hold things: each is a claim as such, beside what it says. */
const THINGS = ["operators", "accounts", "users", "roles", "exports", "imports"];
/** The keys that say something by being there, beside what they hold. */
const SELVES = ["responses", "jetstream"];
/** The keys whose parts are told as one. */
const WHOLES = ["times", "tiers"];

/** How many claims there are in an object, counted without the tables of the report. */
function claimsIn(object: object): number {
  const counts = Object.entries<unknown>({ ...object }).map(([key, value]): number => {
    if (THINGS.includes(key) && typeof value === "object" && value !== null) {
      return sum(Object.values<object>({ ...value }).map((thing) => 1 + claimsIn(thing)));
    }
    if (key === "mappings") {
      return sum(Object.values(value as Mappings).flatMap((to) => to.map((one) => 1 + claimsIn(one))));
    }
    if (isPart(value) && !WHOLES.includes(key)) {
      return claimsIn(value) + Number(SELVES.includes(key));
    }
    return Number((value !== false || key === "wildcardExports") && !(Array.isArray(value) && value.length === 0));
  });
  return sum(counts);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, one) => all + one, 0);
}

function isPart(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function reversed(account: AccountDeclaration): AccountDeclaration {
  const { exports, imports, users } = account;
  return {
    ...account,
    ...(exports === undefined ? {} : { exports: exports.toReversed() }),
    ...(imports === undefined ? {} : { imports: imports.toReversed() }),
    ...(users === undefined ? {} : { users: Object.fromEntries(Object.entries(users).toReversed()) }),
  };
}
