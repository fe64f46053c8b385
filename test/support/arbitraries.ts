import fc from "fast-check";
import type { AccountDeclaration } from "../../provider/model/account";
import type { Export } from "../../provider/model/exports";
import { OWN_KEY, type DeclaredImport } from "../../provider/model/imports";
import type { Permissions, SubjectPermissions } from "../../provider/model/permissions";

/** What a configuration language could take for something else than text. */
const HOSTILE = [
  '"',
  "\\",
  "'",
  "#",
  "//",
  "$HOME",
  "$2a$11$x",
  "{}",
  "{",
  "}",
  "[",
  "]",
  "(",
  ")",
  "include",
  "include ./routes.conf",
  ":",
  "=",
  ",",
  ";",
  "true",
  "0",
  "1k",
  "-1",
  "é",
  "日本",
  "😀",
  "\u2028",
  "%",
];

/** What only a name or a description may hold. */
const HOSTILE_TEXT = ["\n", "\r\n", "\t", "\0", "\u0001", "\u007f", " ", "\n}\naccounts {", "\u0085", "\ufeff", "*/"];

/** Names as hostile as they come. */
export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...HOSTILE, ...HOSTILE_TEXT), fc.string({ unit: "binary", maxLength: 4 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => parts.join(""));

const plainToken = fc.constantFrom("a", "b", "c", "x", "other");
const oddToken = fc.constantFrom(
  ...HOSTILE.filter((text) => !/[\s.]/.test(text) && !text.includes("/")),
  "a>",
  "*b",
  "$1",
);

/** A token that stands for itself. */
const literalToken = fc.oneof({ weight: 3, arbitrary: plainToken }, { weight: 1, arbitrary: oddToken });

/** Subjects over few tokens, so that they often meet; some with wildcards, some with odd characters. */
export const subject = fc
  .tuple(
    fc.array(fc.oneof({ weight: 4, arbitrary: literalToken }, { weight: 1, arbitrary: fc.constant("*") }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.boolean(),
  )
  .map(([tokens, rest]) => [...tokens, ...(rest && tokens.length > 1 ? [">"] : [])].join("."));

const queued = fc.tuple(subject, fc.constantFrom("q", "q.*", ">", "other")).map((parts) => parts.join(" "));

function subjectPermissions(of: fc.Arbitrary<string>): fc.Arbitrary<SubjectPermissions> {
  return fc.record(
    { allow: fc.uniqueArray(of, { minLength: 1, maxLength: 4 }), deny: fc.uniqueArray(of, { maxLength: 3 }) },
    { requiredKeys: [] },
  );
}

/** Permissions of a user. */
export const permissions: fc.Arbitrary<Permissions> = fc.record(
  {
    publish: subjectPermissions(subject),
    subscribe: subjectPermissions(fc.oneof({ weight: 4, arbitrary: subject }, { weight: 1, arbitrary: queued })),
  },
  { requiredKeys: [] },
);

/** The user of each generated account that may do everything. */
export const FREE_USER = "all";

/** An account with one user that may do everything and some with permissions. */
export function account(name: string): fc.Arbitrary<AccountDeclaration> {
  return fc.array(permissions, { minLength: 1, maxLength: 3 }).map((list): AccountDeclaration => {
    const users = list.map((own, index): [string, { permissions: Permissions }] => [
      `user ${index}`,
      { permissions: own },
    ]);
    return { name, users: { [FREE_USER]: {}, ...Object.fromEntries(users) } };
  });
}

const NAMES = ["one", "two", "three"] as const;

/** What a service says of its answers; a test waits for none that a threshold drops. */
const serviceTerms = fc.oneof(
  fc.record({ responseType: fc.constantFrom("singleton", "stream", "chunked") }),
  fc.record({ latency: fc.record({ sampling: fc.constantFrom(100, "headers"), results: fc.constant("measured") }) }),
  fc.record({ responseThreshold: fc.constantFrom("1h", 600), allowTrace: fc.boolean(), advertise: fc.boolean() }),
);

const exported: fc.Arbitrary<Export> = fc
  .tuple(subject, fc.option(serviceTerms, { nil: undefined }), fc.boolean(), fc.boolean())
  .map(([exportedSubject, terms, isService, keyed]): Export => {
    const position = exportedSubject.split(".").indexOf("*") + 1;
    const own = keyed && position > 0 ? { accountTokenPosition: position } : {};
    const type = isService ? "service" : "stream";
    return { subject: exportedSubject, type, ...own, ...(isService ? terms : {}) } as Export;
  });

/** A local subject for an import: sometimes one of its own, sometimes with references to the wildcards of the subject. */
const localised = fc.tuple(fc.integer({ min: 0, max: 3 }), fc.array(literalToken, { minLength: 1, maxLength: 2 }));

/** An import of something that another account exports, perhaps narrowed, perhaps renamed. */
function importOf(exporters: readonly AccountDeclaration[]): fc.Arbitrary<DeclaredImport[]> {
  const offers = exporters.flatMap(({ name, exports = [] }) => exports.map((entry) => ({ account: name, entry })));
  if (offers.length === 0) {
    return fc.constant([]);
  }
  const one = fc
    .tuple(fc.constantFrom(...offers), fc.boolean(), localised)
    .map(([{ account: from, entry }, narrow, [kind, prefix]]): DeclaredImport => {
      const wanted = wantedOf(entry, narrow);
      const flag = entry.type === "stream" ? { allowTrace: narrow } : {};
      const terms = { account: from, subject: wanted, type: entry.type, ...flag };
      return kind === 0 ? terms : { ...terms, localSubject: renamed(wanted, prefix, kind) };
    });
  return fc.array(one, { maxLength: 4 });
}

/** The subject to import of an export: all of it or some, and what is the importer's own where that is asked for. */
function wantedOf({ subject: whole, accountTokenPosition }: Export, narrow: boolean): string {
  const tokens = whole.split(".").map((token, index) => (index + 1 === accountTokenPosition ? OWN_KEY : token));
  const own = tokens.join(".");
  return narrow ? own.replace("*", "x").replace(/>$/, "x.>") : own;
}

/** Another subject with the wildcards of the first: as they stand, or by reference. */
function renamed(wanted: string, prefix: readonly string[], kind: number): string {
  let wildcard = 0;
  const wild = wanted.split(".").filter((token) => token === "*" || token === ">");
  const tokens = wild.map((token) => (token === "*" && kind > 1 ? `$${(wildcard += 1)}` : token));
  return [...prefix, ...tokens].join(".");
}

/** Some accounts that export to and import from each other. */
export const accounts: fc.Arbitrary<AccountDeclaration[]> = fc
  .tuple(...NAMES.map((name) => fc.tuple(account(name), fc.uniqueArray(exported, { maxLength: 3 }))))
  .map((parts) => parts.map(([own, exports]): AccountDeclaration => ({ ...own, exports })))
  .chain((exporters) =>
    fc
      .tuple(...exporters.map(({ name }) => importOf(exporters.filter((other) => other.name !== name))))
      .map((imports) => exporters.map((own, index) => ({ ...own, imports: imports[index] ?? [] }))),
  );
