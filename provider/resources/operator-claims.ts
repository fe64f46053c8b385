import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { operatorClaims } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import { defined, sortedSet } from "../model/form/order";
import { OPERATOR_INFO, type OperatorInfo } from "../model/cluster/operator-info";
import { previousSigningKeys, type PreviousKey } from "../model/keys/previous";
import { normalRotation, type Rotation } from "../model/keys/rotation";
import { keyPairFromSeed } from "../nkeys/keys";
import {
  DynamicResource,
  failures,
  hasUnknown,
  known,
  nowInSeconds,
  versioned,
  whenKnown,
  type LifeCycle,
} from "./dynamic";
import type { DeepInput } from "./inputs";
import { operatorDiagnostics, said, type OperatorInputs } from "./operator-checks";

/** What an operator tells tools and servers, each part of which may be known later. */
export type OperatorInfoArgs = { [K in keyof OperatorInfo]: DeepInput<NonNullable<OperatorInfo[K]>> };

/** Arguments of {@link OperatorClaims}. */
export interface OperatorClaimsArgs extends OperatorInfoArgs {
  /** The operator's name. */
  name: pulumi.Input<string>;
  /**
   * The operator's public key (`O…`).
   *
   * @default the one that the JWT is about already, where there is no `signer` any more
   */
  publicKey?: pulumi.Input<string>;
  /** Public keys (`O…`) that sign accounts in its place. */
  signingKeys: pulumi.Input<pulumi.Input<string>[]>;
  /** How long signing keys that are in the list no longer go on working. */
  rotation?: DeepInput<Rotation>;
  /** The public key (`A…`) of the system account. */
  systemAccount: pulumi.Input<string>;
  /**
   * The operator's seed (`SO…`), which signs. It can be left out once there is a JWT, as long as nothing that the JWT says
   * changes: then the seed leaves the state.
   */
  signer?: pulumi.Input<string>;
}

type State = OperatorInfo &
  Required<Pick<OperatorInputs, "name" | "publicKey" | "signingKeys" | "systemAccount">> & {
    previous?: PreviousKey[];
    jwt: string;
  };

/** The dynamic provider of {@link OperatorClaims}, by a clock that tells seconds since 1970. */
export function operatorClaimsProvider(now: () => number): LifeCycle<OperatorInputs, State> {
  return versioned<OperatorInputs, State>({
    check(olds, news) {
      const inputs = normalInputs(olds, news, now());
      const found = failures(operatorDiagnostics(olds, inputs));
      return Promise.resolve({ inputs: found.length > 0 ? news : inputs, failures: found });
    },

    diff(id, olds, news) {
      const replaces = known(news.publicKey) !== undefined && news.publicKey !== id ? ["publicKey"] : [];
      return Promise.resolve({ changes: saysAnother(olds, news), replaces, deleteBeforeReplace: false });
    },

    async create(inputs) {
      const outs = await signed(inputs, now());
      return { id: outs.publicKey, outs };
    },

    // Servers do not reload an operator's JWT, so one that says the same must stay the same to the byte.
    async update(_id, olds, news) {
      return { outs: saysAnother(olds, news) ? await signed(news, now()) : olds };
    },
  });
}

/** The dynamic provider of {@link OperatorClaims}. */
export const provider = operatorClaimsProvider(nowInSeconds);

/**
 * The inputs with the signing keys that go on working. Without the identity's seed none of those can be taken out, so that
 * they stay until it is there again.
 */
function normalInputs(olds: Partial<OperatorInputs>, news: OperatorInputs, now: number): OperatorInputs {
  const { signingKeys, signer } = news;
  const rotation =
    news.rotation === undefined || hasUnknown(news.rotation) ? news.rotation : normalRotation(news.rotation);
  const before = olds.signingKeys === undefined ? undefined : { previous: [], ...olds, signingKeys: olds.signingKeys };
  const after = rotation === undefined ? { signingKeys } : { signingKeys, rotation };
  return defined<OperatorInputs>({
    ...OPERATOR_INFO.normal(news),
    publicKey: news.publicKey ?? (signer === undefined ? olds.publicKey : undefined),
    signingKeys: whenKnown(signingKeys, sortedSet),
    rotation,
    previous: signer === undefined ? (olds.previous ?? []) : previousSigningKeys(before, after, now),
  });
}

function saysAnother(olds: State, news: OperatorInputs): boolean {
  return !isDeepStrictEqual(said(olds), said(news));
}

async function signed(inputs: OperatorInputs, now: number): Promise<State> {
  const { signingKeys, previous = [] } = inputs;
  const pair = keyPairFromSeed("operator", inputs.signer ?? "");
  const publicKey = pair.getPublicKey();
  const terms = { ...said(inputs), publicKey };
  const jwt = await signClaims(operatorClaims(terms), pair, { issuedAt: now });
  return { ...terms, signingKeys, previous, jwt };
}

const OUTPUTS = { jwt: undefined, previous: undefined };

/** An operator's JWT: signed once, and again only when what it says changes. Its id is the operator's public key. */
export class OperatorClaims extends DynamicResource {
  /** The operator's JWT, self-signed. */
  declare public readonly jwt: pulumi.Output<string>;

  constructor(name: string, args: OperatorClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "operator-claims",
      "OperatorClaims",
      name,
      { ...args, signer: args.signer === undefined ? undefined : pulumi.secret(args.signer), ...OUTPUTS },
      opts,
    );
  }
}
