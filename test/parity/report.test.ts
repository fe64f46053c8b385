import assert from "node:assert/strict";
import fc from "fast-check";
import type { AccountDeclaration } from "../../provider/model/account/account";
import { normalizeTerms } from "../../provider/model/account/account-terms";
import { normalizeImports } from "../../provider/model/shares/imports";
import type { Mappings } from "../../provider/model/subjects/mappings";
import { omitUndefined } from "../../provider/model/form/order";
import { parityDiagnostics } from "../../provider/parity/findings";
import { parityHtml } from "../../provider/parity/html";
import { parityMarkdown } from "../../provider/parity/markdown";
import { parityReport } from "../../provider/parity/report";
import { models } from "../differential/models";
import { hostileText } from "../support/arbitraries";

const OPERATOR = { name: "KO", systemAccount: "SYS" };
const report = (accounts: readonly AccountDeclaration[]) => parityReport({ operator: OPERATOR, accounts });

const namesOf = (declared: readonly AccountDeclaration[]) => report(declared).rows.map(({ name }) => name);

/** Accounts with hostile names. */
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

describe("parityReport", () => {
  it("should have one row with a unique name for each claim, whatever the names in the program", () => {
    fc.assert(
      fc.property(hostileAccounts, (declared) => {
        const names = namesOf(declared);
        assert.equal(new Set(names).size, names.length);
        assert.equal(names.length, countClaims({ operators: [OPERATOR], accounts: declared.map(normal) }));
      }),
    );
  });

  describe("of claims that depend on the version of the servers", () => {
    const spanning = { ranges: [{ start: "22:00:00", end: "06:00:00" }] };
    const declared: AccountDeclaration = {
      name: "A",
      jetstream: { clusterTraffic: "owner" },
      users: { proxied: { proxyRequired: true }, night: { times: spanning } },
    };
    const names = ["A.jetstream.clusterTraffic", "A.users.night.times", "A.users.proxied.proxyRequired"];
    const rowsWith = (version: string | undefined) =>
      parityReport({ operator: OPERATOR, accounts: [declared], version }).rows.filter(({ name }) =>
        names.includes(name),
      );
    const severitiesWith = (version: string) =>
      Object.fromEntries(rowsWith(version).map(({ name, severity = "none" }) => [name, severity]));

    it("should show what old servers do when the version is old", () => {
      assert.deepEqual(severitiesWith("2.11.11"), {
        "A.jetstream.clusterTraffic": "unusable",
        "A.users.night.times": "security",
        "A.users.proxied.proxyRequired": "unusable",
      });
      assert.deepEqual(
        rowsWith("2.11.11").map(({ class: letter, since }) => [letter, since]),
        names.map(() => ["N", undefined]),
      );
    });

    it("should follow each release line", () => {
      const traffic = (version: string) => severitiesWith(version)["A.jetstream.clusterTraffic"];
      assert.deepEqual(["2.11.12", "2.12.3", "2.12.4", "2.14.0", "2.15.2"].map(traffic), [
        "none",
        "unusable",
        "none",
        "none",
        "none",
      ]);
    });

    it("should show a proxy that only the static server requires when the operator server ignores it in scopes", () => {
      const proxied = (version: string) => severitiesWith(version)["A.users.proxied.proxyRequired"];
      assert.deepEqual(["2.11.17", "2.12.15", "2.14.7", "2.14.8", "2.15.0", "2.15.1"].map(proxied), [
        "unusable",
        "security",
        "security",
        "none",
        "security",
        "none",
      ]);
    });

    it("should show a denied subscription in a queue group when both servers enforce it in part", () => {
      const deniedWith = (deny: readonly string[], version: string) => {
        const users = { u: { permissions: { subscribe: { deny } } } };
        const { rows } = parityReport({ operator: OPERATOR, accounts: [{ name: "A", users }], version });
        return rows.find(({ name }) => name === "A.users.u.permissions.subscribe.deny")?.class;
      };
      const versions = ["2.11.17", "2.12.12", "2.12.14", "2.14.3", "2.14.4", "2.15.2"];
      const denied = (deny: readonly string[]) => versions.map((version) => deniedWith(deny, version));
      assert.deepEqual(denied(["s q"]), ["P", "P", "E", "P", "E", "E"]);
      assert.deepEqual(denied(["s"]), ["E", "E", "E", "E", "E", "E"]);
    });

    it("should name the versions when the version is not known", () => {
      assert.deepEqual(
        rowsWith(undefined).map(({ since }) => since),
        ["2.11.17, 2.12.8 or 2.14.0", "2.14.8 or 2.15.1", "2.11.12, 2.12.4 or 2.14.0"],
      );
      assert.ok(rowsWith(undefined).every(({ consequence = "" }) => consequence.includes("before nats-server 2.1")));
    });

    it("should not depend on the version for values that all servers treat alike", () => {
      const day: AccountDeclaration = {
        name: "A",
        jetstream: { clusterTraffic: "system" },
        users: { day: { times: { ranges: [{ start: "08:00:00", end: "17:00:00" }] } } },
      };
      const [old, current] = ["2.11.0", "2.15.2"].map(
        (version) => parityReport({ operator: OPERATOR, accounts: [day], version }).rows,
      );
      assert.deepEqual(old, current);
    });
  });

  it("should show a response threshold with its unit, whether it is a number or a string", () => {
    const consequenceOf = (responseThreshold: string | number) => {
      const exports = [{ subject: "s", type: "service", responseThreshold }] as const;
      const { rows } = report([{ name: "A", exports }]);
      return rows.find(({ name }) => name.endsWith(".responseThreshold"))?.consequence;
    };
    assert.match(consequenceOf(5) ?? "", /^service s of A has 5s /);
    assert.match(consequenceOf("500ms") ?? "", /^service s of A has 500ms /);
  });

  it("should not depend on the order of lists and names", () => {
    fc.assert(
      fc.property(models, (declared) => {
        assert.deepEqual(report(declared.map(reversed).toReversed()), report(declared));
      }),
    );
  });
});

describe("parityReport of 10,000 users", () => {
  it("should be created, accepted and formatted in seconds", function () {
    this.timeout(60_000);
    const names = Array.from({ length: 10_000 }, (_, index) => `user${index}`);
    const users = Object.fromEntries(names.map((name) => [name, { sourceNetworks: ["10.0.0.0/8"] }]));
    const accept = Object.fromEntries(names.map((name) => [`A.users.${name}.sourceNetworks`, "A private network."]));
    const large = parityReport({ operator: OPERATOR, accounts: [{ name: "A", users }] }, { accept });
    assert.deepEqual([large.summary.accepted, large.summary.open], [10_000, 0]);
    assert.deepEqual(parityDiagnostics(large, { accept }), []);
    assert.equal(parityHtml(large).match(/<tr data-class/g)?.length, large.rows.length);
    assert.ok(parityMarkdown(large).includes("`A.users.user9999.sourceNetworks`"));
  });
});

/** The account without default values. */
function normal({ name, users, roles, imports, ...terms }: AccountDeclaration): object {
  return { name, ...omitUndefined({ users, roles, imports: normalizeImports(imports) }), ...normalizeTerms(terms) };
}

/** Keys of objects and lists whose elements are claims themselves. */
const NAMED = ["operators", "accounts", "users", "roles", "exports", "imports"];
/** Keys whose presence is a claim. */
const SELVES = ["responses", "jetstream"];
/** Keys whose parts are reported in one row. */
const WHOLES = ["times", "tiers"];

/** Counts the claims of an object without the tables of the report. */
function countClaims(object: object): number {
  const counts = Object.entries<unknown>({ ...object }).map(([key, value]): number => {
    if (NAMED.includes(key) && typeof value === "object" && value !== null) {
      return sum(Object.values<object>({ ...value }).map((thing) => 1 + countClaims(thing)));
    }
    if (key === "mappings") {
      return sum(Object.values(value as Mappings).flatMap((to) => to.map((one) => 1 + countClaims(one))));
    }
    if (isPart(value) && !WHOLES.includes(key)) {
      return countClaims(value) + Number(SELVES.includes(key));
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
