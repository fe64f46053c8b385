import * as pulumi from "@pulumi/pulumi";
import type { Diagnostic } from "../../diagnostics/diagnostic";
import type { AccountDeclaration } from "../../model/account/account";
import type { IssuedActivation, SignedReference } from "../../model/account/reference";
import { ANY_ACCOUNT } from "../../model/account/authorization";
import { readReference } from "../../read/reference";
import type { AccountReference, AccountSettings, OtherAccount } from "./account-args";

/** An account that another one refers to, wherever it is declared. */
export interface AccountSource {
  readonly accountName: pulumi.Input<string>;
  readonly publicKey: pulumi.Input<string>;
  /** Seed that signs activations, if the program has it. */
  readonly signer?: pulumi.Input<string>;
  /** The account without keys, if the program knows its exports. */
  readonly declaration?: pulumi.Output<Pick<AccountDeclaration, "exports">>;
  /** The `exports` argument of an account of this program. */
  readonly exportsArg?: AccountSettings["exports"];
  /** The activations in the reference of an account of another stack. */
  readonly issued?: pulumi.Output<readonly IssuedActivation[]>;
  /** The problems with a reference. */
  readonly diagnostics?: pulumi.Output<readonly Diagnostic[]>;
}

/** Returns whether a value refers to an account by its name and its public key, as an `Account` does. */
export function isReference(value: unknown): value is AccountReference {
  return (
    typeof value === "object" &&
    value !== null &&
    "publicKey" in value &&
    "accountName" in value &&
    typeof value.accountName === "string"
  );
}

/** Returns the other accounts that an authorization may assign clients to. */
export function allowedAccountsOf({ authorization }: AccountSettings): readonly OtherAccount[] {
  const { allowedAccounts = [] } = authorization ?? {};
  return allowedAccounts === ANY_ACCOUNT ? [] : allowedAccounts;
}

/** Several parts of an account refer to the same output, whose signature is verified once. */
const sources = new WeakMap<object, AccountSource>();

/** Returns the account that an argument refers to. A malformed reference has no name and no key. */
export function sourceOf(account: OtherAccount): AccountSource {
  if (isReference(account)) {
    return account;
  }
  if (Object(account) !== account || account === undefined) {
    return readSource(account);
  }
  const source = sources.get(account) ?? readSource(account);
  sources.set(account, source);
  return source;
}

function readSource(account: pulumi.Input<SignedReference | undefined>): AccountSource {
  const read = pulumi.output(account).apply(readReference);
  return {
    accountName: read.apply(({ reference }) => reference?.account.name ?? ""),
    publicKey: read.apply(({ reference }) => reference?.account.publicKey ?? ""),
    declaration: read.apply(({ reference }) => ({ exports: reference?.account.exports ?? [] })),
    issued: read.apply(({ reference }) => reference?.activations ?? []),
    diagnostics: read.apply(({ diagnostics }) => diagnostics),
  };
}
