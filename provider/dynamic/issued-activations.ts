import { isDeepStrictEqual } from "node:util";
import { activationClaims } from "../jwt/activation";
import { readIssueTime, signClaims } from "../jwt/sign";
import type { Account } from "../model/account/account";
import type { ActivationGrant, IssuedActivation } from "../model/account/reference";
import { sortBy } from "../model/form/order";
import { getRevocationTime, type Revocations } from "../model/keys/revocations";
import { keyPairFromSeed } from "../nkeys/keys";
import { hasUnknown } from "./life-cycle/unknown";

/** What activations of an account are signed from. */
interface Granting extends Pick<Account, "publicKey" | "exports"> {
  readonly grants?: readonly ActivationGrant[];
  readonly grantSigner?: string;
}

/** Returns grants in a stable order, each once. */
export function normalizeGrants(grants: readonly ActivationGrant[]): ActivationGrant[] {
  const byKey = new Map(grants.map((grant) => [grantKey(grant), grant]));
  return sortBy([...byKey.values()], grantKey);
}

/** Returns true if an activation must be signed, or is no longer granted. An unknown grant is one that must be signed. */
export function hasNewGrants(held: readonly IssuedActivation[] | undefined, wanted: Granting): boolean {
  const { grants = [] } = wanted;
  return hasUnknown(grants)
    ? true
    : !isDeepStrictEqual((held ?? []).map(grantKey), grants.map(grantKey)) ||
        (held ?? []).some((activation) => isRevoked(activation, wanted));
}

/**
 * Returns an activation for each grant: the one that was signed before, unless it is revoked.
 *
 * @param now Unix seconds
 */
export function issueActivations(
  held: readonly IssuedActivation[] | undefined,
  wanted: Granting,
  now: number,
): Promise<IssuedActivation[]> {
  const { grants = [], grantSigner = "" } = wanted;
  const before = new Map(held?.map((activation) => [grantKey(activation), activation]));
  return Promise.all(
    grants.map(async (grant) => {
      const present = before.get(grantKey(grant));
      if (present !== undefined && !isRevoked(present, wanted)) {
        return present;
      }
      const pair = keyPairFromSeed("account", grantSigner);
      // A revocation at a future time includes every token that is issued until then.
      const issuedAt = Math.max(now, (revokedUntil(grant, wanted) ?? 0) + 1);
      const claims = activationClaims({ ...grant, exporter: wanted.publicKey }, pair.getPublicKey());
      return { ...grant, token: await signClaims(claims, pair, { issuedAt }) };
    }),
  );
}

function grantKey({ importer, subject, type }: ActivationGrant): string {
  return `${subject} ${type} ${importer}`;
}

function isRevoked(activation: IssuedActivation, wanted: Granting): boolean {
  const until = revokedUntil(activation, wanted);
  return until !== undefined && readIssueTime(activation.token) <= until;
}

/** Returns the time up to which the export of a grant revokes its activations. */
function revokedUntil({ importer, subject, type }: ActivationGrant, { exports = [] }: Granting): number | undefined {
  const offer = exports.find((entry) => entry.subject === subject && entry.type === type);
  const revocations: Revocations = offer?.revocations ?? {};
  return getRevocationTime(revocations, importer);
}
