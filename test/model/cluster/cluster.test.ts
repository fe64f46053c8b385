import assert from "node:assert/strict";
import {
  clusterDiagnostics,
  clusterNameDiagnostics,
  duplicateKeyDiagnostics,
} from "../../../provider/model/cluster/cluster";
import { codesAndPaths } from "../../support/diagnostics";
import { portsDiagnostics } from "../../../provider/model/cluster/ports";
import type { AccountDeclaration } from "../../../provider/model/account/account";

function problems(accounts: readonly AccountDeclaration[]): string[] {
  return codesAndPaths(clusterDiagnostics(accounts));
}

const users = { user: {} };

describe("clusterDiagnostics", () => {
  it("should find all problems between accounts at once", () => {
    const found = problems([
      { name: "A", exports: [{ subject: "s.>", type: "stream" }], users },
      {
        name: "B",
        imports: [
          { account: "A", subject: "s.x", type: "service" },
          { account: "A", subject: "t", type: "stream" },
          { account: "A", subject: "t", type: "service" },
          { account: "C", subject: "s", type: "stream" },
          { account: "A", subject: "s.*", type: "stream" },
        ],
      },
      { name: "A" },
    ]);
    assert.deepEqual(found, [
      "NA1702 accounts[2]",
      'NA1521 accounts[1]("B").imports[0].subject',
      'NA1521 accounts[1]("B").imports[1].subject',
      'NA1521 accounts[1]("B").imports[2].subject',
      'NA1703 accounts[1]("B").imports[3].account',
    ]);
  });

  it("should find problems between accounts beside malformed parts, which are problems of their account", () => {
    const accounts = [
      { name: "A", exports: [{ subject: "s", type: "stream" }, 5], limits: 5, users: [] },
      {
        name: "B",
        imports: [
          { account: "A", subject: 5, type: "stream" },
          { account: "A", subject: "t", type: "stream" },
          { account: "Z", subject: "t", type: "stream" },
          { account: "C", subject: "u", type: "stream" },
        ],
        exports: [5, { subject: "x", type: "stream", importers: ["Y"] }],
        authorization: 5,
      },
      { name: "C", roles: 5 },
      { name: "C", imports: 5, exports: 5, authorization: { users: ["u"], allowedAccounts: ["X"] } },
    ] as unknown as readonly AccountDeclaration[];
    assert.deepEqual(problems(accounts), [
      "NA1702 accounts[3]",
      'NA1703 accounts[1]("B").imports[2].account',
      'NA1521 accounts[1]("B").imports[3].subject',
      'NA1703 accounts[1]("B").exports[1].importers[0]',
      'NA1706 accounts[3]("C").authorization',
      'NA1703 accounts[3]("C").authorization.allowedAccounts[0]',
    ]);
    // The account without a name can be the one that the others mean.
    assert.deepEqual(problems([...accounts.slice(0, 2), {} as AccountDeclaration]), []);
  });

  it("should reject an import when it is wider than the export", () => {
    const exports = [{ subject: "s.*", type: "stream" as const }];
    const wide = [{ account: "A", subject: "s.>", type: "stream" as const }];
    assert.equal(
      problems([
        { name: "A", exports, users },
        { name: "B", imports: wide },
      ]).length,
      1,
    );
  });

  it("should reject an export when one of its importers is not an account of the cluster", () => {
    const exports = [{ subject: "s", type: "stream" as const, importers: ["B", "C"] }];
    assert.deepEqual(problems([{ name: "A", exports, users }, { name: "B" }]), [
      'NA1703 accounts[0]("A").exports[0].importers[1]',
    ]);
  });

  it("should reject a cluster when no account has a user, since everyone could log in", () => {
    assert.deepEqual(problems([{ name: "A" }]), ["NA1709 accounts"]);
    assert.deepEqual(problems([{ name: "A" }, { name: "SYS", users }]), []);
  });

  it("should accept two accounts that import from each other when nothing can return", () => {
    const share = (own: string, other: string): AccountDeclaration => ({
      name: own,
      exports: [{ subject: `of.${own}`, type: "service" }],
      imports: [{ account: other, subject: `of.${other}`, type: "service" }],
      users,
    });
    assert.deepEqual(problems([share("A", "B"), share("B", "A")]), []);
  });

  it("should reject imports when they form a cycle through local subjects and wildcards", () => {
    const found = problems([
      {
        name: "A",
        exports: [{ subject: "a.>", type: "service" }],
        imports: [{ account: "B", subject: "b.x", type: "service", localSubject: "a.x" }],
        users,
      },
      {
        name: "B",
        exports: [{ subject: "b.*", type: "service" }],
        imports: [{ account: "A", subject: "a.*", type: "service", localSubject: "b.*" }],
      },
    ]);
    assert.deepEqual(found, [
      'NA1704 accounts[0]("A").imports[0].subject',
      'NA1704 accounts[1]("B").imports[0].subject',
    ]);
  });
});

describe("sharedKeyDiagnostics", () => {
  it("should compare keys by identity when their public keys are unknown", () => {
    const [one, other] = [{ made: "later" }, { made: "later" }];
    const keys = [one, other, "A", one, "A"].map((key, index) => ({ path: `k${index}`, key }));
    assert.deepEqual(
      duplicateKeyDiagnostics(keys).map(({ code, path, value }) => [code, path, value]),
      [
        ["NA1710", "k3", undefined],
        ["NA1710", "k4", '"A"'],
      ],
    );
  });
});

describe("clusterNameDiagnostics", () => {
  it("should accept a name when servers, containers and networks can have it", () => {
    for (const name of ["nats", "n", "0a", "a.b_c-d", "A1"]) {
      assert.deepEqual(clusterNameDiagnostics(name), []);
    }
  });

  it("should reject every other name with one problem", () => {
    for (const name of ["", " ", "a b", "-a", ".a", "ä", "a\nb", "a/b", "a$", "a\ud800"]) {
      assert.deepEqual(codesAndPaths(clusterNameDiagnostics(name)), ["NA1701 name"], JSON.stringify(name));
    }
  });

  it("should name the argument when one sets the name", () => {
    assert.deepEqual(codesAndPaths(clusterNameDiagnostics("a b", "clusterName")), ["NA1701 clusterName"]);
  });
});

describe("portsDiagnostics", () => {
  it("should find ports that are out of range or used twice", () => {
    const ports = {
      "a.one": 4222,
      "a.two": 4222,
      "b.one": 0,
      "b.two": 65_536,
      "c.one": 1.5,
      "c.two": undefined,
      d: NaN,
    };
    assert.deepEqual(codesAndPaths(portsDiagnostics(ports)), [
      "NA1711 a.two",
      "NA1008 b.one",
      "NA1008 b.two",
      "NA1008 c.one",
      "NA1008 d",
    ]);
  });

  it("should find nothing when all ports are valid and different", () => {
    assert.deepEqual(portsDiagnostics({ a: 1, b: 65_535, c: undefined, d: undefined }), []);
  });
});
