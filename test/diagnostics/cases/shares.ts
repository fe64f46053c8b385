import { exportsDiagnostics } from "../../../provider/model/shares/export-checks";
import type { Export } from "../../../provider/model/shares/exports";
import { grantDiagnostics } from "../../../provider/model/shares/grants";
import { importsDiagnostics } from "../../../provider/model/shares/import-checks";
import type { DeclaredImport } from "../../../provider/model/shares/imports";
import type { DiagnosticCase } from "./case";

const service = (terms: Partial<Export> = {}): Export => ({ subject: "orders.*", type: "service", ...terms });
const stream = (terms: Partial<Export> = {}): Export => ({ subject: "orders.*", type: "stream", ...terms });

const inExports =
  (...exports: readonly Export[]) =>
  () =>
    exportsDiagnostics(exports);

const EXPORTS: readonly DiagnosticCase[] = [
  { name: "an exported subject with a space", codes: ["NA1101"], find: inExports(service({ subject: "a b" })) },
  {
    name: "an unknown type of an export and of its responses",
    codes: ["NA1003", "NA1003"],
    find: inExports({ subject: "a", type: "queue", responseType: "Singleton" } as unknown as Export),
  },
  {
    name: "properties of services in a stream",
    codes: ["NA1501", "NA1501", "NA1501", "NA1501"],
    find: inExports(
      stream({
        responseType: "stream",
        responseThreshold: "1s",
        latency: { sampling: 1, results: "latency" },
        allowTrace: true,
      }),
    ),
  },
  { name: "an invalid response threshold", codes: ["NA1006"], find: inExports(service({ responseThreshold: "1x" })) },
  { name: "a response threshold of 0", codes: ["NA1007"], find: inExports(service({ responseThreshold: 0 })) },
  {
    name: "the latency of a service with chunked replies",
    codes: ["NA1502"],
    find: inExports(service({ responseType: "chunked", latency: { sampling: 1, results: "latency" } })),
  },
  {
    name: "a sampling above 100 and an invalid subject for the results",
    codes: ["NA1008", "NA1101"],
    find: inExports(service({ latency: { sampling: 101, results: "a..b" } })),
  },
  {
    name: "latency results with a wildcard",
    codes: ["NA1503"],
    find: inExports(service({ latency: { sampling: 1, results: "latency.*" } })),
  },
  {
    name: "latency results on the subject of a service",
    codes: ["NA1503"],
    find: inExports(service({ latency: { sampling: 1, results: "orders.latency" } })),
  },
  {
    name: "the token position of a literal token",
    codes: ["NA1504"],
    find: inExports(service({ accountTokenPosition: 1 })),
  },
  {
    name: "importers beside a token position",
    codes: ["NA1505"],
    find: inExports(service({ accountTokenPosition: 2, importers: ["B"] })),
  },
  { name: "revocations of a public export", codes: ["NA1506"], find: inExports(stream({ revocations: { "*": 1 } })) },
  {
    name: "an export inside another one",
    codes: ["NA1507"],
    find: inExports(service(), stream(), service({ subject: "orders.new" })),
  },
];

const imported = (terms: Partial<DeclaredImport> = {}): DeclaredImport => ({
  account: "A",
  subject: "orders.*",
  type: "service",
  ...terms,
});

const inImports =
  (...imports: readonly DeclaredImport[]) =>
  () =>
    importsDiagnostics("B", imports);

const IMPORTS: readonly DiagnosticCase[] = [
  {
    name: "invalid subjects of imports",
    codes: ["NA1101", "NA1101"],
    find: inImports(imported({ subject: "orders.", localSubject: "a" }), imported({ localSubject: "a..b" })),
  },
  {
    name: "a local subject with a mapping function",
    codes: ["NA1511"],
    find: inImports(imported({ localSubject: "{{wildcard(1)}}" })),
  },
  {
    name: "a local subject that ends differently",
    codes: ["NA1511"],
    find: inImports(imported({ localSubject: "my.>" })),
  },
  {
    name: "a local subject of a subject with a reference",
    codes: ["NA1511"],
    find: inImports(imported({ subject: "$1.*", localSubject: "my.$1" })),
  },
  {
    name: "a local subject without the wildcard",
    codes: ["NA1511"],
    find: inImports(imported({ localSubject: "my.orders" })),
  },
  { name: "an import from the same account", codes: ["NA1512"], find: inImports(imported({ account: "B" })) },
  {
    name: "a service of the same account under another subject",
    codes: ["NA1512"],
    find: inImports(imported({ account: "B", localSubject: "my.*" })),
  },
  {
    name: "a stream of the same account under another subject",
    codes: ["NA1512"],
    find: inImports(imported({ account: "B", type: "stream", localSubject: "my.*" })),
  },
  { name: "a stream that is shared", codes: ["NA1501"], find: inImports(imported({ type: "stream", share: true })) },
  {
    name: "a service import with trace permission",
    codes: ["NA1513"],
    find: inImports(imported({ allowTrace: true })),
  },
  {
    name: "a stream that is imported twice",
    codes: ["NA1514"],
    find: inImports(imported({ type: "stream" }), imported({ type: "stream", localSubject: "my.*" })),
  },
  {
    name: "services under overlapping local subjects",
    codes: ["NA1515", "NA1515"],
    find: inImports(
      imported({ localSubject: "my.*" }),
      imported({ subject: "new", localSubject: "my.new" }),
      imported({ subject: "my.old" }),
    ),
  },
  {
    name: "a shared service that is imported twice",
    codes: ["NA1516"],
    find: inImports(imported({ share: true }), imported({ localSubject: "my.*" })),
  },
];

const granted =
  (entry: Partial<DeclaredImport>, ...exports: readonly Export[]) =>
  () =>
    grantDiagnostics("B", imported(entry), exports);

const GRANTS: readonly DiagnosticCase[] = [
  { name: "an import of a stream as a service", codes: ["NA1521"], find: granted({}, stream()) },
  {
    name: "an import of a subject that is not exported",
    codes: ["NA1521"],
    find: granted({ subject: "invoices" }, service(), service({ subject: "prices" }), stream()),
  },
  { name: "an import from an account without exports", codes: ["NA1521"], find: granted({}) },
  {
    name: "an import of a subject in two different exports",
    codes: ["NA1522"],
    find: granted({ subject: "orders.new" }, service(), service({ subject: "*.new", responseType: "stream" })),
  },
  {
    name: "an import of an export for other accounts",
    codes: ["NA1523"],
    find: granted({}, service({ importers: ["C", "D"] })),
  },
  { name: "an import of an export for no account", codes: ["NA1523"], find: granted({}, service({ importers: [] })) },
  {
    name: "an import without the account's key",
    codes: ["NA1524"],
    find: granted({ subject: "orders.new" }, service({ accountTokenPosition: 2 })),
  },
];

/** Inputs that produce each code of the area. */
export const SHARES_CASES: readonly DiagnosticCase[] = [...EXPORTS, ...IMPORTS, ...GRANTS];
