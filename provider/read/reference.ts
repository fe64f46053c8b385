import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { Unreadable } from "../diagnostics/unreadable";
import { signedText } from "../jwt/reference";
import { isRecord } from "../model/form/shape";
import { REFERENCE, REFERENCE_VERSIONS, type SignedReference } from "../model/account/reference";
import { publicKeyProblem } from "../nkeys/keys";
import { Notes } from "./notes";
import { isSignedBy, verifyToken } from "./token";

/** A reference that its account signed, or the problem with it. */
export interface ReadReference {
  /** Undefined if there is a problem. */
  readonly reference?: SignedReference;
  readonly diagnostics: readonly Diagnostic[];
}

const EXPORT_IT =
  "Export `account.reference` (in other languages, the output `references`) in the stack of the account, and use this output unchanged.";

/**
 * Reads the reference of an account, and verifies that the account signed it. Its terms are not checked yet.
 *
 * @param value the output of another stack
 */
export function readReference(value: unknown): ReadReference {
  const diagnostics = [
    () => missingDiagnostics(value),
    () => versionDiagnostics(value),
    () => shapeDiagnostics(value),
    () => signatureDiagnostics(value as SignedReference),
    () => jwtDiagnostics(value as SignedReference),
  ].reduce<readonly Diagnostic[]>((found, check) => (found.length > 0 ? found : check()), []);
  return diagnostics.length > 0 ? { diagnostics } : { reference: value as SignedReference, diagnostics };
}

function missingDiagnostics(value: unknown): Diagnostic[] {
  const isMissing = value === undefined || value === null;
  return diagnose({
    code: "NA4100",
    problem: isMissing ? "has no value: the stack of the account does not have this output" : undefined,
    remedy: "Run `pulumi up` in the stack of the account first, or correct the name of the output.",
  });
}

function versionDiagnostics(value: unknown): Diagnostic[] {
  if (!isRecord(value) || value.version === undefined) {
    return malformed("is not the reference of an account");
  }
  const isSupported = (REFERENCE_VERSIONS as readonly unknown[]).includes(value.version);
  return diagnose({
    code: "NA4102",
    path: "version",
    value: value.version,
    problem: isSupported
      ? undefined
      : `is not a supported version of references: it must be ${REFERENCE_VERSIONS.join(" or ")}`,
    remedy: "Install the same version of pulumi-nats-auth in the programs of both stacks.",
  });
}

function shapeDiagnostics(value: unknown): Diagnostic[] {
  const [misfit] = REFERENCE(value, "");
  return misfit === undefined ? [] : malformed(misfit.diagnostic.problem, misfit.diagnostic.path);
}

function malformed(problem: string, path = ""): Diagnostic[] {
  return diagnose({ code: "NA4101", path, problem, remedy: EXPORT_IT });
}

function signatureDiagnostics(reference: SignedReference): Diagnostic[] {
  const { publicKey } = reference.account;
  const isSigned =
    publicKeyProblem("account", publicKey) === undefined &&
    isSignedBy(publicKey, signedText(reference), Buffer.from(reference.signature, "base64url"));
  return diagnose({
    code: "NA4103",
    path: "signature",
    problem: isSigned
      ? undefined
      : "is not the signature of the account: the reference was changed, or another key signed it",
    remedy: EXPORT_IT,
  });
}

function jwtDiagnostics({ jwt, account }: SignedReference): Diagnostic[] {
  return diagnose({ code: "NA4104", path: "jwt", problem: jwtProblem(jwt, account), remedy: EXPORT_IT });
}

function jwtProblem(jwt: string, { name, publicKey }: SignedReference["account"]): string | undefined {
  try {
    const { kind, subject, issuer, name: claimed } = verifyToken(jwt, "jwt", new Notes());
    if (kind !== "account" || subject !== publicKey || claimed !== name) {
      return "is not a JWT of the account in `account`";
    }
    return issuer.startsWith("A") && issuer !== publicKey ? "is signed by a different account" : undefined;
  } catch (error) {
    if (error instanceof Unreadable) {
      return error.problem;
    }
    throw error;
  }
}
