import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../components/account/account";
import type { AccountReference } from "../components/account/account-args";
import type { AccountSource } from "../components/account/account-source";
import type { ListedAccount } from "../model/account/account";
import type { IssuedActivation } from "../model/account/reference";
import { ReportedError } from "../components/validation";
import { getOwn } from "../model/form/order";
import { handleRejection } from "../resources/dynamic-resource";
import type { AccountData, SystemAccountData } from "./model-data";

/** A reference to an account that is about to be created, and what sets its outputs. */
interface Link {
  readonly reference: AccountReference & AccountSource;
  readonly resolve: (account: Account) => void;
}

/**
 * References to accounts by their names. Their outputs are set once the accounts are created, so that accounts can refer to each other
 * in any order and direction: an account's key does not depend on its imports.
 */
export class AccountLinks {
  readonly #links: Readonly<Record<string, Link>>;
  readonly #system: Link;

  /** @param system the system account, with its name */
  constructor(accounts: readonly (readonly [string, AccountData])[], system: readonly [string, SystemAccountData]) {
    this.#links = Object.fromEntries(accounts.map((account) => [account[0], createLink(account)]));
    this.#system = createLink(system);
  }

  /** Returns the reference for a key or a name. Other values are references already, or reported by the account that contains them. */
  find<T>(account: T | string): T | AccountReference {
    return typeof account === "string" ? (this.#linkOf(account)?.reference ?? unknownAccount(account)) : account;
  }

  /** Returns the name of the account with a key or a name. Other values remain unchanged. */
  nameOf<T>(key: T): T | string {
    return typeof key === "string" ? (this.#linkOf(key)?.reference.accountName ?? key) : key;
  }

  /** Sets the outputs of the references to an account. */
  resolve(key: string, account: Account): void {
    getOwn(this.#links, key)?.resolve(account);
  }

  /** Sets the outputs of the references to the system account. */
  resolveSystem(account: Account): void {
    this.#system.resolve(account);
  }

  /** Finds the account with a key, else one with a name. */
  #linkOf(text: string): Link | undefined {
    const all = [...Object.values(this.#links), this.#system];
    return getOwn(this.#links, text) ?? all.find(({ reference }) => reference.accountName === text);
  }
}

function createLink([key, data]: readonly [string, AccountData]): Link {
  const accountName = typeof data.name === "string" ? data.name : key;
  const isElsewhere = data.reference !== undefined;
  const publicKey = new Deferred<string>();
  const signer = new Deferred<string>();
  const declaration = new Deferred<Declared>();
  const issued = new Deferred<readonly IssuedActivation[]>();
  return {
    reference: {
      accountName,
      publicKey: publicKey.output,
      declaration: declaration.output,
      exportsArg: data.exports,
      ...(isElsewhere ? { issued: issued.output } : {}),
      // An account that is created from its public key has no seed.
      ...(isElsewhere || data.publicKey !== undefined ? {} : { signer: signer.output }),
    },
    resolve(account) {
      publicKey.resolve(account.publicKey);
      declaration.resolve(account.declaration);
      signer.resolve(account.signer);
      issued.resolve(account.issued);
    },
  };
}

type Declared = Pick<ListedAccount, "exports">;

/** An output that gets its value from another one, which is set later. */
class Deferred<T> {
  readonly output: pulumi.Output<T>;
  readonly #resolve: (source: pulumi.Output<T>) => void;

  constructor() {
    [this.output, this.#resolve] = pulumi.deferredOutput<T>();
  }

  /** Sets the source, if there is one. */
  resolve(source: pulumi.Output<T> | undefined): void {
    if (source !== undefined) {
      this.#resolve(source);
    }
  }
}

/** The configuration reports the unknown name; its key fails, so that nothing is created with it. */
function unknownAccount(accountName: string): AccountReference {
  const publicKey = pulumi.output(Promise.reject<string>(new ReportedError(`unknown account ${accountName}`)));
  handleRejection(publicKey);
  return { accountName, publicKey };
}
