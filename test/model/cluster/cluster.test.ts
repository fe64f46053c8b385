import assert from "node:assert/strict";
import {
  clusterDiagnostics,
  clusterNameDiagnostics,
  sharedKeyDiagnostics,
} from "../../../provider/model/cluster/cluster";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import { portsDiagnostics } from "../../../provider/model/cluster/ports";
import type { AccountDeclaration } from "../../../provider/model/account/account";

function problems(accounts: readonly AccountDeclaration[]): string[] {
  return clusterDiagnostics(accounts).map(formatDiagnostic);
}

const users = { user: {} };

describe("clusterDiagnostics", () => {
  it("should say everything that is wrong between accounts at once", () => {
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
      'accounts[2] = "A": is the name of accounts[0] already; each account has a name of its own. Rename one of them.',
      'accounts[1]("B").imports[0].subject = "s.x": is exported by account "A" as a stream, not as a service. Export it there, or leave the import out.',
      'accounts[1]("B").imports[1].subject = "t": is not exported by account "A", which exports the streams "s.>". Export it there, or leave the import out.',
      'accounts[1]("B").imports[2].subject = "t": is not exported by account "A", which exports no service. Export it there, or leave the import out.',
      'accounts[1]("B").imports[3].account = "C": is not an account of this cluster. Add it to the cluster\'s `accounts`.',
    ]);
  });

  it("should refuse an import when it is wider than the export", () => {
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

  it("should refuse an export when one of its importers is no account of the cluster", () => {
    const exports = [{ subject: "s", type: "stream" as const, importers: ["B", "C"] }];
    assert.deepEqual(problems([{ name: "A", exports, users }, { name: "B" }]), [
      'accounts[0]("A").exports[0].importers[1] = "C": is not an account of this cluster. Correct the name, or add the account to the cluster\'s `accounts`.',
    ]);
  });

  it("should refuse a cluster when no account has a user, since everybody could log in", () => {
    assert.match(problems([{ name: "A" }]).join(), /a static server without users lets everyone in/);
    assert.deepEqual(problems([{ name: "A" }, { name: "SYS", users }]), []);
  });

  it("should let two accounts import from each other when nothing can come back", () => {
    const share = (own: string, other: string): AccountDeclaration => ({
      name: own,
      exports: [{ subject: `of.${own}`, type: "service" }],
      imports: [{ account: other, subject: `of.${other}`, type: "service" }],
      users,
    });
    assert.deepEqual(problems([share("A", "B"), share("B", "A")]), []);
  });

  it("should refuse imports when they go round through local subjects and wildcards", () => {
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
    assert.ok(found.length > 0);
    assert.match(found.join(), /could come back to the importing account/);
  });
});

describe("sharedKeyDiagnostics", () => {
  it("should tell a key by itself when its public key is not known yet", () => {
    const [one, other] = [{ made: "later" }, { made: "later" }];
    const keys = [one, other, "A", one, "A"].map((key, index) => ({ path: `k${index}`, key }));
    assert.deepEqual(
      sharedKeyDiagnostics(keys).map((found) => formatDiagnostic(found).split(";")[0]),
      ["k3: is the key of k0 already", 'k4 = "A": is the key of k2 already'],
    );
  });
});

describe("clusterNameDiagnostics", () => {
  it("should accept names that servers, containers and networks can have", () => {
    for (const name of ["nats", "n", "0a", "a.b_c-d", "A1"]) {
      assert.deepEqual(clusterNameDiagnostics(name), []);
    }
  });

  it("should refuse every other name with one message", () => {
    for (const name of ["", " ", "a b", "-a", ".a", "ä", "a\nb", "a/b", "a$", "a\ud800"]) {
      assert.equal(clusterNameDiagnostics(name).length, 1, JSON.stringify(name));
    }
  });
});

describe("portsDiagnostics", () => {
  it("should say which ports are none and which are asked for twice", () => {
    const ports = {
      "a.one": 4222,
      "a.two": 4222,
      "b.one": 0,
      "b.two": 65_536,
      "c.one": 1.5,
      "c.two": undefined,
      d: NaN,
    };
    assert.deepEqual(portsDiagnostics(ports).map(formatDiagnostic), [
      "a.two = 4222: is the port of a.one already. Give each of them a port of its own.",
      "b.one = 0: is not a port; a port is a whole number from 1 to 65535. Write a free port of the host, such as 4222.",
      "b.two = 65536: is not a port; a port is a whole number from 1 to 65535. Write a free port of the host, such as 4222.",
      "c.one = 1.5: is not a port; a port is a whole number from 1 to 65535. Write a free port of the host, such as 4222.",
      "d = NaN: is not a port; a port is a whole number from 1 to 65535. Write a free port of the host, such as 4222.",
    ]);
  });

  it("should find nothing when every port is a port and no two are the same", () => {
    assert.deepEqual(portsDiagnostics({ a: 1, b: 65_535, c: undefined, d: undefined }), []);
  });
});
