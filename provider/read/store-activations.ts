import { Unreadable } from "../diagnostics/unreadable";
import type { Account } from "../model/account/account";
import { hasKeyFormat } from "../model/keys/key-format";
import { getRevocationTime, type Revocations } from "../model/keys/revocations";
import type { Import } from "../model/shares/imports";
import { coversSubject } from "../model/subjects/subjects";
import { readActivation, type ReadActivation } from "./claims/activation";
import type { StoreContext } from "./store-context";
import { invalidTimeProblem } from "./validity";

/** The content of the activation in an import, or the reason why it cannot be read. */
export type StoredActivation = { readonly read: ReadActivation } | { readonly problem: string };

/** Reads the activation in an import. */
export function readStoredActivation(token: string): StoredActivation {
  try {
    return { read: readActivation(token, "the activation") };
  } catch (error) {
    if (error instanceof Unreadable) {
      return { problem: error.problem };
    }
    throw error;
  }
}

/**
 * Returns why servers reject an account as a whole because of the activation in one of its imports: it must be a valid JWT
 * for this account and import (JWT library, `Import.Validate`).
 *
 * @param importer the public key of the importing account
 */
export function activationMismatch({ token, account, type, subject }: Import, importer: string): string | undefined {
  const activation = token === undefined ? undefined : readStoredActivation(token);
  if (activation === undefined) {
    return undefined;
  }
  if ("problem" in activation) {
    return `has an invalid activation: it ${activation.problem}`;
  }
  const { read } = activation;
  const exporters = [read.issuer, ...(read.issuerAccount === undefined ? [] : [read.issuerAccount])];
  if (!exporters.includes(account) || !hasKeyFormat("A", read.exporter)) {
    return "has an activation of another account than the exporting one";
  }
  if (read.importer !== importer) {
    return "has an activation for another account";
  }
  return read.type === type && coversSubject(read.subject, subject)
    ? undefined
    : "has an activation for another type or subject";
}

/**
 * Returns why servers ignore an activation that matches its import, if so.
 *
 * @param revocations the revocations of the export
 */
export function activationProblem(
  activation: ReadActivation,
  exporter: Account,
  revocations: Revocations,
  { operator, now }: Pick<StoreContext, "operator" | "now">,
): string | undefined {
  const { issuer, issuerAccount, issuedAt, importer } = activation;
  const keys = [
    ...(operator.strict ? [] : [exporter.publicKey]),
    ...(exporter.signingKeys ?? []),
    ...Object.values(exporter.roles ?? {}).map(({ signingKey }) => signingKey),
  ];
  const isTrusted = issuerAccount === undefined || (issuerAccount === exporter.publicKey && keys.includes(issuer));
  if (!isTrusted) {
    return "has an activation that is signed by a key that the exporting account does not list";
  }
  const time = invalidTimeProblem(activation, now);
  if (time !== undefined) {
    return `has an activation that ${time}`;
  }
  return (getRevocationTime(revocations, importer) ?? -1) >= issuedAt ? "has a revoked activation" : undefined;
}
