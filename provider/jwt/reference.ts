import type { KeyPair } from "nkeys.js";
import { compareText } from "../model/form/order";
import type { ReferenceContent, SignedReference } from "../model/account/reference";

/** Begins the signed text, so that the signature is valid for nothing else that the key of an account signs. */
const DOMAIN = "pulumi-nats-auth reference\n";

/**
 * Returns the text that an account signs: the content as JSON with sorted keys, since an engine does not keep their order.
 *
 * @param reference a plain JSON value; its signature is left out
 */
export function signedText(reference: object): string {
  const content = Object.fromEntries(Object.entries(reference).filter(([key]) => key !== "signature"));
  return `${DOMAIN}${JSON.stringify(sortKeys(content))}`;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortKeys);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const entries = Object.entries(value).sort(([a], [b]) => compareText(a, b));
  // As a list, since JSON keeps keys that are numbers in an order of its own. In an object, so that no list has the same text.
  return { entries: entries.map(([key, member]) => [key, sortKeys(member)]) };
}

/**
 * Signs a reference. The same content and key give the same reference.
 *
 * @param pair the account's own key
 */
export function signReference(content: ReferenceContent, pair: KeyPair): SignedReference {
  // Without undefined properties, which an engine would drop.
  const plain = JSON.parse(JSON.stringify(content)) as ReferenceContent;
  const signature = pair.sign(Buffer.from(signedText(plain)));
  return { ...plain, signature: Buffer.from(signature).toString("base64url") };
}
