import assert from "node:assert/strict";
import { accountDiagnostics } from "../../provider/model/account/account-checks";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { clusterDiagnostics, duplicateKeyDiagnostics } from "../../provider/model/cluster/cluster";
import { formsCycle } from "../../provider/model/cluster/cycles";
import { formatDiagnostic } from "../../provider/diagnostics/diagnostic";

const MANY = 10_000;
/** The time limit on a busy machine, in milliseconds. Comparing each pair would take minutes. */
const TIME_LIMIT = 10_000;

function many<T>(make: (index: number) => T): T[] {
  return Array.from({ length: MANY }, (_, index) => make(index));
}

const exporting = (type: "stream" | "service", extra = {}) =>
  many((index) => ({ subject: `a.${index}.>`, type, ...extra }));
const importing = (account: string, type: "stream" | "service") =>
  many((index) => ({ account, subject: `a.${index}.>`, type, localSubject: `b.${index}.>` }));

/** Valid models with many parts. */
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
  "destinations of a mapping": [
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
  "accounts that import from each other in a chain": many((index) => ({
    name: `A${index}`,
    users: { u: {} },
    exports: [{ subject: `${index}.s`, type: "service" as const }],
    imports:
      index === 0
        ? []
        : [{ account: `A${index - 1}`, subject: `${index - 1}.s`, type: "service" as const, localSubject: "t" }],
  })),
};

describe("large models", () => {
  for (const [what, accounts] of Object.entries(MODELS)) {
    it(`should be accepted within the time limit when there are ${MANY} ${what}`, function () {
      this.timeout(TIME_LIMIT);
      const problems = [...accounts.flatMap(accountDiagnostics), ...clusterDiagnostics(accounts)];
      assert.deepEqual(problems, []);
    });
  }

  it(`should be rejected within the time limit when there are ${MANY} problems, with short messages`, function () {
    this.timeout(TIME_LIMIT);
    const exports = exporting("service");
    const imports = importing("A", "stream");
    const problems = clusterDiagnostics([
      { name: "A", users: { u: {} }, exports },
      { name: "B", imports },
    ]);
    assert.equal(problems.length, MANY);
    const missing = { account: "A", subject: "z", type: "service" as const };
    const [problem = ""] = clusterDiagnostics([
      { name: "A", users: { u: {} }, exports },
      { name: "B", imports: [missing] },
    ]).map(formatDiagnostic);
    assert.ok(problem.includes("and 9980 more"));
  });

  it(`should be searched for cycles when a request passes ${MANY} accounts`, function () {
    this.timeout(TIME_LIMIT);
    const imported = (account: string) => ({ account, subject: "s", type: "service" as const });
    const accounts = many((index): AccountDeclaration => ({ name: `A${index}`, imports: [imported(`A${index - 1}`)] }));
    const byName = new Map(accounts.map((account) => [account.name, account]));
    const last = { name: "last", imports: [imported(`A${MANY - 1}`)] };
    const back = { name: "A0", imports: [imported("last")] };
    const closes = (first?: AccountDeclaration) =>
      formsCycle(last, imported(`A${MANY - 1}`), (name) => (name === "A0" && first ? first : byName.get(name)));
    assert.deepEqual([closes(), closes(back)], [false, true]);
  });

  it(`should be searched for duplicate keys within the time limit when there are ${MANY}`, function () {
    this.timeout(TIME_LIMIT);
    const keys = many((index) => ({ path: `k${index}`, key: `K${index % (MANY - 1)}` }));
    assert.deepEqual(
      duplicateKeyDiagnostics(keys).map(({ path, value }) => [path, value]),
      [[`k${MANY - 1}`, '"K0"']],
    );
  });
});
