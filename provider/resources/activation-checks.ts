import { readToken, type Token } from "../jwt/sign";
import type { Diagnostic } from "../model/form/diagnostics";
import { importedSubject, type Import } from "../model/shares/imports";
import { takesIn } from "../model/subjects/subjects";
import { known } from "./dynamic";

/** What an activation says under `nats`. */
interface ActivationBody {
  readonly subject?: string;
  readonly kind?: string;
  readonly issuer_account?: string;
  readonly type?: string;
}

/**
 * What is wrong with the activation in an import, as far as it is known (JWT library, `Import.Validate`); paths start at
 * the import.
 *
 * @param importer the public key of the importing account
 */
export function activationDiagnostics(entry: Import, importer: string): Diagnostic[] {
  const token = known(entry.token);
  const problem = token === undefined ? undefined : activationProblem(token, entry, importer);
  const remedy = "Give the JWT of an `Activation` for this import.";
  return problem === undefined ? [] : [{ path: "token", problem, remedy }];
}

function activationProblem(text: string, entry: Import, importer: string): string | undefined {
  const token = decoded(text);
  const { subject = "", kind, issuer_account: exporter, type } = (token?.nats ?? {}) as ActivationBody;
  if (token === undefined || type !== "activation") {
    return "is no activation, or its signature is not that of the key that it names";
  }
  const { account } = entry;
  if (known(account) !== undefined && token.iss !== account && exporter !== account) {
    return "is not of the account that is imported from";
  }
  if (known(importer) !== undefined && token.sub !== importer) {
    return "is for another account than this one";
  }
  if (known(entry.type) !== undefined && kind !== entry.type) {
    return `is for a ${String(kind)}, not for a ${entry.type}`;
  }
  return known(entry.subject) === undefined || takesIn(subject, importedSubject(entry, importer))
    ? undefined
    : `is for ${JSON.stringify(subject)}, which the imported subject is not inside`;
}

function decoded(text: string): Token | undefined {
  try {
    return readToken(text);
  } catch {
    return undefined;
  }
}
