import type { Code } from "../diagnostics/codes";
import { keyPath, type Diagnostic, prefixPaths } from "../diagnostics/diagnostic";
import type { Problem } from "../diagnostics/unreadable";
import { omitUndefined } from "../model/form/order";
import type { Export } from "../model/shares/exports";
import { findMatchingExports } from "../model/shares/grants";
import { importsDiagnostics } from "../model/shares/import-checks";
import type { Import, ImportTerms } from "../model/shares/imports";
import { activationProblem, readStoredActivation } from "./store-activations";
import type { StoreContext, StoreEntry } from "./store-context";
import { displayTime } from "./validity";

/**
 * An import of a store as the argument of a program: the exporting account by name and public key. A private import has the
 * seed of a key that can sign an activation or, without one, the existing activation.
 */
export type StoredImport = ImportTerms & {
  readonly account: { readonly accountName: string; readonly publicKey: string; readonly signer?: string };
  readonly token?: string;
};

/** The imports that the operator server accepts. */
export interface AcceptedImports {
  /** By the public key of the importing account. */
  readonly byImporter: ReadonlyMap<string, readonly StoredImport[]>;
  /** The names of the importing accounts, by export. */
  readonly importers: ReadonlyMap<Export, ReadonlySet<string>>;
}

/** Finds the imports that the operator server accepts, and names the others. */
export function selectImports(context: StoreContext): AcceptedImports {
  const exporters = new Map(context.entries.map((entry) => [entry.account.publicKey, entry]));
  const byImporter = new Map<string, readonly StoredImport[]>();
  const importers = new Map<Export, Set<string>>();
  for (const { name, account } of context.entries) {
    const path = `${keyPath("accounts", name)}.imports`;
    const { publicKey, imports = [] } = account;
    const accepted: Import[] = [];
    const isSuspect = localProblems(publicKey, imports).length > 0;
    const args = imports.flatMap((entry, index) => {
      const decision =
        (isSuspect ? decideLocal(entry, accepted, publicKey) : undefined) ??
        decide(entry, publicKey, exporters.get(entry.account), context);
      if ("problem" in decision) {
        context.leftOut.push({ ...decision, path: `${path}[${index}]` });
        return [];
      }
      accepted.push(entry);
      context.leftOut.push(...prefixPaths(`${path}[${index}]`, decision.notes));
      importers.set(decision.match, (importers.get(decision.match) ?? new Set()).add(name));
      return [decision.args];
    });
    byImporter.set(publicKey, args);
  }
  return { byImporter, importers };
}

/** Adds the importers to a private export. Its own JWT does not list them, but each importer has an activation. */
export function withImporters(entry: Export, { importers }: AcceptedImports): Export {
  return entry.importers === undefined ? entry : { ...entry, importers: [...(importers.get(entry) ?? [])] };
}

/** An accepted import as an argument, its export, and its diagnostics. */
interface Accepted {
  readonly args: StoredImport;
  readonly match: Export;
  readonly notes: readonly Diagnostic[];
}

/** An accepted import, or the reason why servers ignore it. */
type Decision = Problem | Accepted;

function decide(entry: Import, importer: string, exporter: StoreEntry | undefined, context: StoreContext): Decision {
  if (exporter === undefined) {
    return missingAccount(entry.account, context);
  }
  const [match] = findMatchingExports(entry, exporter.account.exports ?? []);
  if (match === undefined) {
    return NOT_EXPORTED;
  }
  const position = positionProblem(entry, match, importer);
  if (position !== undefined) {
    return { code: "NA3041", problem: position, remedy: "Import the subject with that key." };
  }
  const { token, account, ...terms } = entry;
  const { publicKey, signingKeys = [] } = exporter.account;
  const signer = [publicKey, ...signingKeys].map(context.seedOf).find((seed) => seed !== undefined);
  const reference = omitUndefined<StoredImport["account"]>({
    accountName: exporter.name,
    publicKey: account,
    signer,
  });
  const accepted = { args: { ...terms, account: reference }, match, notes: [] };
  return match.importers === undefined ? accepted : decideActivation(token, accepted, exporter, context);
}

/** Problems with local subjects for which servers accept the account of an import with the deprecated `to`. */
const LOCAL_PROBLEMS: Partial<Readonly<Record<Code, string>>> = {
  NA1101: "has an invalid subject",
  NA1511: "has a local subject with other wildcards than the exported one",
  NA1515: "has a local subject that overlaps with that of another service of the same account",
};

/** Returns the problems with local subjects, by the index of their import. */
function localProblems(importer: string, imports: readonly Import[]): { index: number; problem: string }[] {
  return importsDiagnostics(importer, imports).flatMap(({ code, path }) => {
    const problem = LOCAL_PROBLEMS[code];
    return problem === undefined ? [] : [{ index: Number(/\d+/.exec(path)?.[0]), problem }];
  });
}

/**
 * Returns why an import with the deprecated `to`, or one beside it, is left out: without `to`, the account would be invalid.
 *
 * @param others the imports of the same account that are adopted
 */
function decideLocal(entry: Import, others: readonly Import[], importer: string): Problem | undefined {
  const found = localProblems(importer, [...others, entry]).find(({ index }) => index === others.length);
  return found && { code: "NA3041", problem: found.problem, remedy: "Set another `local_subject`." };
}

const NOT_EXPORTED: Problem = {
  code: "NA3041",
  problem: "is not exported by that account",
  remedy: "Remove the import, or have the other account export the subject.",
};

/** Returns why an account cannot be referred to. */
export function missingAccount(publicKey: string, { rejected }: Pick<StoreContext, "rejected">): Problem {
  return rejected.has(publicKey)
    ? {
        code: "NA3027",
        problem: `refers to account ${publicKey}, which the operator server rejects`,
        remedy: "Have that account signed again.",
      }
    : {
        code: "NA3027",
        problem: `refers to account ${publicKey}, which is not in the store`,
        remedy: "Add that account to the program.",
      };
}

/** With a position for the importer's key, servers accept only a narrower subject with that key. */
function positionProblem(
  { subject }: Import,
  { subject: exported, accountTokenPosition: position }: Export,
  importer: string,
): string | undefined {
  const isOwn = position === undefined || (subject !== exported && subject.split(".")[position - 1] === importer);
  return isOwn ? undefined : `must contain the importing account's public key as token ${position}`;
}

/**
 * Decides about an import of a private export. A new activation has no time limit, so one that expires is kept. The package
 * does not deploy activations of version 1.
 */
function decideActivation(
  token: string | undefined,
  accepted: Accepted,
  exporter: StoreEntry,
  context: StoreContext,
): Decision {
  const remedy = `Have account ${JSON.stringify(exporter.name)} sign a new activation.`;
  const activation = token === undefined ? undefined : readStoredActivation(token);
  if (activation === undefined || "problem" in activation) {
    return { code: "NA3028", problem: "has no activation, which the private export requires", remedy };
  }
  const { args, match } = accepted;
  const { expires = 0, version, leftOut } = activation.read;
  const problem = activationProblem(activation.read, exporter.account, match.revocations ?? {}, context);
  if (problem !== undefined) {
    return { code: "NA3028", problem, remedy };
  }
  if (args.account.signer !== undefined && expires === 0) {
    return accepted;
  }
  if (version === 1) {
    const limit =
      expires === 0 ? "and no key that can sign one of version 2" : "and an end that a new one does not have";
    return { code: "NA3028", problem: `has an activation of version 1, ${limit}`, remedy };
  }
  const ending: Diagnostic = {
    code: "NA3030",
    path: "token",
    problem: `is an activation that expires at ${displayTime(expires)}`,
    remedy: "Replace the activation in the store before it expires.",
  };
  const notes = [...prefixPaths("token", leftOut), ...(expires === 0 ? [] : [ending])];
  return { match, args: omitUndefined<StoredImport>({ ...args, token }), notes };
}
