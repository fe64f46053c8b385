import * as pulumi from "@pulumi/pulumi";
import { accountClaims } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import { normalAccount, type Account } from "../model/account";
import { defined } from "../model/order";
import { keyPairFromSeed } from "../nkeys/keys";
import { signedAccountDiagnostics, type SignedAccount } from "./account-checks";
import { differ, DynamicResource, failures, hasUnknown, known, nowInSeconds, type LifeCycle } from "./dynamic";
import type { DeepInput } from "./inputs";

/** Arguments of {@link AccountClaims}: the account, and who signs for it. */
export type AccountClaimsArgs = { [K in keyof Account]: DeepInput<Account[K]> } & {
  /** A seed (`SO…`) of the operator or of one of its signing keys. */
  signer: pulumi.Input<string>;
};

type Inputs = SignedAccount;

type State = Account & { jwt: string; issuer: string };

const SIGNED = [
  "name",
  "publicKey",
  "description",
  "users",
  "roles",
  "exports",
  "imports",
  "limits",
] as const satisfies readonly (keyof Account)[];

/** The dynamic provider of {@link AccountClaims}. */
export const provider: LifeCycle<Inputs, State> = {
  check(_olds, news) {
    const found = failures(signedAccountDiagnostics(news));
    // What is not well-formed has no normal form, and goes no further.
    const inputs = found.length > 0 ? news : defined<Inputs>({ ...news, ...normalSections(news) });
    return Promise.resolve({ inputs, failures: found });
  },

  diff(id, olds, news) {
    const replaces = known(news.publicKey) !== undefined && news.publicKey !== id ? ["publicKey"] : [];
    return Promise.resolve({ changes: changed(olds, news), replaces, deleteBeforeReplace: false });
  },

  async create(inputs) {
    return { id: inputs.publicKey, outs: await signed(inputs) };
  },

  async update(_id, olds, news) {
    return { outs: changed(olds, news) ? await signed(news) : olds };
  },
};

function changed(olds: State, news: Inputs): boolean {
  return differ<Account>(SIGNED, olds, news) || (known(news.signer) !== undefined && issuerOf(news) !== olds.issuer);
}

function issuerOf({ signer }: Inputs): string {
  return keyPairFromSeed("operator", signer).getPublicKey();
}

async function signed({ signer, ...inputs }: Inputs): Promise<State> {
  const account = normalAccount(inputs);
  const pair = keyPairFromSeed("operator", signer);
  const jwt = await signClaims(accountClaims(account), pair, { issuedAt: nowInSeconds() });
  return { ...account, jwt, issuer: pair.getPublicKey() };
}

/**
 * The sections that are wholly known in their normal form, and undefined where they say nothing: an empty list must not
 * differ from the one that was left out of the state.
 */
function normalSections(inputs: Inputs): Partial<Account> {
  const normal = (section: Partial<Account>) => normalAccount({ name: "", publicKey: "", users: {}, ...section });
  const sections = SIGNED.map((key) => {
    const value = inputs[key];
    return [key, hasUnknown(value) ? value : normal({ [key]: value })[key]];
  });
  return Object.fromEntries(sections) as Partial<Account>;
}

/** An account's JWT: signed once, and again only when what it says or who signs changes. Its id is the account's public key. */
export class AccountClaims extends DynamicResource {
  /** The account's JWT. */
  declare public readonly jwt: pulumi.Output<string>;
  /** The public key (`O…`) that signed it. */
  declare public readonly issuer: pulumi.Output<string>;

  constructor(name: string, args: AccountClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { ...args, signer: pulumi.secret(args.signer), jwt: undefined, issuer: undefined };
    super("account-claims", "AccountClaims", name, props, opts);
  }
}
