import { Account, Operator } from "../../../provider";
import { importersOf, signerDiagnostics } from "../../../provider/components/account/account-importers";
import { unsignedDiagnostics } from "../../../provider/components/account/account-imports";
import { readReferenceArgs } from "../../../provider/components/account/referenced-account";
import { valueIfKnown } from "../../../provider/components/validation";
import { signedAccountDiagnostics } from "../../../provider/dynamic/checks/account";
import type { Diagnostic } from "../../../provider/diagnostics/diagnostic";
import { signReference } from "../../../provider/jwt/reference";
import type { Account as AccountModel } from "../../../provider/model/account/account";
import { toReferenceContent, type SignedReference } from "../../../provider/model/account/reference";
import { readReference } from "../../../provider/read/reference";
import { keyOf, pairOf, seedOf } from "../../support/keys";
import { mockEngine } from "../../support/mocks";
import { referenceTo } from "../../support/references";
import { joined, type DiagnosticCase } from "./case";
import { modelDiagnostics } from "../../../provider/components/cluster/model-checks";

const BILLING: AccountModel = {
  name: "billing",
  publicKey: keyOf("account", "billing"),
  users: { u: { publicKey: keyOf("user", "u"), signingKey: keyOf("account", "u") } },
};

async function readFrom(change: (reference: SignedReference) => unknown): Promise<readonly Diagnostic[]> {
  return readReference(change(await referenceTo(BILLING))).diagnostics;
}

/** Returns the problems of an account in a cluster. */
async function inCluster(account: (operator: Operator) => Promise<Account> | Account): Promise<readonly Diagnostic[]> {
  await mockEngine();
  const operator = new Operator("KO", { systemAccount: { users: { sys: {} } } });
  return joined(modelDiagnostics("nats", { operator, accounts: [await account(operator)] }));
}

/** Inputs that produce each code of the area. */
export const REFERENCES_CASES: readonly DiagnosticCase[] = [
  { name: "a reference without a value", codes: ["NA4100"], find: () => readFrom(() => undefined) },
  { name: "a reference that is a text", codes: ["NA4101"], find: () => readFrom(() => "eyJ") },
  { name: "a reference of another version", codes: ["NA4102"], find: () => readFrom((of) => ({ ...of, version: 3 })) },
  {
    name: "a reference with a changed account",
    codes: ["NA4103"],
    find: () => readFrom((of) => ({ ...of, account: { ...of.account, limits: {} } })),
  },
  {
    name: "a reference with a changed JWT",
    codes: ["NA4104"],
    find: () =>
      readFrom(({ account }) =>
        signReference(
          toReferenceContent({ account, others: [], activations: [], jwt: "eyJ" }),
          pairOf("account", "billing"),
        ),
      ),
  },
  {
    name: "a reference to an account of another name that has an authorization service",
    codes: ["NA4105", "NA4106"],
    find: async () => {
      const authorization = { users: ["u"], issuer: keyOf("account", "service") };
      const reference = await referenceTo({ ...BILLING, authorization });
      const operator = { signer: seedOf("operator", "KO") };
      const { read } = readReferenceArgs("orders", { reference, operator });
      return (await valueIfKnown(read))?.diagnostics ?? [];
    },
  },
  {
    name: "an account without an operator and a seed",
    codes: ["NA4107"],
    find: () => {
      const args = { publicKey: keyOf("account", "A") };
      return joined(signerDiagnostics(args, importersOf(args)));
    },
  },
  {
    name: "an account without an operator in a cluster",
    codes: ["NA4108"],
    find: () => inCluster(() => new Account("A", { users: { u: {} } })),
  },
  {
    name: "a reference that expects another account under a name of the cluster",
    codes: ["NA4109"],
    find: () =>
      inCluster(async (operator) => {
        const reference = await referenceTo(BILLING, [
          { name: "SYS", publicKey: keyOf("account", "replaced"), users: {} },
        ]);
        return Account.fromReference("billing", { reference, operator });
      }),
  },
  {
    name: "an import without the exporter's activation",
    codes: ["NA4110"],
    find: async () => {
      const exports = [{ subject: "paid", type: "stream" as const, importers: ["orders"] }];
      const reference = await referenceTo({ ...BILLING, exports });
      const imports = [{ account: reference, subject: "paid", type: "stream" as const }];
      return joined(unsignedDiagnostics({ imports }, [undefined]));
    },
  },
  {
    name: "an account signed by another account",
    codes: ["NA4111"],
    find: () => Promise.resolve(signedAccountDiagnostics({ ...BILLING, signer: seedOf("account", "other") })),
  },
];
