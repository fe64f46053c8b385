import { accountDiagnostics } from "../../../provider/model/account/account-checks";
import type { Mappings } from "../../../provider/model/subjects/mappings";
import type { DiagnosticCase } from "./case";

const subscribing = (...allow: string[]) =>
  accountDiagnostics({ name: "A", users: { u: { permissions: { subscribe: { allow } } } } });
const mapping = (mappings: Mappings) => accountDiagnostics({ name: "A", mappings });

/** Inputs that produce each code of the area. */
export const SUBJECTS_CASES: readonly DiagnosticCase[] = [
  {
    name: "invalid subjects",
    codes: Array.from({ length: 6 }, () => "NA1101" as const),
    find: () => subscribing("", "a\tb", "a..b", "a.>.b", "a b c", "x".repeat(3_001)),
  },
  {
    name: "invalid Unicode in a mapped subject",
    codes: ["NA1101"],
    find: () => mapping({ "\ud800": [{ subject: "b" }] }),
  },
  {
    name: "a token that begins with a wildcard in a mapped subject",
    codes: ["NA1101"],
    find: () => mapping({ "*a": [{ subject: "b" }] }),
  },
  { name: "an invalid destination subject", codes: ["NA1101"], find: () => mapping({ a: [{ subject: "b." }] }) },
  { name: "a reference in a mapped subject", codes: ["NA1102"], find: () => mapping({ "$1.a": [{ subject: "b" }] }) },
  {
    name: "both kinds of quotes in a mapped subject",
    codes: ["NA1103"],
    find: () => mapping({ [`a"'`]: [{ subject: "b" }] }),
  },
  {
    name: "two mappings of one message",
    codes: ["NA1104"],
    find: () => mapping({ "a.*": [{ subject: "c" }], "a.b": [{ subject: "d" }] }),
  },
  { name: "a mapping without destinations", codes: ["NA1105"], find: () => mapping({ a: [] }) },
  {
    name: "destinations that a mapping does not support",
    codes: Array.from({ length: 5 }, () => "NA1106" as const),
    find: () =>
      mapping({
        "a.*": ["b.*", "b.$2", "b.{{left(1,x)}}", "b.>"].map((subject) => ({ subject, weight: 1 })),
        c: [{ subject: "d.{{wildcard(1)}}" }],
      }),
  },
  {
    name: "one destination twice",
    codes: ["NA1107"],
    find: () =>
      mapping({
        a: [
          { subject: "b", weight: 1 },
          { subject: "b", weight: 2 },
        ],
      }),
  },
  {
    name: "weights above 100 in every cluster and in one",
    codes: ["NA1108", "NA1108"],
    find: () =>
      mapping({
        a: [{ subject: "b" }, { subject: "c", weight: 1 }],
        d: ["e", "f"].map((subject) => ({ subject, weight: 60, cluster: "x" })),
      }),
  },
  {
    name: "a mapping to itself in one cluster",
    codes: ["NA1109"],
    find: () => mapping({ a: [{ subject: "a", cluster: "x" }] }),
  },
  {
    name: "an empty cluster name",
    codes: ["NA1110"],
    find: () => mapping({ a: [{ subject: "b", cluster: "" }] }),
  },
];
