import { isDeepStrictEqual } from "node:util";
import { prefixPaths, type Diagnostic } from "../../diagnostics/diagnostic";
import { OPERATOR_INFO, type OperatorInfo } from "../../model/cluster/operator-info";
import { omitUndefined, sortUnique } from "../../model/form/order";
import type { PreviousKey } from "../../model/keys/previous-keys";
import { rotationDiagnostics, type Rotation } from "../../model/keys/rotation";
import { nameDiagnostics } from "../../model/users/users";
import { keyPairFromSeed } from "../../nkeys/keys";
import { ifKnown } from "../life-cycle/unknown";
import { seedDiagnostics } from "../../nkeys/key-checks";

/** The inputs of an operator's JWT. */
export interface OperatorInputs extends OperatorInfo {
  name: string;
  publicKey?: string;
  signingKeys: string[];
  rotation?: Rotation;
  systemAccount: string;
  signer?: string;
  /** Replaced signing keys that are still valid. */
  previous?: PreviousKey[];
}

/** The content of an operator's JWT. A change of any part requires a new signature. */
interface OperatorContent extends OperatorInfo {
  readonly name: string;
  readonly publicKey: string | undefined;
  readonly signingKeys: readonly string[];
  readonly systemAccount: string;
}

/** Returns the content of the JWT for these inputs. */
export function getOperatorContent(inputs: OperatorInputs): OperatorContent {
  const { name, publicKey, signingKeys, systemAccount, previous = [], ...rest } = inputs;
  const stillValid = previous.flatMap(({ signingKey }) => signingKey ?? []);
  const info = omitUndefined<OperatorInfo>(OPERATOR_INFO.each((term) => rest[term]) as OperatorInfo);
  return { name, publicKey, signingKeys: sortUnique([...signingKeys, ...stillValid]), systemAccount, ...info };
}

/** Checks an operator, as far as it is known. */
export function operatorDiagnostics(olds: Partial<OperatorInputs>, news: OperatorInputs): Diagnostic[] {
  return [
    ...nameDiagnostics("name", news.name),
    ...signerDiagnostics(ifKnown(news.signer), ifKnown(news.publicKey)),
    ...prefixPaths("rotation", rotationDiagnostics(ifKnown(news.rotation))),
    ...OPERATOR_INFO.diagnostics(OPERATOR_INFO.each((term) => ifKnown(news[term])) as OperatorInfo),
    ...identityDiagnostics(olds, news),
  ];
}

/** An operator's JWT is self-signed: servers do not accept any other issuer. */
function signerDiagnostics(signer: string | undefined, publicKey: string | undefined): Diagnostic[] {
  const found = seedDiagnostics("signer", "operator", signer);
  if (found.length > 0 || signer === undefined || publicKey === undefined) {
    return found;
  }
  const problem = "is not the seed of the operator in `publicKey`";
  const remedy = "Use the operator's own seed.";
  return keyPairFromSeed("operator", signer).getPublicKey() === publicKey
    ? []
    : [{ code: "NA5037", path: "signer", value: "(secret)", problem, remedy }];
}

/**
 * Reports changes that need the operator's seed if it is not available, and the replacement of an operator whose seed is
 * not available.
 *
 * @param olds the inputs of the last update
 */
function identityDiagnostics(olds: Partial<OperatorInputs>, news: OperatorInputs): Diagnostic[] {
  const { publicKey, signingKeys, systemAccount, name } = olds;
  if (publicKey === undefined || signingKeys === undefined || systemAccount === undefined || name === undefined) {
    return news.signer === undefined ? [NO_JWT] : [];
  }
  const before = { ...olds, name, publicKey, signingKeys, systemAccount };
  if (news.signer === undefined) {
    return findChanges(before, news).map((path) => ({ ...NEEDS_SEED, path }));
  }
  return olds.signer === undefined && news.publicKey !== publicKey ? [{ ...REPLACES_OFFLINE, value: publicKey }] : [];
}

const NO_JWT: Diagnostic = {
  code: "NA5038",
  path: "signer",
  problem: "is missing, but the operator has no JWT yet",
  remedy:
    "Keep the seed of the identity key in the state for the first update, or use a JWT that was signed elsewhere.",
};
const NEEDS_SEED: Omit<Diagnostic, "path"> = {
  code: "NA5039",
  problem: "changes the operator's JWT, but the seed of the identity key is no longer in the state",
  remedy: "Provide the seed for this update, or have the JWT signed where the key is kept and use that JWT.",
};
const REPLACES_OFFLINE: Diagnostic = {
  code: "NA5040",
  path: "publicKey",
  problem: "is an operator whose seed is no longer in the state, and would be replaced by another operator",
  remedy: "Provide the seed of this operator. Use a different resource name for a new operator.",
};

/** Returns the parts of the JWT's content that differ. */
function findChanges(olds: OperatorInputs, news: OperatorInputs): (keyof OperatorContent)[] {
  const [before, after] = [getOperatorContent(olds), getOperatorContent(news)];
  return CONTENT.filter((key) => !isDeepStrictEqual(before[key], after[key]));
}

const CONTENT: readonly (keyof OperatorContent)[] = [
  "name",
  "publicKey",
  "signingKeys",
  "systemAccount",
  ...OPERATOR_INFO.names,
];
