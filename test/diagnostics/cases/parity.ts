import type { AccountDeclaration } from "../../../provider/model/account/account";
import { parityDiagnostics, versionDiagnostics } from "../../../provider/parity/findings";
import { parityReport, type ParitySettings } from "../../../provider/parity/report";
import { ACCEPTED, EVERYTHING } from "../../parity/everything";
import type { DiagnosticCase } from "./case";

const NARROW: AccountDeclaration = { name: "A", users: { test: { sourceNetworks: ["10.0.0.0/8"] } } };
const GAP = "A.users.test.sourceNetworks";

function find(account: AccountDeclaration, settings: ParitySettings) {
  const model = { operator: { name: "KO", systemAccount: "SYS" }, accounts: [account] };
  return parityDiagnostics(parityReport(model, settings), settings);
}

/** Inputs that produce each code of the area. */
export const PARITY_CASES: readonly DiagnosticCase[] = [
  {
    name: "every security gap",
    codes: Array.from({ length: 18 }, () => "NA2001" as const),
    find: () => parityDiagnostics(parityReport(EVERYTHING, { accept: ACCEPTED }), { accept: ACCEPTED }),
  },
  {
    name: "acceptances that match no security gap",
    codes: ["NA2002", "NA2002"],
    find: () => find(NARROW, { mode: "lenient", accept: { "A.users.tset.sourceNetworks": "x", "A.users.test": "x" } }),
  },
  {
    name: "an acceptance in a program without security gaps",
    codes: ["NA2002"],
    find: () => find({ name: "A" }, { accept: { [GAP]: "x" } }),
  },
  {
    name: "a claim that the servers' version does not support",
    codes: ["NA2015"],
    find: () => {
      const operator = { name: "KO", systemAccount: "SYS" };
      const account: AccountDeclaration = { name: "A", jetstream: { clusterTraffic: "owner" } };
      return parityDiagnostics(parityReport({ operator, accounts: [account], version: "2.11.11" }), {});
    },
  },
  {
    name: "a claim that depends on a version that is not known",
    codes: ["NA2016"],
    find: () => {
      const operator = { name: "KO", systemAccount: "SYS" };
      const account: AccountDeclaration = { name: "A", jetstream: { clusterTraffic: "owner" } };
      return versionDiagnostics(parityReport({ operator, accounts: [account] }));
    },
  },
  {
    name: "an acceptance without a reason",
    codes: ["NA2003"],
    find: () => find(NARROW, { accept: { [GAP]: " " } }),
  },
];
