import * as pulumi from "@pulumi/pulumi";
import { diagnose, prefixPaths, type Diagnostic, type Finding } from "../../diagnostics/diagnostic";
import type { ActivationGrant, SignedReference } from "../../model/account/reference";
import { isRecord } from "../../model/form/shape";
import { isShareType } from "../../model/shares/exports";
import type { AccountSettings, AccountSigner } from "./account-args";
import { isReference, sourceOf } from "./account-source";

type ExportsArg = AccountSettings["exports"];

type Grants = pulumi.Output<readonly ActivationGrant[] | undefined>;

/** The accounts that exports name by reference. */
export interface Importers {
  /** The exports with the name of each importer, as configurations contain them. */
  readonly exports: ExportsArg;
  /** The activations to sign; undefined if the program names importers of its own only. */
  readonly grants?: Grants;
  readonly accounts: pulumi.Output<readonly { readonly accountName: string; readonly publicKey: string }[]>;
  readonly diagnostics: pulumi.Output<readonly Diagnostic[]>;
}

/** Separates the names of importers from the references to accounts of other stacks. */
export function importersOf({ exports }: AccountSettings): Importers {
  if (!mayHaveReferences(exports)) {
    return { exports, accounts: pulumi.output([]), diagnostics: pulumi.output([]) };
  }
  const named = mapImporters(exports, (importer) => mapInput(importer, toImporter));
  const found = pulumi.output(named as Promise<object>).apply(listImporters);
  return {
    exports: mapImporters(exports, (importer) => mapInput(importer, toName)) as ExportsArg,
    // Without references, nothing is secret either: a secret of an undefined value would be a new input.
    grants: pulumi
      .unsecret(found)
      .apply(({ length }): Grants =>
        length === 0 ? pulumi.output(undefined) : found.apply((all) => all.flatMap(({ grant }) => grant)),
      ),
    accounts: found.apply((all) => all.map(({ account }) => account)),
    diagnostics: found.apply((all) => all.flatMap(({ diagnostics }) => diagnostics)),
  };
}

/** Returns false if every importer is certainly a name. Then nothing about the account is different from one program. */
function mayHaveReferences(exports: unknown): boolean {
  return !isPlainList(exports, (entry) => {
    const importers = isRecord(entry) ? entry.importers : undefined;
    return isRecord(entry) && (importers === undefined || isPlainList(importers, isName));
  });
}

function isPlainList(value: unknown, isPlain: (member: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isPlain));
}

function isName(value: unknown): boolean {
  return typeof value === "string";
}

/** An importer with its place in the exports. */
interface Found {
  readonly grant: readonly ActivationGrant[];
  readonly account: { readonly accountName: string; readonly publicKey: string };
  readonly diagnostics: readonly Diagnostic[];
}

function listImporters(exports: unknown): Found[] {
  return listOf(exports).flatMap((entry, index) =>
    listOf(isRecord(entry) ? entry.importers : undefined).flatMap((importer, at): Found[] => {
      const { subject, type } = entry as Record<string, unknown>;
      if (!isImporter(importer)) {
        return [];
      }
      const { accountName, publicKey, diagnostics = [] } = importer;
      const isGranted = typeof subject === "string" && isShareType(type) && diagnostics.length === 0;
      return [
        {
          grant: isGranted ? [{ importer: publicKey, subject, type }] : [],
          account: { accountName, publicKey },
          diagnostics: prefixPaths(`exports[${index}].importers[${at}]`, diagnostics),
        },
      ];
    }),
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isImporter(
  value: unknown,
): value is { accountName: string; publicKey: string; diagnostics?: readonly Diagnostic[] } {
  return isRecord(value) && isReference(value);
}

/** Replaces each importer of exports, as far as they are known. Outputs stay outputs. */
function mapImporters(exports: unknown, change: (importer: unknown) => unknown): unknown {
  return mapInput(exports, (list) => mapList(list, (entry) => mapInput(entry, (known) => mapEntry(known, change))));
}

function mapEntry(entry: unknown, change: (importer: unknown) => unknown): unknown {
  return isRecord(entry) && entry.importers !== undefined
    ? { ...entry, importers: mapInput(entry.importers, (list) => mapList(list, change)) }
    : entry;
}

function mapList(value: unknown, change: (member: unknown) => unknown): unknown {
  return Array.isArray(value) ? value.map(change) : value;
}

function mapInput(value: unknown, change: (known: unknown) => unknown): unknown {
  const isLater = pulumi.Output.isInstance(value) || value instanceof Promise;
  return isLater ? pulumi.output(value as Promise<object>).apply(change) : change(value);
}

/** Returns an importer without its seed, which would make everything that contains it a secret. */
function toImporter(value: unknown): unknown {
  if (isReference(value)) {
    const { accountName, publicKey } = value;
    return { accountName, publicKey };
  }
  if (!isRecord(value)) {
    return value;
  }
  const { accountName, publicKey, diagnostics } = sourceOf(value as unknown as SignedReference);
  return { accountName, publicKey, diagnostics };
}

function toName(value: unknown): unknown {
  if (isReference(value)) {
    return value.accountName;
  }
  return isRecord(value) ? sourceOf(value as unknown as SignedReference).accountName : value;
}

/** Finds what an account without an operator, or one with importers of other stacks, cannot sign. */
export function signerDiagnostics(
  { operator, publicKey, authorization }: AccountSettings & { readonly operator?: AccountSigner },
  { grants }: Importers,
): pulumi.Output<readonly Diagnostic[]>[] {
  const unsigned: Finding = {
    code: "NA4107",
    path: "publicKey",
    problem: "has no seed here, but an account without an operator signs its own JWT",
    remedy: "Set `operator`, or set `seed` or `key` in place of `publicKey`.",
  };
  const ungranted: Finding = {
    code: "NA4107",
    path: "publicKey",
    problem: "has no seed here, but the account signs an activation for each importer of another stack",
    remedy: "Set `seed` or `key` in place of `publicKey`, or name importers of this program only.",
  };
  const foreign: Finding = {
    code: "NA4106",
    path: "authorization",
    problem: "is not supported without an operator: it would decide about the clients of all accounts of a cluster",
    remedy: "Remove it, or declare the account in the program of the operator.",
  };
  return [
    pulumi.output(operator === undefined && publicKey !== undefined ? diagnose(unsigned) : []),
    pulumi.output(operator === undefined && authorization !== undefined ? diagnose(foreign) : []),
    ...(grants === undefined || publicKey === undefined
      ? []
      : [grants.apply((known) => (known === undefined ? [] : diagnose(ungranted)))]),
  ];
}
