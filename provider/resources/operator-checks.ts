import { isDeepStrictEqual } from "node:util";
import { under, type Diagnostic } from "../model/form/diagnostics";
import { OPERATOR_INFO, type OperatorInfo } from "../model/cluster/operator-info";
import { defined, sortedSet } from "../model/form/order";
import type { PreviousKey } from "../model/keys/previous";
import { rotationDiagnostics, type Rotation } from "../model/keys/rotation";
import { nameDiagnostics } from "../model/users/users";
import { keyPairFromSeed } from "../nkeys/keys";
import { known } from "./dynamic";
import { seedDiagnostics } from "./nkey";

/** What an operator's JWT is made from. */
export interface OperatorInputs extends OperatorInfo {
  name: string;
  publicKey?: string;
  signingKeys: string[];
  rotation?: Rotation;
  systemAccount: string;
  signer?: string;
  /** Signing keys that were replaced, and still work. */
  previous?: PreviousKey[];
}

/** What an operator's JWT says; when one of them changes, it is signed again. */
interface Said extends OperatorInfo {
  readonly name: string;
  readonly publicKey: string | undefined;
  readonly signingKeys: readonly string[];
  readonly systemAccount: string;
}

/** What a JWT by these inputs says. */
export function said({ name, publicKey, signingKeys, systemAccount, previous = [], ...rest }: OperatorInputs): Said {
  const working = previous.flatMap(({ signingKey }) => signingKey ?? []);
  const info = defined<OperatorInfo>(OPERATOR_INFO.each((term) => rest[term]) as OperatorInfo);
  return { name, publicKey, signingKeys: sortedSet([...signingKeys, ...working]), systemAccount, ...info };
}

/** All that is wrong with an operator, as far as it is known. */
export function operatorDiagnostics(olds: Partial<OperatorInputs>, news: OperatorInputs): Diagnostic[] {
  return [
    ...nameDiagnostics("name", news.name),
    ...signerDiagnostics(known(news.signer), known(news.publicKey)),
    ...under("rotation", rotationDiagnostics(known(news.rotation))),
    ...OPERATOR_INFO.diagnostics(OPERATOR_INFO.each((term) => known(news[term])) as OperatorInfo),
    ...identityDiagnostics(olds, news),
  ];
}

/** An operator's JWT is self-signed: servers accept no other. */
function signerDiagnostics(signer: string | undefined, publicKey: string | undefined): Diagnostic[] {
  const found = seedDiagnostics("signer", "operator", signer);
  if (found.length > 0 || signer === undefined || publicKey === undefined) {
    return found;
  }
  const problem = "is the seed of another operator than `publicKey`, and an operator signs itself";
  return keyPairFromSeed("operator", signer).getPublicKey() === publicKey
    ? []
    : [{ path: "signer", value: "(secret)", problem, remedy: "Give the operator's own seed." }];
}

/**
 * What cannot be done without the operator's own key: signing anything, and becoming another operator in its absence.
 *
 * @param olds the inputs of the last update
 */
function identityDiagnostics(olds: Partial<OperatorInputs>, news: OperatorInputs): Diagnostic[] {
  const { publicKey, signingKeys, systemAccount, name } = olds;
  if (publicKey === undefined || signingKeys === undefined || systemAccount === undefined || name === undefined) {
    return news.signer === undefined ? [NOTHING_YET] : [];
  }
  const before = { ...olds, name, publicKey, signingKeys, systemAccount };
  if (news.signer === undefined) {
    return changes(before, news).map((what) => ({ ...NEEDS_IDENTITY, path: what }));
  }
  return olds.signer === undefined && news.publicKey !== publicKey ? [{ ...OTHER_OPERATOR, value: publicKey }] : [];
}

const BRING_BACK = "Give the identity's seed for this update, or have the JWT signed where it is and give that.";
const NOTHING_YET: Diagnostic = {
  path: "signer",
  problem: "is missing, and there is no JWT of the operator yet that could stay",
  remedy: "Keep the identity's seed in the state for the first update, or give a JWT that was signed elsewhere.",
};
const NEEDS_IDENTITY: Omit<Diagnostic, "path"> = {
  problem:
    "changes, so that the operator's JWT must be signed again, and the identity's seed is not in the state any more",
  remedy: BRING_BACK,
};
const OTHER_OPERATOR: Diagnostic = {
  path: "publicKey",
  problem: "is the operator whose seed is not in the state any more, and another operator would take its place",
  remedy: "Give the seed of this one. A new operator is a new resource, by another name.",
};

/** What a JWT by the new inputs says that one by the old ones did not. */
function changes(olds: OperatorInputs, news: OperatorInputs): (keyof Said)[] {
  const [before, after] = [said(olds), said(news)];
  return SAID.filter((key) => !isDeepStrictEqual(before[key], after[key]));
}

const SAID: readonly (keyof Said)[] = ["name", "publicKey", "signingKeys", "systemAccount", ...OPERATOR_INFO.names];
