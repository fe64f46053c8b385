import type { Code } from "../../diagnostics/codes";
import { diagnose, type Diagnostic } from "../../diagnostics/diagnostic";
import { readToken, type Token } from "../../jwt/sign";
import { resolveImportSubject, type Import } from "../../model/shares/imports";
import { coversSubject } from "../../model/subjects/subjects";
import { ifKnown } from "../life-cycle/unknown";

/** The claims of an activation under `nats`. */
interface ActivationBody {
  readonly subject?: string;
  readonly kind?: string;
  readonly issuer_account?: string;
  readonly type?: string;
}

/**
 * Checks the activation in an import, as far as it is known (JWT library, `Import.Validate`). Paths are relative to the
 * import.
 *
 * @param importer the public key of the importing account
 */
export function activationDiagnostics(entry: Import, importer: string): Diagnostic[] {
  const token = ifKnown(entry.token);
  const { code, problem } = token === undefined ? PASSED : checkActivation(token, entry, importer);
  return diagnose({ code, path: "token", problem, remedy: "Use the `jwt` of an `Activation` for this import." });
}

interface Outcome {
  readonly code: Code;
  readonly problem: string | undefined;
}

const PASSED: Outcome = { code: "NA5035", problem: undefined };

function checkActivation(text: string, entry: Import, importer: string): Outcome {
  const token = decode(text);
  const { subject = "", kind, issuer_account: exporter, type } = (token?.nats ?? {}) as ActivationBody;
  if (token === undefined || type !== "activation") {
    return { code: "NA5035", problem: "is not an activation JWT with a valid signature" };
  }
  return { code: "NA5036", problem: findMismatch({ token, subject, kind, exporter }, entry, importer) };
}

interface DecodedActivation {
  readonly token: Token;
  readonly subject: string;
  readonly kind: string | undefined;
  readonly exporter: string | undefined;
}

function findMismatch(
  { token, subject, kind, exporter }: DecodedActivation,
  entry: Import,
  importer: string,
): string | undefined {
  const { account } = entry;
  if (ifKnown(account) !== undefined && token.iss !== account && exporter !== account) {
    return "is not signed by the account in `account`";
  }
  if (ifKnown(importer) !== undefined && token.sub !== importer) {
    return "is for a different account";
  }
  if (ifKnown(entry.type) !== undefined && kind !== entry.type) {
    return `is for a ${String(kind)}, not for a ${entry.type}`;
  }
  return ifKnown(entry.subject) === undefined || coversSubject(subject, resolveImportSubject(entry, importer))
    ? undefined
    : `is for the subject ${JSON.stringify(subject)}, which does not contain the imported one`;
}

function decode(text: string): Token | undefined {
  try {
    return readToken(text);
  } catch {
    return undefined;
  }
}
