import * as pulumi from "@pulumi/pulumi";
import { activationClaims, type ActivationTerms } from "../jwt/activation";
import { readToken, signClaims } from "../jwt/sign";
import { shown, type Diagnostic } from "../model/form/diagnostics";
import { typeDiagnostics } from "../model/shares/export-checks";
import type { ShareType } from "../model/shares/exports";
import { REVOCATIONS, revocationsDiagnostics, revokedUntil, type Revocations } from "../model/keys/revocations";
import { optional, shaped, text } from "../model/form/shape";
import { subjectProblem } from "../model/subjects/subjects";
import { keyPairFromSeed } from "../nkeys/keys";
import { differ, DynamicResource, failures, known, nowInSeconds, versioned } from "./dynamic";
import type { DeepInput } from "./inputs";
import { publicKeyDiagnostics, seedDiagnostics } from "./nkey";

/** Arguments of {@link Activation}. */
export interface ActivationArgs {
  /** The public key (`A…`) of the account that exports. */
  exporter: pulumi.Input<string>;
  /** The public key (`A…`) of the account that may import. */
  importer: pulumi.Input<string>;
  /** The subject that may be imported, and everything inside it. */
  subject: pulumi.Input<string>;
  /** The kind of the export. */
  type: pulumi.Input<ShareType>;
  /** The seed (`SA…`) of the exporting account, or of one of its signing keys. It is kept as a secret. */
  signer: pulumi.Input<string>;
  /**
   * The export's revocations: an activation that they revoke is signed again.
   *
   * @default none
   */
  revocations?: DeepInput<Revocations>;
}

interface Inputs extends ActivationTerms {
  signer: string;
  revocations?: Revocations;
}

type State = ActivationTerms & { jwt: string; issuer: string };

const SIGNED = ["exporter", "importer", "subject", "type"] as const satisfies readonly (keyof ActivationTerms)[];

/** The dynamic provider of {@link Activation}. */
export const provider = versioned<Inputs, State>({
  check(_olds, news) {
    return Promise.resolve({ inputs: news, failures: failures(inputDiagnostics(news)) });
  },

  diff(_id, olds, news) {
    return Promise.resolve({ changes: isAnother(olds, news) || isRevoked(olds, news), replaces: [] });
  },

  async create(inputs) {
    const outs = await signed(inputs, nowInSeconds());
    return { id: readToken(outs.jwt).jti, outs };
  },

  async update(_id, olds, news) {
    return { outs: isAnother(olds, news) || isRevoked(olds, news) ? await signed(news, nowInSeconds()) : olds };
  },
});

function inputDiagnostics({ exporter, importer, subject, type, signer, revocations }: Inputs): Diagnostic[] {
  return [
    ...shaped("exporter", text, exporter, (key) => publicKeyDiagnostics("", "account", key)),
    ...shaped("importer", text, importer, (key) => publicKeyDiagnostics("", "account", key)),
    ...shaped("subject", text, subject, subjectDiagnostics),
    ...(known(type) === undefined ? [] : typeDiagnostics(type)),
    ...seedDiagnostics("signer", "account", known(signer)),
    ...shaped("revocations", optional(REVOCATIONS), known(revocations), (are = {}) => revocationsDiagnostics(are, "A")),
  ];
}

function subjectDiagnostics(subject: string): Diagnostic[] {
  const problem = known(subject) === undefined ? undefined : subjectProblem(subject);
  const remedy = "Write the subject that may be imported.";
  return problem === undefined ? [] : [{ path: "", value: shown(subject), problem, remedy }];
}

/** True when the token is to say something else, or to be signed by another key. */
function isAnother(olds: State, news: Inputs): boolean {
  const { signer } = news;
  const issuer = known(signer) === undefined ? olds.issuer : keyPairFromSeed("account", signer).getPublicKey();
  return differ<ActivationTerms>(SIGNED, olds, news) || issuer !== olds.issuer;
}

/** True when the export's account has revoked the token. */
function isRevoked({ jwt, importer }: State, { revocations }: Inputs): boolean {
  const until = revokedUntil(known(revocations) ?? {}, importer);
  return until !== undefined && readToken(jwt).iat <= until;
}

async function signed({ signer, revocations = {}, ...terms }: Inputs, now: number): Promise<State> {
  const { exporter, importer, subject, type } = terms;
  const pair = keyPairFromSeed("account", signer);
  const issuer = pair.getPublicKey();
  // A revocation of a moment to come is of everything until then.
  const issuedAt = Math.max(now, (revokedUntil(revocations, importer) ?? 0) + 1);
  const jwt = await signClaims(activationClaims(terms, issuer), pair, { issuedAt });
  return { exporter, importer, subject, type, jwt, issuer };
}

/**
 * The token by which an account lets another one import a private export: signed once, and again only when what it says
 * or who signs changes, or when it is revoked. An `Account` makes those that its imports need; alone, it is for accounts
 * of other programs.
 *
 * @example
 * ```ts
 * const activation = new Activation("for-partner", {
 *   exporter: orders.publicKey,
 *   importer: "AB…",
 *   subject: "orders.placed",
 *   type: "stream",
 *   signer: orders.signer,
 * });
 * export const token = activation.jwt;
 * ```
 */
export class Activation extends DynamicResource {
  /** The token, which the importing account's JWT holds. */
  declare public readonly jwt: pulumi.Output<string>;
  /** The public key (`A…`) that signed it. */
  declare public readonly issuer: pulumi.Output<string>;

  constructor(name: string, args: ActivationArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { ...args, signer: pulumi.secret(args.signer), jwt: undefined, issuer: undefined };
    super("activation", "Activation", name, props, opts);
  }
}
