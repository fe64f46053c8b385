import * as pulumi from "@pulumi/pulumi";
import { isWellFormed } from "../../model/account/account-checks";
import type { AccountDeclaration } from "../../model/account/account";
import { offersOf } from "../../model/shares/grants";
import { importedSubject } from "../../model/shares/imports";
import { defined } from "../../model/form/order";
import { isRecord } from "../../model/form/shape";
import { covers } from "../../model/subjects/subjects";
import { Activation, type ActivationArgs } from "../../resources/activation";
import type { AccountReference, AccountSettings, ImportArgs } from "./account-args";
import { behind, type Gate } from "../validation";

/** What an account exports, as its arguments say it: some or all of it may be known later. */
type ExportsArg = AccountSettings["exports"];

/** An account of this program, which knows what it exports. */
export interface Exporter extends AccountReference {
  readonly declaration: pulumi.Output<AccountDeclaration>;
  readonly exportsArg: ExportsArg;
}

/** An account that makes activations for its imports. */
interface Importer {
  /** The name of its resource. */
  readonly name: string;
  readonly publicKey: pulumi.Output<string>;
  readonly gate: Gate;
}

/**
 * Makes the activations that imports need: of each import of something private, and of those of which it cannot be known
 * yet whether they are, since a public export does not mind.
 *
 * @returns the token of each import, undefined where it needs none, or where nobody could sign it
 */
export function activationsOf(
  importer: Importer,
  imports: readonly ImportArgs[],
  opts: pulumi.CustomResourceOptions,
): (pulumi.Input<string> | undefined)[] {
  const made = new Map<string, pulumi.Output<string>>();
  return imports.map((entry, index) => {
    const { signer } = entry.account;
    if (entry.token !== undefined || signer === undefined || !mayBePrivate(entry)) {
      return entry.token;
    }
    const name = `${importer.name}/${nameOf(entry, index)}`;
    const token = made.get(name) ?? new Activation(name, argsOf(importer, entry, signer), opts).jwt;
    made.set(name, token);
    return token;
  });
}

function argsOf({ publicKey, gate }: Importer, entry: ImportArgs, signer: pulumi.Input<string>): ActivationArgs {
  const subject = pulumi
    .all([entry.subject, publicKey])
    .apply(([wanted, key]) => importedSubject({ subject: wanted }, key));
  const args = {
    exporter: entry.account.publicKey,
    importer: publicKey,
    subject,
    type: behind(gate, entry.type),
    signer,
    revocations: isExporter(entry.account) ? revocationsOf(entry.account, entry) : undefined,
  };
  return defined<ActivationArgs>(args);
}

/** What the exporting account says of revoked activations of an import. */
function revocationsOf({ declaration }: Exporter, { subject, type }: ImportArgs): ActivationArgs["revocations"] {
  return pulumi
    .all([declaration, subject, type])
    .apply(([exporter, wanted, kind]) =>
      isWellFormed(exporter)
        ? (offersOf({ subject: wanted, type: kind }, exporter.exports ?? [])[0]?.revocations ?? {})
        : {},
    );
}

/** The same as long as the program imports the same, in whatever order. */
function nameOf({ account, type, subject }: ImportArgs, index: number): string {
  const plain = typeof type === "string" && typeof subject === "string";
  const what = plain ? `${type} ${subject}` : `imports[${index}]`;
  return `${what} of ${account.accountName}`.replace(/[%/]/g, encodeURIComponent);
}

function mayBePrivate(entry: ImportArgs): boolean {
  if (!isExporter(entry.account)) {
    return true;
  }
  const { exportsArg } = entry.account;
  const list: unknown = exportsArg;
  return Array.isArray(list) ? list.some((one: unknown) => maybeMatches(one, entry)) : exportsArg !== undefined;
}

/** True for an export that is not for sure a public one, or of something else. */
function maybeMatches(exported: unknown, entry: ImportArgs): boolean {
  if (!isRecord(exported)) {
    return true;
  }
  const { importers, type, subject } = exported;
  const otherType = typeof type === "string" && typeof entry.type === "string" && type !== entry.type;
  const otherSubject =
    [subject, entry.subject].every((one) => typeof one === "string") &&
    !covers(subject as string, entry.subject as string);
  return importers !== undefined && !otherType && !otherSubject;
}

function isExporter(account: AccountReference): account is Exporter {
  return "declaration" in account;
}
