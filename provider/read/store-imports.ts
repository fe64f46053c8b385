import type { Account } from "../model/account/account";
import { under, type Diagnostic } from "../model/form/diagnostics";
import type { Export } from "../model/shares/exports";
import type { Import, ImportTerms } from "../model/shares/imports";
import { defined } from "../model/form/order";
import { revokedUntil } from "../model/keys/revocations";
import { covers } from "../model/subjects/subjects";
import { readActivation, type ReadActivation } from "./claims/activation";
import { ending } from "./ending";
import type { Context, Holder } from "./store-keys";
import { Unreadable } from "./unreadable";

/**
 * An import of a store: the account that exports by its name and key; and where a private export needs it, a seed by which
 * that account signs, or else the activation that there is.
 */
export type StoredImport = ImportTerms & {
  readonly account: { readonly accountName: string; readonly publicKey: string; readonly signer?: string };
  readonly token?: string;
};

/** The export with its importers: a token does not say who may import, but whoever imports has an activation. */
export function withImporters(entry: Export, exporter: string, { read }: Context): Export {
  const imports = ({ account }: Holder) => (account.imports ?? []).some((one) => isOf(one, entry, exporter));
  return entry.importers === undefined
    ? entry
    : { ...entry, importers: read.filter(imports).map(({ account }) => account.name) };
}

function isOf({ account, type, subject }: Import, entry: Export, exporter: string): boolean {
  return account === exporter && type === entry.type && covers(entry.subject, subject);
}

/**
 * An import as the argument of a program.
 *
 * @param importer the account that has it
 * @param path where messages say that it is
 * @returns nothing where nobody of the store could let the account import this
 */
export function storedImport(entry: Import, importer: string, path: string, context: Context): StoredImport[] {
  const { account, token, ...terms } = entry;
  const exporter = context.read.find((holder) => holder.account.publicKey === account)?.account;
  if (exporter === undefined) {
    const problem = `is from ${account}, an account that is not in the store`;
    context.leftOut.push({ path, problem, remedy: "Add that account to the program." });
    return [];
  }
  const seeds = [account, ...(exporter.signingKeys ?? [])].map(context.seedOf);
  const signer = seeds.find((seed) => seed !== undefined);
  const reference = defined<StoredImport["account"]>({ accountName: exporter.name, publicKey: account, signer });
  if (token === undefined || signer !== undefined) {
    return [{ ...terms, account: reference }];
  }
  const { problem, notes } = activation(entry, token, exporter, importer);
  context.leftOut.push(...under(path, notes));
  if (problem !== undefined) {
    const remedy = `Give a seed of account ${JSON.stringify(exporter.name)}, or an activation that it has signed.`;
    context.leftOut.push({ path, problem, remedy });
    return [];
  }
  return [{ ...terms, account: reference, token }];
}

/** What is wrong with an activation that is to be kept, since nobody could sign another one; and what it says besides. */
interface Judged {
  readonly problem?: string;
  readonly notes: readonly Diagnostic[];
}

function activation(entry: Import, token: string, exporter: Account, importer: string): Judged {
  try {
    const read = readActivation(token, "its activation");
    const problem = activationProblem(read, entry, exporter, importer);
    const notes = [
      ...under("token", read.leftOut),
      ...ending("token", read, "Have another one signed before it ends."),
    ];
    return problem === undefined ? { notes } : { problem, notes: [] };
  } catch (error) {
    if (!(error instanceof Unreadable)) {
      throw error;
    }
    return { problem: `cannot be kept: ${error.message}`, notes: [] };
  }
}

function activationProblem(
  { version, exporter, issuer, issuedAt }: ReadActivation,
  { account, type, subject }: Import,
  { signingKeys = [], exports = [] }: Account,
  importer: string,
): string | undefined {
  if (version === 1) {
    return "has an activation of version 1, which nobody can sign again as one of version 2";
  }
  if (exporter !== account || ![account, ...signingKeys].includes(issuer)) {
    return "has an activation that the exporting account did not sign";
  }
  const revocations = exports.find((one) => one.type === type && covers(one.subject, subject))?.revocations ?? {};
  return (revokedUntil(revocations, importer) ?? -1) >= issuedAt ? "has an activation that is revoked" : undefined;
}
