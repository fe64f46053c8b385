import assert from "node:assert/strict";
import type { Export } from "../../../provider/model/shares/exports";
import { grantDiagnostics } from "../../../provider/model/shares/grants";
import { OWN_KEY, type ImportTerms } from "../../../provider/model/shares/imports";
import { codesAndPaths } from "../../support/diagnostics";
import { keyOf } from "../../support/keys";

/** The codes and paths of the problems with the import of account B from an account with some exports. */
function found(entry: ImportTerms, ...exports: Export[]): string[] {
  return codesAndPaths(grantDiagnostics("B", { account: "A", ...entry }, exports));
}

const service = (subject: string, terms: object = {}): Export => ({ subject, type: "service", ...terms });

describe("grantDiagnostics", () => {
  it("should report a subject that is not exported, or with the other type only", () => {
    assert.deepEqual(found(service("a")), ["NA1521 subject"]);
    assert.deepEqual(found(service("a"), service("b")), ["NA1521 subject"]);
    assert.deepEqual(found(service("a"), { subject: "a", type: "stream" }), ["NA1521 subject"]);
    assert.deepEqual(found(service("a"), service("*")), []);
  });

  it("should require the importer's key at the token position of the export", () => {
    const exported = service("a.*.*", { accountTokenPosition: 2 });
    for (const subject of ["a.*.*", "a.b.c", `a.b.${OWN_KEY}`]) {
      assert.deepEqual(found(service(subject), exported), ["NA1524 subject"]);
    }
    assert.deepEqual(found(service(`a.${OWN_KEY}.*`), exported), []);
    assert.deepEqual(found(service(`a.${keyOf("account", "B")}.x`), exported), []);
  });

  it("should report an export that is private to other accounts", () => {
    assert.deepEqual(found(service("a"), service("a", { importers: ["C", "D"] })), ["NA1523 subject"]);
    assert.deepEqual(found(service("b.c"), service("b.>", { importers: [] })), ["NA1523 subject"]);
    assert.deepEqual(found(service("a"), service("a", { importers: ["B"] })), []);
  });

  it("should report exports that cover a subject on different terms, unless one has the same subject", () => {
    const [wide, other] = [service("*.b", { responseType: "stream" }), service("a.*", { name: "other" })];
    assert.deepEqual(found(service("a.b"), wide, other), ["NA1522 subject"]);
    assert.deepEqual(found(service("a.b"), wide, other, service("a.b", { allowTrace: true })), []);
    assert.deepEqual(found(service("a.b"), service("*.b", { description: "d" }), other), []);
  });
});
