import assert from "node:assert/strict";
import { formatDiagnostic } from "../../../provider/model/form/diagnostics";
import type { Export } from "../../../provider/model/shares/exports";
import { grantDiagnostics } from "../../../provider/model/shares/grants";
import { OWN_KEY, type ImportTerms } from "../../../provider/model/shares/imports";
import { keyOf } from "../../support/keys";

function problems(entry: ImportTerms, ...exports: Export[]): string[] {
  return grantDiagnostics("B", { account: "A", ...entry }, exports).map(formatDiagnostic);
}

const service = (subject: string, terms: object = {}): Export => ({ subject, type: "service", ...terms });

describe("grantDiagnostics", () => {
  it("should demand the importer's key where the export does", () => {
    const exported = service("a.*.*", { accountTokenPosition: 2 });
    for (const subject of ["a.*.*", "a.b.c", `a.b.${OWN_KEY}`]) {
      assert.match(
        problems(service(subject), exported).join(),
        /^subject = ".*": must have the importing account's key as token 2, as the export "a\.\*\.\*" demands\. Write `\{\{account-subject\(\)\}\}` there\.$/,
      );
    }
    assert.deepEqual(problems(service(`a.${OWN_KEY}.*`), exported), []);
    assert.deepEqual(problems(service(`a.${keyOf("account", "B")}.x`), exported), []);
  });

  it("should refuse what is private to other accounts, and say who may", () => {
    const [closed, nobody] = [service("a", { importers: ["C", "D"] }), service("b.>", { importers: [] })];
    assert.deepEqual(problems(service("a"), closed), [
      'subject = "a": is exported by account "A" to "C", "D" alone. Add "B" to the `importers` of its export "a", or leave the import out.',
    ]);
    assert.deepEqual(problems(service("b.c"), nobody), [
      'subject = "b.c": is exported by account "A" to nobody. Add "B" to the `importers` of its export "b.>", or leave the import out.',
    ]);
    assert.deepEqual(problems(service("a"), service("a", { importers: ["B"] })), []);
  });

  it("should refuse a subject when two exports cover it on different terms, and take the very subject first", () => {
    const [wide, other] = [service("*.b", { responseType: "stream" }), service("a.*", { name: "other" })];
    assert.match(
      problems(service("a.b"), wide, other).join(),
      /^subject = "a\.b": is exported by account "A" on different terms, as "\*\.b" and "a\.\*", and a server takes one of them by chance/,
    );
    assert.deepEqual(problems(service("a.b"), wide, other, service("a.b", { allowTrace: true })), []);
    assert.deepEqual(problems(service("a.b"), service("*.b", { description: "d" }), other), []);
  });
});
