import { isDeepStrictEqual } from "node:util";
import { operatorClaims } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import { omitUndefined, sortUnique } from "../model/form/order";
import { OPERATOR_INFO, type OperatorInfo } from "../model/cluster/operator-info";
import { getPreviousSigningKeys, type PreviousKey } from "../model/keys/previous-keys";
import { normalizeRotation } from "../model/keys/rotation";
import { keyPairFromSeed } from "../nkeys/keys";
import { UNFOLDED, withFolding } from "./life-cycle/folding";
import { toCheckFailures, withStateVersion, type LifeCycle } from "./life-cycle/life-cycle";
import { showingTimes } from "./life-cycle/shown-times";
import { hasUnknown, ifKnown, mapKnown } from "./life-cycle/unknown";
import { nowInSeconds } from "./life-cycle/clock";
import { getOperatorContent, operatorDiagnostics, type OperatorInputs } from "./checks/operator";

type State = OperatorInfo &
  Required<Pick<OperatorInputs, "name" | "publicKey" | "signingKeys" | "systemAccount">> & {
    previous?: PreviousKey[];
    jwt: string;
  };

/** All properties are visible, with their times as texts. */
const INPUTS = showingTimes<OperatorInputs, OperatorInputs>(UNFOLDED, ["previous"]);
const STATE = showingTimes<State, State>(UNFOLDED, ["previous"]);

/** Creates the handler of `OperatorClaims`. @param now returns the time in seconds since 1970 */
export function operatorClaimsProvider(now: () => number): LifeCycle<OperatorInputs, State> {
  const lifeCycle: LifeCycle<OperatorInputs, State> = {
    check(olds, news) {
      const inputs = normalizeInputs(olds, news, now());
      const found = toCheckFailures(operatorDiagnostics(olds, inputs));
      return Promise.resolve({ inputs: found.length > 0 ? news : inputs, failures: found });
    },

    diff(id, olds, news) {
      const replaces = ifKnown(news.publicKey) !== undefined && news.publicKey !== id ? ["publicKey"] : [];
      return Promise.resolve({ changes: hasNewContent(olds, news), replaces, deleteBeforeReplace: false });
    },

    async create(inputs) {
      const outs = await sign(inputs, now());
      return { id: outs.publicKey, outs };
    },

    // Servers do not reload an operator JWT, so that one with the same content must stay byte-identical.
    async update(_id, olds, news) {
      return { outs: hasNewContent(olds, news) ? await sign(news, now()) : olds };
    },
  };
  return withStateVersion(withFolding(lifeCycle, { inputs: INPUTS, state: STATE }));
}

/** The handler of `OperatorClaims`. */
export const provider = operatorClaimsProvider(nowInSeconds);

/**
 * Normalizes the inputs, and adds the replaced signing keys that are still valid. Without the seed of the identity key none
 * of these can be removed, so that they stay until the seed is available again.
 */
function normalizeInputs(olds: Partial<OperatorInputs>, news: OperatorInputs, now: number): OperatorInputs {
  const { signingKeys, signer } = news;
  const rotation =
    news.rotation === undefined || hasUnknown(news.rotation) ? news.rotation : normalizeRotation(news.rotation);
  const before = olds.signingKeys === undefined ? undefined : { previous: [], ...olds, signingKeys: olds.signingKeys };
  const after = rotation === undefined ? { signingKeys } : { signingKeys, rotation };
  return omitUndefined<OperatorInputs>({
    ...OPERATOR_INFO.normalize(news),
    publicKey: news.publicKey ?? (signer === undefined ? olds.publicKey : undefined),
    signingKeys: mapKnown(signingKeys, sortUnique),
    rotation,
    previous: signer === undefined ? (olds.previous ?? []) : getPreviousSigningKeys(before, after, now),
  });
}

function hasNewContent(olds: State, news: OperatorInputs): boolean {
  return !isDeepStrictEqual(getOperatorContent(olds), getOperatorContent(news));
}

async function sign(inputs: OperatorInputs, now: number): Promise<State> {
  const { signingKeys, previous = [] } = inputs;
  const pair = keyPairFromSeed("operator", inputs.signer ?? "");
  const publicKey = pair.getPublicKey();
  const terms = { ...getOperatorContent(inputs), publicKey };
  const jwt = await signClaims(operatorClaims(terms), pair, { issuedAt: now });
  return { ...terms, signingKeys, previous, jwt };
}
