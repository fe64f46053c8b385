import * as pulumi from "@pulumi/pulumi";
import { accountClaims } from "../jwt/claims";
import { signClaims } from "../jwt/sign";
import { normalAccount, normalRoles, type Account } from "../model/account/account";
import { ACCOUNT_TERMS, eachTerm, normalTerms } from "../model/account/account-terms";
import { accountPrevious } from "../model/account/account-previous";
import type { AccountPrevious } from "../model/account/account";
import { accountRevoked } from "../model/account/account-revoked";
import type { AccountRevoked } from "../model/account/account";
import { normalImports } from "../model/shares/imports";
import { defined } from "../model/form/order";
import { isRecord } from "../model/form/shape";
import { ROLE } from "../model/users/roles";
import type { Terms } from "../model/form/terms";
import { BESIDE_CLAIMS, USER } from "../model/users/users";
import { keyPairFromSeed } from "../nkeys/keys";
import { signedAccountDiagnostics, type SignedAccount } from "./account-checks";
import {
  differ,
  DynamicResource,
  failures,
  hasUnknown,
  known,
  nowInSeconds,
  versioned,
  type LifeCycle,
} from "./dynamic";
import type { DeepInput } from "./inputs";

/** What is told of an account. Keys that were replaced, and users who are gone, the resource remembers itself. */
type Told = Omit<Account, keyof Remembered>;

type Remembered = Pick<Account, "previous" | "revoked">;

/** Arguments of {@link AccountClaims}: the account, and who signs for it. */
export type AccountClaimsArgs = { [K in keyof Told]: DeepInput<Told[K]> } & {
  /** A seed (`SO…`) of the operator or of one of its signing keys. */
  signer: pulumi.Input<string>;
};

type Inputs = SignedAccount;

type State = Account & { jwt: string; issuer: string };

const SIGNED = [
  "name",
  "publicKey",
  "users",
  "roles",
  "imports",
  "previous",
  "revoked",
  ...ACCOUNT_TERMS,
] as const satisfies readonly (keyof Account)[];

/** The dynamic provider of {@link AccountClaims}, by a clock that tells seconds since 1970. */
export function accountClaimsProvider(now: () => number): LifeCycle<Inputs, State> {
  return versioned<Inputs, State>({
    check(olds, news) {
      const found = failures(signedAccountDiagnostics(news));
      if (found.length > 0) {
        // What is not well-formed has no normal form, and goes no further.
        return Promise.resolve({ inputs: news, failures: found });
      }
      const inputs = normalInputs(news);
      return Promise.resolve({ inputs: { ...inputs, ...remembered(olds, inputs, now()) }, failures: [] });
    },

    diff(id, olds, news) {
      const replaces = known(news.publicKey) !== undefined && news.publicKey !== id ? ["publicKey"] : [];
      return Promise.resolve({ changes: changed(olds, news), replaces, deleteBeforeReplace: false });
    },

    async create(inputs) {
      return { id: inputs.publicKey, outs: await signed(inputs, now()) };
    },

    async update(_id, olds, news) {
      return { outs: changed(olds, news) ? await signed(news, now()) : olds };
    },
  });
}

/** The dynamic provider of {@link AccountClaims}. */
export const provider = accountClaimsProvider(nowInSeconds);

/** The keys that go on working, and the JWTs that do not, as far as it is known who is there now. */
function remembered(olds: Partial<Inputs>, news: Inputs, now: number): Required<Remembered> {
  if (!isRecord(news.users) || !(news.roles === undefined || isRecord(news.roles))) {
    return { previous: olds.previous ?? {}, revoked: olds.revoked ?? {} };
  }
  const before = isRecord(olds.users) ? { ...olds, users: olds.users } : undefined;
  const previous = accountPrevious(before, news, now);
  return { previous, revoked: accountRevoked(before, { ...news, previous }, now) };
}

function changed(olds: State, news: Inputs): boolean {
  return differ<Partial<Account>>(SIGNED, said(olds), said(news)) || isOtherIssuer(olds.issuer, news);
}

/** The account without what does not stand in its JWT. */
function said(account: Account): Partial<Account> {
  const { users, roles, previous = {}, revoked = {} } = account;
  return defined<Partial<Account>>({
    ...account,
    users: claimed(users),
    roles: roles && claimed(roles),
    previous,
    revoked,
  });
}

function claimed<T extends object>(holders: Readonly<Record<string, T>>): Record<string, T> {
  const own = (holder: T) => Object.fromEntries(Object.entries(holder).filter(([key]) => !BESIDE.includes(key))) as T;
  return Object.fromEntries(
    Object.entries(holders).map(([name, holder]) => [name, isRecord(holder) ? own(holder) : holder]),
  );
}

const BESIDE: readonly string[] = BESIDE_CLAIMS;

/** A signer that is not known yet is one that is being made, in the place of the one there was. */
function isOtherIssuer(issuer: string, news: Inputs): boolean {
  return known(news.signer) === undefined || issuerOf(news) !== issuer;
}

function issuerOf({ signer }: Inputs): string {
  return keyPairFromSeed("operator", signer).getPublicKey();
}

async function signed({ signer, ...inputs }: Inputs, now: number): Promise<State> {
  const account = normalAccount(inputs);
  const pair = keyPairFromSeed("operator", signer);
  const jwt = await signClaims(accountClaims(account), pair, { issuedAt: now });
  return { previous: {}, revoked: {}, ...account, jwt, issuer: pair.getPublicKey() };
}

/**
 * The inputs in their normal form as far as their shape is known, and undefined where they say nothing: an empty list
 * must not differ from the one that was left out of the state. One value that is not known yet leaves the rest normal,
 * so that a preview shows no changes that are none.
 */
function normalInputs(inputs: Inputs): Inputs {
  const { users, roles, imports } = inputs;
  return defined<Inputs>({
    ...inputs,
    ...eachTerm(() => undefined),
    ...normalTerms(inputs),
    users: normalAsKnown(USER, users),
    roles: hasUnknown(roles) ? normalAsKnown(ROLE, roles) : normalRoles(roles),
    imports: hasEntries(imports) ? normalImports(imports) : imports,
  });
}

/** The users or roles, each with what is known of it in its normal form. */
function normalAsKnown<T extends object, Holders extends Readonly<Record<string, T>> | undefined>(
  terms: Terms<T>,
  holders: Holders,
): Holders {
  const normal = ([name, holder]: [string, T]) => [name, isRecord(holder) ? normalKnown(terms, holder) : holder];
  return isRecord(holders) ? (Object.fromEntries(Object.entries(holders).map(normal)) as Holders) : holders;
}

function normalKnown<T extends object>(terms: Terms<T>, holder: T): T {
  const parts = Object.entries(holder);
  const [known, later] = [false, true].map((unknown) =>
    Object.fromEntries(parts.filter(([, value]) => hasUnknown(value) === unknown)),
  );
  return { ...terms.normal(known as T), ...later };
}

/** True for a list whose entries are known to be entries, if not what they say. */
function hasEntries(list: readonly object[] | undefined): boolean {
  return Array.isArray(list) && list.every(isRecord);
}

/** An account's JWT: signed once, and again only when what it says or who signs changes. Its id is the account's public key. */
export class AccountClaims extends DynamicResource {
  /** The account's JWT. */
  declare public readonly jwt: pulumi.Output<string>;
  /** The public key (`O…`) that signed it. */
  declare public readonly issuer: pulumi.Output<string>;
  /** Keys of users and roles that were replaced and still work. */
  declare public readonly previous: pulumi.Output<AccountPrevious | undefined>;
  /** Users whose JWTs were revoked, by their public keys: those of users who left a role. */
  declare public readonly revoked: pulumi.Output<AccountRevoked | undefined>;

  constructor(name: string, args: AccountClaimsArgs, opts?: pulumi.CustomResourceOptions) {
    const props = {
      ...args,
      signer: pulumi.secret(args.signer),
      jwt: undefined,
      issuer: undefined,
      previous: undefined,
      revoked: undefined,
    };
    super("account-claims", "AccountClaims", name, props, opts);
  }
}
