import assert from "node:assert/strict";
import { importsDiagnostics, toMapping } from "../../../provider/model/shares/import-checks";
import type { DeclaredImport } from "../../../provider/model/shares/imports";
import { codesAndPaths } from "../../support/diagnostics";

const service = (terms: object = {}): DeclaredImport => ({ account: "A", subject: "a.*", type: "service", ...terms });
const stream = (terms: object = {}): DeclaredImport => ({ account: "A", subject: "a.*", type: "stream", ...terms });

const found = (...imports: readonly DeclaredImport[]) => codesAndPaths(importsDiagnostics("B", imports));

describe("importsDiagnostics", () => {
  for (const [entry, expected] of [
    [service({ subject: "a." }), "NA1101 [0].subject"],
    [service({ type: "queue" }), "NA1003 [0].type"],
    [service({ account: "B" }), "NA1512 [0].account"],
    [service({ allowTrace: true }), "NA1513 [0].allowTrace"],
    [stream({ share: true }), "NA1501 [0].share"],
    [service({ localSubject: "b..*" }), "NA1101 [0].localSubject"],
    ...["b", "b.*.*", "b.$2", "b.$1.*", "b.$1.$1", "b.$01", "*.>", "{{wildcard(1)}}"].map(
      (localSubject): [DeclaredImport, string] => [service({ localSubject }), "NA1511 [0].localSubject"],
    ),
    [service({ subject: "$1.*", localSubject: "b.*" }), "NA1511 [0].localSubject"],
  ] as [DeclaredImport, string][]) {
    it(`should report ${expected} for ${JSON.stringify(entry)}`, () => {
      assert.deepEqual(found(entry), [expected]);
    });
  }

  it("should name the mapping that replaces the import of an own service", () => {
    for (const [subject, localSubject, expected] of [
      ["a", "b", ["b", "a"]],
      ["a.*", "b.$1.c", ["b.*.c", "a.$1"]],
      ["a.*.*.>", "b.*.*.>", ["b.*.*.>", "a.$1.$2.>"]],
      ["a.*.x.*", "b.$2.$1", ["b.*.*", "a.$2.x.$1"]],
    ] as const) {
      assert.deepEqual(toMapping({ subject, localSubject }), expected);
      const [{ remedy } = { remedy: "" }] = importsDiagnostics("A", [service({ subject, localSubject })]);
      assert.ok(remedy.includes(`from "${expected[0]}" to "${expected[1]}"`), remedy);
    }
    for (const entry of [service(), stream(), service({ subject: "a.{{account-subject()}}", localSubject: "b" })]) {
      assert.doesNotMatch(String(importsDiagnostics("A", [entry])[0]?.remedy), /mapping/);
    }
  });

  it("should accept local subjects with every wildcard once", () => {
    const subjects = ["b.*", "*.b", "b.$1.c", undefined].map((localSubject) => stream({ localSubject }));
    assert.deepEqual(
      subjects.flatMap((entry) => found(entry)),
      [],
    );
    assert.deepEqual(found(stream({ subject: "a.*.*.>", localSubject: "b.$2.$1.>" })), []);
  });

  it("should report a stream that is imported twice", () => {
    assert.deepEqual(found(stream(), stream({ localSubject: "b.*" }), stream({ account: "C" }), service()), [
      "NA1514 [1].subject",
    ]);
  });

  it("should report overlapping local subjects of services of one account", () => {
    const one = service({ localSubject: "b.*" });
    assert.deepEqual(found(one, service({ subject: "c", localSubject: "b.c" })), ["NA1515 [1].localSubject"]);
    assert.deepEqual(found(one, service({ subject: "b.c" })), ["NA1515 [1].subject"]);
    assert.deepEqual(found(one, service({ account: "C", subject: "c", localSubject: "b.c" })), []);
  });

  it("should report a shared service that is imported twice", () => {
    const [shared, other] = [service({ share: true }), service({ localSubject: "b.*" })];
    assert.deepEqual(found(shared, other), ["NA1516 [0].share"]);
    assert.deepEqual(found(other, shared), ["NA1516 [1].share"]);
    assert.deepEqual(found(shared), []);
  });
});
