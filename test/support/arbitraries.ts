import fc from "fast-check";
import type { AccountDeclaration } from "../../provider/model/account/account";
import type { Export } from "../../provider/model/shares/exports";
import { JETSTREAM_TIERS, type JetStream, type JetStreamLimits } from "../../provider/model/account/jetstream";
import type { MappedSubject, Mappings } from "../../provider/model/subjects/mappings";
import { OWN_KEY } from "../../provider/model/shares/imports";
import type { Permissions, SubjectPermissions } from "../../provider/model/access/permissions";
import type { Responses } from "../../provider/model/access/responses";

/** Strings that a configuration parser could misinterpret as syntax. */
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

/** Strings that are only valid in names and descriptions. */
const HOSTILE_TEXT = ["\n", "\r\n", "\t", "\0", "\u0001", "\u007f", " ", "\n}\naccounts {", "\u0085", "\ufeff", "*/"];

/** Hostile names. */
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

/** A token without wildcards. */
const literalToken = fc.oneof({ weight: 3, arbitrary: plainToken }, { weight: 1, arbitrary: oddToken });

/** Subjects with few distinct tokens, so that they often overlap; some with wildcards, some with unusual characters. */
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

/** Permissions without templates, for a user or as account defaults. */
export const permissions: fc.Arbitrary<Permissions> = permissionsOver(
  subject,
  fc.oneof({ weight: 4, arbitrary: subject }, { weight: 1, arbitrary: queued }),
);

/** Permissions to publish, subscribe and respond. */
export function permissionsOver(
  publish: fc.Arbitrary<string>,
  subscribe: fc.Arbitrary<string>,
  responses?: fc.Arbitrary<Responses>,
): fc.Arbitrary<Permissions> {
  return fc.record(
    {
      publish: subjectPermissions(publish),
      subscribe: subjectPermissions(subscribe),
      ...(responses === undefined ? {} : { responses }),
    },
    { requiredKeys: [] },
  );
}

/** Name of the unrestricted user of each generated account, and its permissions, which override the account's defaults. */
export const FREE_USER = "all";
export const FREE_PERMISSIONS: Permissions = { publish: { allow: [">"] }, subscribe: { allow: [">"] } };

/** An account with one unrestricted user and some with permissions. */
export function account(name: string): fc.Arbitrary<AccountDeclaration> {
  return fc.array(permissions, { minLength: 1, maxLength: 3 }).map((list): AccountDeclaration => {
    const users = list.map((own, index): [string, { permissions: Permissions }] => [
      `user ${index}`,
      { permissions: own },
    ]);
    return { name, users: { [FREE_USER]: {}, ...Object.fromEntries(users) } };
  });
}

/** Response terms of a service. No threshold is short enough to drop a reply in a test. */
const serviceTerms = fc.oneof(
  fc.record({ responseType: fc.constantFrom("singleton", "stream", "chunked") }),
  fc.record({ latency: fc.record({ sampling: fc.constantFrom(100, "headers"), results: fc.constant("measured") }) }),
  fc.record({ responseThreshold: fc.constantFrom("1h", 600), allowTrace: fc.boolean(), advertise: fc.boolean() }),
);

/** Name of the cluster that the two servers of a test form. */
export const CLUSTER = "nats";

/** Names of the accounts of a model, in this order. */
export const ACCOUNT_NAMES: readonly string[] = ["one", "two", "three", "four", "five"];

/** Importers of an export: all accounts, some or none, or each account under its own subject. */
const audience = fc.oneof(
  { weight: 2, arbitrary: fc.constant("everybody" as const) },
  { weight: 1, arbitrary: fc.constant("own" as const) },
  { weight: 1, arbitrary: fc.subarray([...ACCOUNT_NAMES]) },
);

/** An export of an account. */
export const exported: fc.Arbitrary<Export> = fc
  .tuple(subject, fc.option(serviceTerms, { nil: undefined }), fc.boolean(), audience)
  .map(([exportedSubject, terms, isService, who]): Export => {
    const position = exportedSubject.split(".").indexOf("*") + 1;
    const own = who === "own" && position > 0 ? { accountTokenPosition: position } : {};
    const grant = Array.isArray(who) ? { importers: who } : own;
    return {
      subject: exportedSubject,
      type: isService ? "service" : "stream",
      ...grant,
      ...(isService ? terms : {}),
    } as Export;
  });

/** Returns the subject of an import: the whole export or part of it, with the importer's key at the account token. */
export function wantedOf({ subject: whole, accountTokenPosition }: Export, narrow: boolean): string {
  const tokens = whole.split(".").map((token, index) => (index + 1 === accountTokenPosition ? OWN_KEY : token));
  const own = tokens.join(".");
  return narrow ? own.replace("*", "x").replace(/>$/, "x.>") : own;
}

/** Returns a different subject with the same wildcards, or with references to them. */
export function renamedTo(wanted: string, prefix: string, byReference: boolean): string {
  let wildcard = 0;
  const wild = wanted.split(".").filter((token) => token === "*" || token === ">");
  const tokens = wild.map((token) => (token === "*" && byReference ? `$${(wildcard += 1)}` : token));
  return [prefix, ...tokens].join(".");
}

const bytes = fc.oneof(fc.constantFrom("1KiB", "1GiB", 1_024, 2 ** 40), fc.nat({ max: 1_000_000 }));
const positive = fc.integer({ min: 1, max: 1_000 });
const storages = fc.oneof(
  fc.record({ memoryStorage: bytes, fileStorage: bytes.filter((size) => size !== 0) }),
  fc.record({ memoryStorage: bytes }),
  fc.record({ fileStorage: bytes }),
  fc.constant({}),
);
const streams = fc.record(
  {
    streams: positive,
    consumers: positive,
    maxAckPending: positive,
    memoryMaxStreamBytes: positive,
    fileMaxStreamBytes: fc.constantFrom("1MiB", 1),
    maxBytesRequired: fc.boolean(),
  },
  { requiredKeys: [] },
);
const streamLimits = fc.tuple(storages, streams).map(([own, rest]): JetStreamLimits => ({ ...own, ...rest }));

/** JetStream of an account, with limits for all streams or by tiers. */
export const jetstream: fc.Arbitrary<JetStream> = fc.oneof(
  fc
    .tuple(
      streamLimits,
      fc.constantFrom({}, { clusterTraffic: "owner" as const }, { clusterTraffic: "system" as const }),
    )
    .map(([own, traffic]) => ({ ...own, ...traffic })),
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...JETSTREAM_TIERS), streamLimits), {
      minLength: 1,
      selector: ([tier]) => tier,
    })
    .map((tiers) => ({ tiers: Object.fromEntries(tiers) })),
);

/** How the target of a mapping uses the wildcards of its source: as references, by a function, or not at all. */
const WILDCARDS: readonly ((to: string) => string)[] = [
  (to) => to,
  (to) => to.replaceAll(/\$(\d+)/g, "{{wildcard($1)}}"),
  (to) => to.replaceAll(/\.\$\d+/g, ""),
];

/** Deterministic mappings, which map all messages, in one cluster or in every cluster. */
export const mappings: fc.Arbitrary<Mappings> = fc
  .uniqueArray(
    fc.tuple(
      subject,
      fc.constantFrom("mapped", "a", "x.y"),
      fc.constantFrom(...WILDCARDS),
      fc.constantFrom(undefined, CLUSTER, "elsewhere"),
    ),
    { minLength: 1, maxLength: 2, selector: ([source]) => source },
  )
  .map((list) =>
    Object.fromEntries(
      list.map(([source, prefix, spelled, cluster]): [string, MappedSubject[]] => {
        const to = spelled(renamedTo(source, prefix, true));
        return [source, cluster === undefined ? [{ subject: to }] : [{ subject: to, cluster }]];
      }),
    ),
  );
