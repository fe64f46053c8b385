import * as pulumi from "@pulumi/pulumi";
import { operatorClaims, type OperatorTerms } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import type { Diagnostic } from "../model/diagnostics";
import { sortedSet } from "../model/order";
import { nameDiagnostics } from "../model/users";
import { keyPairFromSeed } from "../nkeys/keys";
import { differ, DynamicResource, failures, known, nowInSeconds, versioned, whenKnown } from "./dynamic";
import { seedDiagnostics } from "./nkey";

/** Arguments of {@link OperatorClaims}. */
export interface OperatorClaimsArgs {
  /** The operator's name. */
  name: pulumi.Input<string>;
  /** The operator's public key (`O…`). */
  publicKey: pulumi.Input<string>;
  /** Public keys (`O…`) that sign accounts in its place. */
  signingKeys: pulumi.Input<pulumi.Input<string>[]>;
  /** The public key (`A…`) of the system account. */
  systemAccount: pulumi.Input<string>;
  /** The operator's seed (`SO…`), which signs. */
  signer: pulumi.Input<string>;
}

interface Inputs {
  name: string;
  publicKey: string;
  signingKeys: string[];
  systemAccount: string;
  signer: string;
}

type State = Omit<Inputs, "signer"> & { jwt: string };

const SIGNED = [
  "name",
  "publicKey",
  "signingKeys",
  "systemAccount",
] as const satisfies readonly (keyof OperatorTerms)[];

/** The dynamic provider of {@link OperatorClaims}. */
export const provider = versioned<Inputs, State>({
  check(_olds, news) {
    const found = [
      ...nameDiagnostics("name", news.name),
      ...signerDiagnostics(known(news.signer), known(news.publicKey)),
    ];
    const inputs = { ...news, signingKeys: whenKnown(news.signingKeys, sortedSet) };
    return Promise.resolve({ inputs, failures: failures(found) });
  },

  diff(id, olds, news) {
    const replaces = known(news.publicKey) !== undefined && news.publicKey !== id ? ["publicKey"] : [];
    return Promise.resolve({
      changes: differ<OperatorTerms>(SIGNED, olds, news),
      replaces,
      deleteBeforeReplace: false,
    });
  },

  async create(inputs) {
    return { id: inputs.publicKey, outs: await signed(inputs) };
  },

  // Servers do not reload an operator's JWT, so one that says the same must stay the same to the byte.
  async update(_id, olds, news) {
    return { outs: differ<OperatorTerms>(SIGNED, olds, news) ? await signed(news) : olds };
  },
});

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

async function signed({ signer, ...terms }: Inputs): Promise<State> {
  const jwt = await signClaims(operatorClaims(terms), keyPairFromSeed("operator", signer), {
    issuedAt: nowInSeconds(),
  });
  const { name, publicKey, signingKeys, systemAccount } = terms;
  return { name, publicKey, signingKeys, systemAccount, jwt };
}

/** An operator's JWT: signed once, and again only when what it says changes. Its id is the operator's public key. */
export class OperatorClaims extends DynamicResource {
  /** The operator's JWT, self-signed. */
  declare public readonly jwt: pulumi.Output<string>;

  constructor(name: string, args: OperatorClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "operator-claims",
      "OperatorClaims",
      name,
      { ...args, signer: pulumi.secret(args.signer), jwt: undefined },
      opts,
    );
  }
}
