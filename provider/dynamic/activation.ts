import { activationClaims, type ActivationTerms } from "../jwt/activation";
import { readToken, signClaims } from "../jwt/sign";
import { diagnose, type Diagnostic } from "../diagnostics/diagnostic";
import { typeDiagnostics } from "../model/shares/export-checks";
import { REVOCATIONS, revocationsDiagnostics, getRevocationTime, type Revocations } from "../model/keys/revocations";
import { optional, checkShape, stringShape } from "../model/form/shape";
import { subjectProblem } from "../model/subjects/subjects";
import { keyPairFromSeed } from "../nkeys/keys";
import { hasChanged, toCheckFailures, withStateVersion } from "./life-cycle/life-cycle";
import { showTimestamps } from "./life-cycle/shown-times";
import { ifKnown } from "./life-cycle/unknown";
import { nowInSeconds } from "./life-cycle/clock";
import { seedDiagnostics } from "../nkeys/key-checks";
import { knownKeyDiagnostics } from "./checks/keys";

interface Inputs extends ActivationTerms {
  signer: string;
  revocations?: Revocations;
}

type State = ActivationTerms & { jwt: string; issuer: string };

const SIGNED = ["exporter", "importer", "subject", "type"] as const satisfies readonly (keyof ActivationTerms)[];

/** The handler of `Activation`. */
export const provider = withStateVersion<Inputs, State>({
  check(_olds, news) {
    const failures = toCheckFailures(inputDiagnostics(news));
    const { revocations } = news;
    const isShown = failures.length === 0 && revocations !== undefined && ifKnown(revocations) !== undefined;
    const inputs = isShown ? { ...news, revocations: showTimestamps(revocations) } : news;
    return Promise.resolve({ inputs, failures });
  },

  diff(_id, olds, news) {
    return Promise.resolve({ changes: hasNewContent(olds, news) || isRevoked(olds, news), replaces: [] });
  },

  async create(inputs) {
    const outs = await sign(inputs, nowInSeconds());
    return { id: readToken(outs.jwt).jti, outs };
  },

  async update(_id, olds, news) {
    return { outs: hasNewContent(olds, news) || isRevoked(olds, news) ? await sign(news, nowInSeconds()) : olds };
  },
});

function inputDiagnostics({ exporter, importer, subject, type, signer, revocations }: Inputs): Diagnostic[] {
  return [
    ...checkShape("exporter", stringShape, exporter, (key) => knownKeyDiagnostics("", "account", key)),
    ...checkShape("importer", stringShape, importer, (key) => knownKeyDiagnostics("", "account", key)),
    ...checkShape("subject", stringShape, subject, subjectDiagnostics),
    ...(ifKnown(type) === undefined ? [] : typeDiagnostics(type)),
    ...seedDiagnostics("signer", "account", ifKnown(signer)),
    ...checkShape("revocations", optional(REVOCATIONS), ifKnown(revocations), (entries = {}) =>
      revocationsDiagnostics(entries, "A"),
    ),
  ];
}

function subjectDiagnostics(subject: string): Diagnostic[] {
  const problem = ifKnown(subject) === undefined ? undefined : subjectProblem(subject);
  return diagnose({ code: "NA1101", value: subject, problem, remedy: "Use the subject that may be imported." });
}

/** True when the content of the token or the key that signs it changes. */
function hasNewContent(olds: State, news: Inputs): boolean {
  const { signer } = news;
  const issuer = ifKnown(signer) === undefined ? olds.issuer : keyPairFromSeed("account", signer).getPublicKey();
  return hasChanged<ActivationTerms>(SIGNED, olds, news) || issuer !== olds.issuer;
}

/** True when the exporting account has revoked the token. */
function isRevoked({ jwt, importer }: State, { revocations }: Inputs): boolean {
  const until = getRevocationTime(ifKnown(revocations) ?? {}, importer);
  return until !== undefined && readToken(jwt).iat <= until;
}

async function sign({ signer, revocations = {}, ...terms }: Inputs, now: number): Promise<State> {
  const { exporter, importer, subject, type } = terms;
  const pair = keyPairFromSeed("account", signer);
  const issuer = pair.getPublicKey();
  // A revocation at a future time includes every token that is issued until then.
  const issuedAt = Math.max(now, (getRevocationTime(revocations, importer) ?? 0) + 1);
  const jwt = await signClaims(activationClaims(terms, issuer), pair, { issuedAt });
  return { exporter, importer, subject, type, jwt, issuer };
}
