import * as pulumi from "@pulumi/pulumi";
import { isWellFormed } from "../../model/account/account-checks";
import type { AccountDeclaration } from "../../model/account/account";
import { findActivation, type IssuedActivation } from "../../model/account/reference";
import { findMatchingExports } from "../../model/shares/grants";
import { resolveImportSubject } from "../../model/shares/imports";
import { omitUndefined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { covers } from "../../model/subjects/subjects";
import { Activation, type ActivationArgs } from "../../resources/activation";
import type { AccountSettings, ImportArgs } from "./account-args";
import { sourceOf, type AccountSource } from "./account-source";
import { afterGate, type Gate } from "../validation";

/** The `exports` argument of an account; parts of it may be outputs. */
type ExportsArg = AccountSettings["exports"];

/** An account of this program, whose exports are declared here. */
interface Exporter extends AccountSource {
  readonly declaration: pulumi.Output<AccountDeclaration>;
  readonly exportsArg: ExportsArg;
}

/** The account that the activations are created for. */
interface Importer {
  /** Name of the account's resource. */
  readonly name: string;
  readonly publicKey: pulumi.Output<string>;
  readonly gate: Gate;
}

/** The activation JWT of an import; undefined if the import needs none, or nothing here can sign it. */
export type Token = pulumi.Input<string> | pulumi.Output<string | undefined> | undefined;

/**
 * Creates the activations that imports need: one for each import of a private export. An import whose export may be
 * private, but is not known yet, gets one, too, because an activation of a public export has no effect. The reference of an
 * account of another stack contains those that it has signed.
 */
export function createActivations(
  importer: Importer,
  imports: readonly ImportArgs[],
  opts: pulumi.CustomResourceOptions,
): Token[] {
  const created = new Map<string, pulumi.Output<string>>();
  return imports.map((entry, index): Token => {
    const { signer, issued } = sourceOf(entry.account);
    if (entry.token === undefined && issued !== undefined) {
      return issuedToken(importer, entry, issued);
    }
    if (entry.token !== undefined || signer === undefined || !mayBePrivate(entry)) {
      return entry.token;
    }
    const name = `${importer.name}/${activationName(entry, index)}`;
    const token = created.get(name) ?? new Activation(name, activationArgs(importer, entry, signer), opts).jwt;
    created.set(name, token);
    return token;
  });
}

/** Returns the indexes of the imports without an activation. */
export function findWithoutActivation(tokens: readonly Token[]): pulumi.Output<readonly number[]> {
  // An activation that is about to be signed is unknown, and not missing.
  const areMissing = tokens.map((token) =>
    pulumi.output(token as pulumi.Input<string | undefined>).apply((known) => known === undefined),
  );
  return pulumi
    .all(areMissing)
    .apply((known) => known.flatMap((isMissing: boolean, index): number[] => (isMissing ? [index] : [])));
}

function issuedToken(
  { publicKey }: Importer,
  { subject, type }: ImportArgs,
  issued: pulumi.Output<readonly IssuedActivation[]>,
): pulumi.Output<string | undefined> {
  return pulumi
    .all([publicKey, subject, type, issued])
    .apply(([key, imported, shareType, activations]) =>
      typeof imported === "string"
        ? findActivation(key, { subject: imported, type: shareType }, activations)
        : undefined,
    );
}

function activationArgs(
  { publicKey, gate }: Importer,
  entry: ImportArgs,
  signer: pulumi.Input<string>,
): ActivationArgs {
  const subject = pulumi
    .all([entry.subject, publicKey])
    .apply(([imported, key]) => resolveImportSubject({ subject: imported }, key));
  const source = sourceOf(entry.account);
  const args = {
    exporter: source.publicKey,
    importer: publicKey,
    subject,
    type: afterGate(gate, entry.type),
    signer,
    revocations: isExporter(source) ? activationRevocations(source, entry) : undefined,
  };
  return omitUndefined<ActivationArgs>(args);
}

/** Returns the activation revocations of the export that an import refers to. */
function activationRevocations(
  { declaration }: Exporter,
  { subject, type }: ImportArgs,
): ActivationArgs["revocations"] {
  return pulumi
    .all([declaration, subject, type])
    .apply(([exporter, imported, shareType]) =>
      isWellFormed(exporter)
        ? (findMatchingExports({ subject: imported, type: shareType }, exporter.exports ?? [])[0]?.revocations ?? {})
        : {},
    );
}

/** Returns the name of an activation's resource. It does not depend on the order of imports if type and subject are plain. */
function activationName({ account, type, subject }: ImportArgs, index: number): string {
  const isPlain = typeof type === "string" && typeof subject === "string";
  const label = isPlain ? `${type} ${subject}` : `imports[${index}]`;
  const { accountName } = sourceOf(account);
  // Only the program of an account signs activations for it here, and there the name is plain.
  const exporter = typeof accountName === "string" ? accountName : "another stack";
  return `${label} of ${exporter}`.replace(/[%/]/g, encodeURIComponent);
}

function mayBePrivate(entry: ImportArgs): boolean {
  const source = sourceOf(entry.account);
  if (!isExporter(source)) {
    return true;
  }
  const { exportsArg } = source;
  const list: unknown = exportsArg;
  return Array.isArray(list) ? list.some((exported: unknown) => mayMatch(exported, entry)) : exportsArg !== undefined;
}

/** Returns false for an export that is certainly public, or certainly not the imported one. */
function mayMatch(exported: unknown, entry: ImportArgs): boolean {
  if (!isRecord(exported)) {
    return true;
  }
  const { importers, type, subject } = exported;
  const otherType = typeof type === "string" && typeof entry.type === "string" && type !== entry.type;
  const otherSubject =
    [subject, entry.subject].every((text) => typeof text === "string") &&
    !covers(subject as string, entry.subject as string);
  return importers !== undefined && !otherType && !otherSubject;
}

function isExporter(account: AccountSource): account is Exporter {
  return "declaration" in account;
}
