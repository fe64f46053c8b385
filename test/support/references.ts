import { accountClaims } from "../../provider/jwt/claims";
import { signReference } from "../../provider/jwt/reference";
import { signClaims } from "../../provider/jwt/sign";
import { normalizeAccount, type Account } from "../../provider/model/account/account";
import {
  toReferenceContent,
  type IssuedActivation,
  type SignedReference,
} from "../../provider/model/account/reference";
import { pairOf } from "./keys";
import { ISSUED_AT } from "./world";

/** Signs the reference of an account whose key the name determines, as its stack would. */
export async function referenceTo(
  account: Account,
  others: readonly Account[] = [],
  activations: readonly IssuedActivation[] = [],
): Promise<SignedReference> {
  const pair = pairOf("account", account.name);
  const jwt = await signClaims(accountClaims(normalizeAccount(account)), pair, { issuedAt: ISSUED_AT });
  const named = others.map(({ name, publicKey }) => ({ accountName: name, publicKey }));
  return signReference(toReferenceContent({ account, others: named, activations, jwt }), pair);
}

/** Returns a value as another stack reads it: a state keeps plain JSON with sorted keys. */
export function throughState<T>(value: T): T {
  const sorted = (part: unknown): unknown => {
    if (Array.isArray(part)) {
      return part.map(sorted);
    }
    return typeof part === "object" && part !== null
      ? Object.fromEntries(
          Object.entries(part)
            .sort()
            .map(([key, member]) => [key, sorted(member)]),
        )
      : part;
  };
  return sorted(JSON.parse(JSON.stringify(value))) as T;
}
