import assert from "node:assert/strict";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics, sharedKeyDiagnostics } from "../../provider/model/cluster/cluster";
import { closesCircle } from "../../provider/model/cluster/cycles";
import { formatDiagnostic } from "../../provider/model/form/diagnostics";

const MANY = 10_000;
/** What all of it may take on a busy machine, in milliseconds: a look at each pair takes minutes. */
const SOON = 10_000;

function many<T>(make: (index: number) => T): T[] {
  return Array.from({ length: MANY }, (_, index) => make(index));
}

const exporting = (type: "stream" | "service", extra = {}) =>
  many((index) => ({ subject: `a.${index}.>`, type, ...extra }));
const importing = (account: string, type: "stream" | "service") =>
  many((index) => ({ account, subject: `a.${index}.>`, type, localSubject: `b.${index}.>` }));

/** Models of which each part is valid, and none of which anything is wrong with. */
const MODELS: Readonly<Record<string, readonly AccountDeclaration[]>> = {
  permissions: [{ name: "A", users: { u: { permissions: { publish: { allow: many((index) => `a.${index}`) } } } } }],
  "permissions with queue groups": [
    { name: "A", users: { u: { permissions: { subscribe: { deny: many((index) => `a.${index} q`) } } } } },
  ],
  "permissions with templates": [
    { name: "A", users: { u: { permissions: { publish: { allow: many((index) => `a.${index}.{{name()}}`) } } } } },
  ],
  users: [
    { name: "A", users: Object.fromEntries(many((index) => [`user ${index}`, { role: "r" }])), roles: { r: {} } },
  ],
  accounts: many((index) => ({ name: `A${index}`, users: { u: {} } })),
  "measured services": [
    { name: "A", users: { u: {} }, exports: exporting("service", { latency: { sampling: 1, results: "b" } }) },
  ],
  "exports and imports both ways": (["service", "stream"] as const).flatMap((type) => [
    { name: `A ${type}`, users: { u: {} }, exports: exporting(type), imports: importing(`B ${type}`, type) },
    { name: `B ${type}`, exports: exporting(type), imports: [] },
  ]),
  mappings: [
    {
      name: "A",
      users: { u: {} },
      mappings: Object.fromEntries(many((index) => [`*.${index}`, [{ subject: `b.${index}.$1` }]])),
    },
  ],
  "subjects in the place of one": [
    {
      name: "A",
      users: { u: {} },
      mappings: { a: many((index) => ({ subject: `b.${index}`, cluster: `c${index}` })) },
    },
  ],
  importers: [
    {
      name: "A",
      users: { u: {} },
      exports: [{ subject: "a", type: "stream", importers: many((index) => `B${index}`) }],
    },
    ...many((index) => ({ name: `B${index}`, imports: [{ account: "A", subject: "a", type: "stream" as const }] })),
  ],
  "accounts behind each other": many((index) => ({
    name: `A${index}`,
    users: { u: {} },
    exports: [{ subject: `${index}.s`, type: "service" as const }],
    imports:
      index === 0
        ? []
        : [{ account: `A${index - 1}`, subject: `${index - 1}.s`, type: "service" as const, localSubject: "t" }],
  })),
};

describe("models with many of everything", () => {
  for (const [what, accounts] of Object.entries(MODELS)) {
    it(`should be checked soon, and found right, when there are ${MANY} ${what}`, function () {
      this.timeout(SOON);
      const problems = [...accounts.flatMap(accountDiagnostics), ...clusterDiagnostics(accounts)];
      assert.deepEqual(problems, []);
    });
  }

  it(`should be told soon of each mistake when there are ${MANY} of them, in no more words than one reads`, function () {
    this.timeout(SOON);
    const exports = exporting("service");
    const imports = importing("A", "stream");
    const problems = clusterDiagnostics([
      { name: "A", users: { u: {} }, exports },
      { name: "B", imports },
    ]).map(formatDiagnostic);
    assert.equal(problems.length, MANY);
    const missing = { account: "A", subject: "z", type: "service" as const };
    const [problem = ""] = clusterDiagnostics([
      { name: "A", users: { u: {} }, exports },
      { name: "B", imports: [missing] },
    ]).map(formatDiagnostic);
    assert.match(problem, /"a\.19\.>", and 9980 more\. /);
  });

  it(`should be followed to the end when a request goes through ${MANY} accounts`, function () {
    this.timeout(SOON);
    const imported = (account: string) => ({ account, subject: "s", type: "service" as const });
    const accounts = many((index): AccountDeclaration => ({ name: `A${index}`, imports: [imported(`A${index - 1}`)] }));
    const byName = new Map(accounts.map((account) => [account.name, account]));
    const last = { name: "last", imports: [imported(`A${MANY - 1}`)] };
    const back = { name: "A0", imports: [imported("last")] };
    const closes = (first?: AccountDeclaration) =>
      closesCircle(last, imported(`A${MANY - 1}`), (name) => (name === "A0" && first ? first : byName.get(name)));
    assert.deepEqual([closes(), closes(back)], [false, true]);
  });

  it(`should be told soon which keys are given twice when there are ${MANY} of them`, function () {
    this.timeout(SOON);
    const keys = many((index) => ({ path: `k${index}`, key: `K${index % (MANY - 1)}` }));
    assert.deepEqual(
      sharedKeyDiagnostics(keys).map(({ path, value }) => [path, value]),
      [[`k${MANY - 1}`, '"K0"']],
    );
  });
});
